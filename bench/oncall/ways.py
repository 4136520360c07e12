"""The services that a storm is sent to, each started fresh, with an empty store, for one storm."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from steward.testing.polling import eventually
from steward.testing.ports import free_port
from steward.testing.servers import postgres_server

_TOKEN = "storm"
_BENCH = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Service:
    """One that runs."""

    port: int
    path: str
    """Where it takes Alertmanager's webhooks."""
    headers: Mapping[str, str]
    process: psutil.Process
    kept: Callable[[], int]
    """Kills it without warning and returns how many alerts its store holds."""

    def memory(self) -> float:
        """Return the resident memory of it and its children, in MiB."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 2**20


@contextmanager
def steward() -> Iterator[Service]:
    """Run the on-call service as it is, on SQLite, with the catalogue of the tests' shop."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "oncall.db")
        secret = Path(folder, "token")
        secret.write_text(_TOKEN)
        environment = {
            "STEWARD_ONCALL_STORE": f"sqlite:///{store}",
            "STEWARD_ONCALL_CATALOGUE": "steward.testing.oncall:SHOP",
            "STEWARD_ONCALL_WEBHOOK_TOKEN_FILE": str(secret),
            "STEWARD_ONCALL_SIGNING_KEY_FILE": str(secret),
        }
        command = [sys.executable, "-P", "-m", "steward.oncall"]
        with _running(command, environment, folder, port_in="STEWARD_ONCALL_PORT") as (port, process):
            headers = {"Authorization": f"Bearer {_TOKEN}"}
            yield Service(port, "/webhooks/alertmanager", headers, process, lambda: _killed(process, store))


@contextmanager
def bare() -> Iterator[Service]:
    """Run the least that keeps alerts, on SQLite with the same settings."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "bare.db")
        port = free_port()
        uvicorn = [sys.executable, "-m", "uvicorn", "oncall.bare:create", "--factory", "--no-access-log"]
        command = [*uvicorn, "--port", str(port), "--log-level", "warning"]
        environment = {"BARE_STORE": f"sqlite:///{store}", "PYTHONPATH": str(_BENCH)}
        with _running(command, environment, folder, port=port) as (_, process):
            yield Service(port, "/webhooks/alertmanager", {}, process, lambda: _killed(process, store))


@contextmanager
def alerta(programs: Path) -> Iterator[Service]:
    """Run Alerta from a virtual environment's `bin`, on a PostgreSQL that does not wait for its disk."""
    with tempfile.TemporaryDirectory() as folder, postgres_server(Path(folder)) as postgres:
        port = free_port()
        gunicorn = [str(programs / "gunicorn"), "-w", "1", "--threads", "8", "--log-level", "error"]
        command = [*gunicorn, "-b", f"127.0.0.1:{port}", "alerta:create_app()"]
        environment = {
            "DATABASE_URL": postgres.url("postgresql"),
            "AUTH_REQUIRED": "false",
            "SECRET_KEY": _TOKEN * 8,
            "LOG_LEVEL": "ERROR",
        }
        with _running(command, environment, folder, port=port, health="/") as (_, process):

            def kept() -> int:
                return int(httpx.get(f"http://127.0.0.1:{port}/alerts/count", timeout=60).json()["total"])

            yield Service(port, "/webhooks/prometheus", {}, process, kept)


@contextmanager
def _running(
    command: list[str],
    environment: Mapping[str, str],
    folder: str,
    *,
    port: int | None = None,
    port_in: str = "",
    health: str = "/healthz",
) -> Iterator[tuple[int, psutil.Process]]:
    port = port or free_port()
    chosen = {port_in: str(port)} if port_in else {}
    log = Path(folder, "log")
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": folder, **environment, **chosen},
            stdout=output,
            stderr=output,
        )
    try:
        eventually(f"{command[0]} answers", lambda: _answers(child, f"http://127.0.0.1:{port}{health}", log))
        yield port, psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait()


def _answers(child: subprocess.Popen[bytes], url: str, log: Path) -> bool:
    if child.poll() is not None:
        raise RuntimeError(f"it ended with {child.returncode}:\n{log.read_text()[-2_000:]}")
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False


def _killed(process: psutil.Process, store: Path) -> int:
    process.send_signal(signal.SIGKILL)
    process.wait()
    with sqlite3.connect(store) as connection:
        (count,) = connection.execute("SELECT count(*) FROM alert").fetchone()
    return int(count)
