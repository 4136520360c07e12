"""The on-call service, asked over HTTP by the commands that speak of it.

    @click.command("alerts")
    @oncall_options
    def command(client: OnCallClient) -> None:
        for alert in client.get("/alerts")["alerts"]: ...

What it refuses is a StackError with its own words: one message, exit code 1.
"""

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec
from urllib.parse import quote

import click
import httpx

from steward.cli import remote
from steward.stack.errors import StackError
from steward.stack.placement import PORT_VARIABLE

API = "/api/v1/monitoring"
URL_VARIABLE = "STEWARD_ONCALL_URL"
TOKEN_VARIABLE = "STEWARD_ONCALL_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE_VARIABLE = "STEWARD_ONCALL_TOKEN_FILE"  # noqa: S105 - the name of a variable
_PORT_VARIABLE = f"{PORT_VARIABLE}ONCALL"
_USUAL_PORT = "8090"
_SECONDS = 30.0
_UNAUTHORIZED, _FORBIDDEN = 401, 403

P = ParamSpec("P")
Json = Any
"""What JSON says: dicts, lists and plain values."""


@dataclass(frozen=True, slots=True)
class OnCallClient:
    """The service at an address; every call raises StackError where it does not do what is asked."""

    url: str
    token: str | None = field(default=None, repr=False)
    transport: httpx.BaseTransport | None = None
    """Of a test; None for the network."""

    def get(self, path: str, **query: str | int | bool | None) -> Json:
        """Return what is at a path below the API's; a query's None is left out."""
        return self.call("GET", path, query={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Mapping[str, Json] | None = None) -> Json:
        """Post a body, and return the answer; None where there is none."""
        return self.call("POST", path, body=body or {})

    def patch(self, path: str, body: Mapping[str, Json]) -> Json:
        """Change what is at a path, and return the answer; None where there is none."""
        return self.call("PATCH", path, body=body)

    def delete(self, path: str) -> Json:
        """Delete what is at a path, and return the answer; None where there is none."""
        return self.call("DELETE", path)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | bool] | None = None,
        body: Mapping[str, Json] | None = None,
    ) -> Json:
        """Return the JSON of an answer; None where it has no body."""
        answer = self.send(method, path, query=query, body=body)
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError:
            raise StackError(f"{self.url} did not answer in JSON", mend=_mend_address()) from None

    def text(self, path: str, **query: str | int | bool | None) -> str:
        """Return the text at a path below the API's, e.g. an export."""
        given = {name: value for name, value in query.items() if value is not None}
        return self.send("GET", path, query=given).text

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | bool] | None = None,
        body: Mapping[str, Json] | None = None,
    ) -> httpx.Response:
        """Return an answer of 2xx."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            with httpx.Client(timeout=_SECONDS, follow_redirects=False, transport=self.transport) as client:
                answer = client.request(method, f"{self.url}{API}{path}", params=query, json=body, headers=headers)
        except httpx.TimeoutException:
            raise StackError(f"{self.url} did not answer within {_SECONDS:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise StackError(f"{self.url} cannot be reached: {reason}", mend=_mend_address()) from None
        if not answer.is_success:
            raise _refusal(self.url, answer)
        return answer


def segment(text: str) -> str:
    """Write a name as one segment of a path."""
    return quote(text, safe="")


def plain(text: str) -> str:
    """Return text of others as it may be shown: in one line, and without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def oncall_options(command: Callable[P, None]) -> Callable[..., None]:
    """Give a command the options that say where the service is, and the argument `client`."""

    @click.option(
        "--url",
        envvar=URL_VARIABLE,
        show_envvar=True,
        help="Address of the on-call service; left out, the one on this machine.",
    )
    @click.option(
        "--token-file",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar=TOKEN_FILE_VARIABLE,
        show_envvar=True,
        help=f"File with an API token, closed to other users (0600); or set {TOKEN_VARIABLE}. "
        "On the same machine none is needed.",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, url: str | None, token_file: Path | None, **options: Any) -> None:  # noqa: ANN401
        usual = f"http://127.0.0.1:{os.environ.get(_PORT_VARIABLE) or _USUAL_PORT}"
        where = remote.address(url or usual, "the on-call service")
        client = OnCallClient(where, remote.token(token_file, TOKEN_VARIABLE, os.environ))
        command(*args, client=client, **options)  # type: ignore[arg-type]

    return wrapped


def _refusal(url: str, answer: httpx.Response) -> StackError:
    mend = ""
    if answer.status_code in {_UNAUTHORIZED, _FORBIDDEN}:
        mend = f"give an API token: --token-file, {TOKEN_FILE_VARIABLE} or {TOKEN_VARIABLE}"
    return StackError(_said(answer) or f"{url} answered {answer.status_code} {answer.reason_phrase}", mend)


def _said(answer: httpx.Response) -> str:
    """Return what a problem says (RFC 9457); its detail names the first field that is wrong."""
    try:
        problem = answer.json()
        more = [f"{one['location']}: {one['message']}" for one in problem.get("errors", ())[1:]]
        return plain("; ".join([str(problem["detail"]), *more]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _mend_address() -> str:
    return f"is the on-call service running, and is this its address? Else give --url or set {URL_VARIABLE}"
