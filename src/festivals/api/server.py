"""The API's processes: one that supervises, and several that answer."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from festivals.api.settings import ApiSettings
from festivals.settings import METRICS_DIRECTORY
from steward.program.logs import configure_logging
from steward.program.serving import PortTaken, bind, exit_code
from steward.program.settings import Address, SettingsError

_STOP_SECONDS = 2
_KEEP_ALIVE_SECONDS = 30
_PORT_SECONDS = 5.0
"""How long a port may stay taken: by the last processes of a supervisor that was killed, until they notice."""


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit code, as `exit_code` says."""
    return exit_code(_program)


def _program() -> None:
    settings = ApiSettings.read(os.environ)
    _await_port(settings.listen)
    with _metrics_directory(settings.metrics_directory) as directory:
        # For the processes that uvicorn starts, which read the environment again.
        os.environ[METRICS_DIRECTORY.variable] = str(directory)
        configure_logging("api")
        _serve(settings)


def _serve(settings: ApiSettings) -> None:
    uvicorn.run(
        "festivals.api.app:create",
        factory=True,
        host=settings.listen.host,
        port=settings.listen.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


def _await_port(address: Address) -> None:
    deadline = time.monotonic() + _PORT_SECONDS
    while True:
        try:
            bind(address, prefix="FESTIVALS").close()
        except PortTaken:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def _metrics_directory(chosen: Path | None) -> Iterator[Path]:
    """Give an empty folder for the numbers that the processes share; a new one is removed at the end."""
    if chosen is None:
        with tempfile.TemporaryDirectory(prefix="festivals-metrics-") as made:
            yield Path(made)
        return
    try:
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in chosen.glob("*.slot"):
            left.unlink()
        with tempfile.TemporaryFile(dir=chosen):
            pass
    except OSError as error:
        raise SettingsError(f"{METRICS_DIRECTORY.variable}={str(chosen)!r}: {error.strerror}") from None
    yield chosen
