"""A process beside the workers that answers scrapes in their place: `python -m steward.instrument.sidecar`.

It reads the folder in which they count, and nothing else: not their code, not their sockets. It must run as the
same user, because the folder is closed to others.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from steward.instrument.endpoint import metrics_app
from steward.instrument.sets import FolderExposer
from steward.program.logs import configure_logging
from steward.program.serving import bind_given, exit_code, serve
from steward.program.settings import Address, SettingsError, address

LISTEN = "127.0.0.1:9200"
"""Where it listens unless told otherwise: on this machine only."""

_LOG = logging.getLogger("steward.instrument")


def sidecar_app(directory: Path) -> Starlette:
    """Return an application that answers `/metrics` with what `directory` holds, and `/healthz` with 200."""
    return Starlette(
        routes=[
            Route("/metrics", metrics_app(FolderExposer(directory))),
            Route("/healthz", _healthy),
        ]
    )


def run(directory: Path, listen: str = LISTEN) -> int:
    """Answer at `listen`, e.g. `127.0.0.1:9200`, until SIGTERM or SIGINT; return the exit code.

    It is 0; 1 when the port is taken; 2 when the address cannot be used or the folder cannot be read. What is
    wrong is written to stderr.
    """

    def program() -> None:
        where = _address(listen)
        _expect_readable(directory)
        listener = bind_given(where, host="--listen", port="--listen")
        configure_logging("sidecar")
        _LOG.info("sidecar begins", extra={"address": str(where), "directory": str(directory)})
        asyncio.run(_answer(directory, listener))

    return exit_code(program)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with the arguments of a command line; return the exit code, as `run` says."""
    parser = argparse.ArgumentParser(
        prog="python -m steward.instrument.sidecar",
        description="Answer scrapes with what the processes of a service count in a folder.",
    )
    parser.add_argument("--directory", type=Path, required=True, help="the folder in which they count")
    parser.add_argument("--listen", default=LISTEN, help="host:port to listen at (default: %(default)s)")
    given = parser.parse_args(arguments)
    return run(given.directory, given.listen)


async def _answer(directory: Path, listener: socket.socket) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await serve(sidecar_app(directory), listener, stopping)


async def _healthy(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


def _address(text: str) -> Address:
    try:
        return address(text)
    except ValueError as error:
        raise SettingsError(f"--listen={text!r}: {error}") from None


def _expect_readable(directory: Path) -> None:
    """Raise SettingsError for a folder that will never be readable; one that is missing may be made later."""
    try:
        os.listdir(directory)  # noqa: PTH208 - only whether it can be listed
    except FileNotFoundError:
        pass
    except OSError as error:
        raise SettingsError(
            f"--directory={str(directory)!r}: {error.strerror}; give the folder in which the processes count,"
            " and run as the user they run as"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
