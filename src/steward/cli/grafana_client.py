"""A Grafana, for the commands that speak of it: the options that say where it is and what proves us to it."""

import functools
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec
from urllib.parse import urlsplit

import click

from steward.cli.oncall_client import plain
from steward.grafana.client import Grafana
from steward.grafana.errors import GrafanaError
from steward.stack.errors import StackError
from steward.stack.placement import PORT_VARIABLE

URL_VARIABLE = "STEWARD_GRAFANA_URL"
TOKEN_VARIABLE = "GRAFANA_API_KEY"  # noqa: S105 - the name of a variable
TOKEN_FILE_VARIABLE = "GRAFANA_API_KEY_FILE"  # noqa: S105 - the name of a variable
_PORT_VARIABLE = f"{PORT_VARIABLE}GRAFANA"
_USUAL_PORT = "3001"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

P = ParamSpec("P")


def grafana_options(command: Callable[P, None]) -> Callable[..., None]:
    """Give a command the options that say where Grafana is, and the argument `grafana`."""

    @click.option(
        "--url",
        envvar=URL_VARIABLE,
        show_envvar=True,
        help=f"Address of Grafana; left out, http://localhost:{_USUAL_PORT}.",
    )
    @click.option(
        "--token-file",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar=TOKEN_FILE_VARIABLE,
        show_envvar=True,
        help=f"File with a service account's token, closed to other users (0600); or set {TOKEN_VARIABLE}.",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, url: str | None, token_file: Path | None, **options: Any) -> None:  # noqa: ANN401
        grafana = Grafana(address(url, os.environ), token(token_file, os.environ))
        with told():
            command(*args, grafana=grafana, **options)  # type: ignore[arg-type]

    return wrapped


def address(given: str | None, environ: Mapping[str, str]) -> str:
    """Return the address to ask, without a slash at its end; raises StackError."""
    url = given or f"http://localhost:{environ.get(_PORT_VARIABLE) or _USUAL_PORT}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        usable = usable and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable:
        raise StackError(
            "the address of Grafana cannot be used", mend="write http://host:port, without a user and a password"
        )
    return url.rstrip("/")


def token(path: Path | None, environ: Mapping[str, str]) -> str | None:
    """Return the token of the file, else that of the environment; None for none. Raises StackError."""
    if path is None:
        found = environ.get(TOKEN_VARIABLE, "").strip()
        return _usable(found, TOKEN_VARIABLE) if found else None
    try:
        if path.stat().st_mode & _OTHERS:
            raise StackError(f"{path} can be read by other users", mend=f"chmod 600 {path}")
        return _usable(path.read_text(encoding="utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"{path}: {getattr(error, 'strerror', None) or 'not a text in UTF-8'}") from None


@contextmanager
def told() -> Iterator[None]:
    """Tell what a Grafana refuses as the command line tells every error."""
    try:
        yield
    except GrafanaError as error:
        raise StackError(plain(error.what), error.mend) from None


def _usable(found: str, where: str) -> str:
    if not found or not found.isascii() or not found.isprintable():
        raise StackError(f"{where} holds no token: it is one line of letters, digits and signs")
    return found
