"""What the programs that listen have in common: a port taken before anything starts, and how they end."""

import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from starlette.types import ASGIApp

from steward.program.settings import Address, SettingsError

_GRACE_SECONDS = 2
_BACKLOG = 2048


class PortTaken(Exception):
    """Another program listens where this one should."""


def exit_code(program: Callable[[], None]) -> int:
    """Run a program; return its exit code: 0, 1 for a taken port, 2 for settings that cannot be used."""
    try:
        program()
    except (PortTaken, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1 if isinstance(error, PortTaken) else 2
    return 0


def bind(address: Address, *, prefix: str) -> socket.socket:
    """Return a socket that listens at `address`; raises PortTaken, SettingsError.

    `prefix` is that of the variables in which the address was given, e.g. `SHOP` for `SHOP_HOST` and `SHOP_PORT`.
    """
    return bind_given(address, host=f"{prefix}_HOST", port=f"{prefix}_PORT")


def bind_given(address: Address, *, host: str, port: str) -> socket.socket:
    """Return a socket that listens at `address`; raises PortTaken, SettingsError.

    `host` and `port` are the variables in which its parts were given.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"{address} is taken by another program; stop that, or set {port}") from None
        raise SettingsError(f"cannot listen on {address}: {error.strerror}; see {host}") from None
    return listener


async def serve(
    app: ASGIApp, listener: socket.socket, stopping: asyncio.Event, *, also: Sequence[socket.socket] = ()
) -> None:
    """Answer requests until `stopping` is set, then let those that have begun end; `also` are more listeners."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    ending = asyncio.create_task(_end_when(server, stopping))
    try:
        await server.serve(sockets=[listener, *also])
    finally:
        ending.cancel()


class _Server(uvicorn.Server):
    """One that leaves the signals to the program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _end_when(server: uvicorn.Server, stopping: asyncio.Event) -> None:
    await stopping.wait()
    server.should_exit = True
