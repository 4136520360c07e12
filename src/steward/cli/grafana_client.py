"""A Grafana, for the commands that speak of it: the options that say where it is and what proves us to it."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec

import click

from steward.cli import remote
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
        usual = f"http://localhost:{os.environ.get(_PORT_VARIABLE) or _USUAL_PORT}"
        where = remote.address(url or usual, "Grafana")
        grafana = Grafana(where, remote.token(token_file, TOKEN_VARIABLE, os.environ))
        with told():
            command(*args, grafana=grafana, **options)  # type: ignore[arg-type]

    return wrapped


@contextmanager
def told() -> Iterator[None]:
    """Tell what a Grafana refuses as the command line tells every error."""
    try:
        yield
    except GrafanaError as error:
        raise StackError(plain(error.what), error.mend) from None
