"""Grafana's HTTP API, as far as dashboards need it; recorded in tests/contract/grafana."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from steward.grafana.content import Content, bare, dashboard_in
from steward.grafana.errors import ChangedMeanwhile, GrafanaError, NotThere, Refused, Rejected, Unreachable

_SECONDS = 30.0
_NOT_FOUND, _CHANGED = 404, 412
_WHO_ASKS = {401, 403}
_PROVISIONED = "Cannot save provisioned dashboard"

Json = Any
"""What JSON says: dicts, lists and plain values."""


@dataclass(frozen=True, slots=True)
class Found:
    """A dashboard that a Grafana has."""

    content: Content
    version: int
    """Grows with each save."""
    folder: str
    """The uid of its folder; empty for the root."""
    provisioned: bool = False
    """Read from a file at Grafana's start, so that nobody can save it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A dashboard that a Grafana has taken."""

    version: int
    path: str
    """Its page, e.g. `/d/shop-api/shop-api`."""


@dataclass(frozen=True, slots=True)
class Grafana:
    """The Grafana at an address; every call raises GrafanaError where it does not do what is asked."""

    url: str
    token: str | None = field(default=None, repr=False)
    transport: httpx.BaseTransport | None = None
    """Of a test; None for the network."""

    def dashboard(self, uid: str) -> Found:
        """Return a dashboard; raises NotThere."""
        answer = _object(self._call("GET", f"/api/dashboards/uid/{quote(uid, safe='')}"), self.url)
        content = dashboard_in(answer.get("dashboard"), f"{uid} at {self.url}")
        meta = answer.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        return Found(
            content,
            _number(content.get("version")),
            str(meta.get("folderUid") or ""),
            meta.get("provisioned") is True,
        )

    def save(self, content: Mapping[str, Any], *, folder: str, message: str, version: int | None = None) -> Saved:
        """Save a dashboard into a folder, in place of the version that was read; None for one that is new.

        Raises ChangedMeanwhile where there is another version by now, and Rejected.
        """
        dashboard = {**bare(content), "id": None, **({} if version is None else {"version": version})}
        # Nothing is overwritten unseen: Grafana compares the version with its own.
        body = {"dashboard": dashboard, "folderUid": folder, "message": message, "overwrite": False}
        answer = _object(self._call("POST", "/api/dashboards/db", body), self.url)
        return Saved(_number(answer.get("version")), str(answer.get("url") or ""))

    def ensure_folder(self, uid: str, title: str) -> bool:
        """Make the folder where there is none, and tell whether it was made."""
        try:
            self._call("GET", f"/api/folders/{quote(uid, safe='')}")
        except NotThere:
            self._call("POST", "/api/folders", {"uid": uid, "title": title})
            return True
        return False

    def _call(self, method: str, path: str, body: Mapping[str, Json] | None = None) -> Json:
        """Return the JSON of an answer of 2xx."""
        answer = self._send(method, path, body)
        if not answer.is_success:
            raise _refusal(self.url, answer)
        try:
            return answer.json()
        except ValueError:
            raise Unreachable(f"{self.url} did not answer in JSON", mend=_MEND_ADDRESS) from None

    def _send(self, method: str, path: str, body: Mapping[str, Json] | None) -> httpx.Response:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            with httpx.Client(timeout=_SECONDS, follow_redirects=False, transport=self.transport) as client:
                return client.request(method, f"{self.url}{path}", json=body, headers=headers)
        except httpx.TimeoutException:
            raise Unreachable(f"{self.url} did not answer within {_SECONDS:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"{self.url} cannot be reached: {reason}", mend=_MEND_ADDRESS) from None


_MEND_ADDRESS = "is Grafana running, and is this its address? Else give --url or set STEWARD_GRAFANA_URL"
_MEND_TOKEN = "give the token of a service account that may do this: GRAFANA_API_KEY or --token-file"  # noqa: S105
_MEND_PROVISIONED = (
    "Grafana reads it from a file: compile the catalogue with `steward build`, and Grafana reads it again"
)


def _refusal(url: str, answer: httpx.Response) -> GrafanaError:
    said = _said(answer) or f"{answer.status_code} {answer.reason_phrase}"
    what = f"{url} answered: {said}"
    if answer.status_code in _WHO_ASKS:
        return Refused(what, _MEND_TOKEN)
    if answer.status_code == _NOT_FOUND:
        return NotThere(what) if _fields(answer) else Unreachable(f"{what}, which is no Grafana's", _MEND_ADDRESS)
    if answer.status_code == _CHANGED and _status(answer) in {"version-mismatch", "name-exists"}:
        return ChangedMeanwhile(what, "look at `steward dashboards diff`, then import again")
    return Rejected(what, _MEND_PROVISIONED if _PROVISIONED in said else "")


def _said(answer: httpx.Response) -> str:
    """Return what an error says, in Grafana's form or as a problem (RFC 9457)."""
    body = _fields(answer)
    return str(body.get("message") or body.get("detail") or "")


def _status(answer: httpx.Response) -> str:
    return str(_fields(answer).get("status") or "")


def _fields(answer: httpx.Response) -> dict[str, Json]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _object(answer: Json, url: str) -> dict[str, Json]:
    if isinstance(answer, dict):
        return answer
    raise Unreachable(f"{url} does not answer as Grafana does", mend=_MEND_ADDRESS)
