"""`python -m festivals.api` as processes."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from steward.testing.polling import eventually

pytestmark = pytest.mark.slow

Environment = dict[str, str]
Processes = Callable[[Environment], AbstractContextManager[tuple[subprocess.Popen[bytes], str]]]
StartProcess = Callable[[Environment, Path], subprocess.Popen[bytes]]
SECONDS = 30


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def workers(supervisor: subprocess.Popen[bytes]) -> set[int]:
    found = set()
    for child in psutil.Process(supervisor.pid).children():
        with suppress(psutil.NoSuchProcess):  # also for one that is dead and not yet collected
            if "spawn_main" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


def refusal(start_process: StartProcess, environment: Environment, log: Path) -> tuple[int, str]:
    code = start_process(environment, log).wait(SECONDS)
    return code, log.read_text()


def test_a_worker_that_is_killed_is_replaced_and_its_counts_stay(
    environment: Environment, processes: Processes, tmp_path: Path
) -> None:
    shared = {"FESTIVALS_METRICS_DIRECTORY": str(tmp_path / "metrics")}
    with processes(environment | shared) as (supervisor, url):
        eventually("two workers", lambda: len(workers(supervisor)) == 2, SECONDS)
        for _ in range(5):
            httpx.get(f"{url}/api/v1/festivals/rock")
        before = workers(supervisor)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        eventually("two new workers", lambda: len(workers(supervisor) - before) == 2, SECONDS)
        eventually("the API is ready again", lambda: answers(f"{url}/readyz"), SECONDS)
        route = 'method="GET",path="/api/v1/festivals/{festival_id}",status="404"'
        assert f"festivals_http_requests_total{{{route}}} 5.0" in httpx.get(f"{url}/metrics").text


def test_sigterm_ends_every_process(environment: Environment, processes: Processes, tmp_path: Path) -> None:
    with processes(environment) as (supervisor, url):
        eventually("two workers", lambda: len(workers(supervisor)) == 2, SECONDS)
        pids = workers(supervisor)
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(SECONDS) == 0
        assert not any(psutil.pid_exists(pid) for pid in pids)
        assert not answers(f"{url}/healthz")
    assert "Traceback" not in (tmp_path / "api.log").read_text()


def test_workers_end_with_a_supervisor_that_is_killed(
    environment: Environment, processes: Processes, start_process: StartProcess, tmp_path: Path
) -> None:
    with processes(environment) as (supervisor, url):
        eventually("two workers", lambda: len(workers(supervisor)) == 2, SECONDS)
        supervisor.kill()
        supervisor.wait()
        port = {"FESTIVALS_PORT": url.rpartition(":")[2]}
        again = start_process(environment | port, tmp_path / "again.log")
        try:
            # The new supervisor starts none before the last old one has left the port.
            eventually("two new workers", lambda: len(workers(again)) == 2, SECONDS)
            eventually("the API is ready again", lambda: answers(f"{url}/readyz"), SECONDS)
        finally:
            again.terminate()
            code = again.wait(SECONDS)
        assert code == 0


def test_a_token_guards_the_operations_and_nothing_else(
    environment: Environment, processes: Processes, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret\n")
    exposed = {"FESTIVALS_HOST": "0.0.0.0", "FESTIVALS_API_TOKEN_FILE": str(token), "FESTIVALS_WORKERS": "1"}  # noqa: S104
    with processes(environment | exposed) as (_, url):
        for wrong in (b"", b"s3cret", b"Bearer wrong", b"Bearer s3cret2", b"Bearer \xff"):
            answer = httpx.get(f"{url}/api/v1/festivals", headers=[(b"Authorization", wrong)])
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        good = {"Authorization": "Bearer s3cret"}
        assert httpx.get(f"{url}/api/v1/festivals", headers=good).status_code == 200
        assert httpx.get(f"{url}/metrics").status_code == 200
        described = httpx.get(f"{url}/openapi.json").json()["paths"]["/api/v1/festivals"]["get"]
        assert "401" in described["responses"]


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        ({"FESTIVALS_PORT": "many"}, "FESTIVALS_PORT='many'"),
        ({"FESTIVALS_PORT": "70000"}, "FESTIVALS_PORT='70000'"),
        ({"FESTIVALS_WORKERS": "0"}, "FESTIVALS_WORKERS='0'"),
        ({"FESTIVALS_HOST": "0.0.0.0"}, "FESTIVALS_API_TOKEN_FILE"),  # noqa: S104
        ({"FESTIVALS_HOST": "192.0.2.1", "FESTIVALS_API_TOKEN_FILE": __file__}, "cannot listen on 192.0.2.1"),
        ({"FESTIVALS_DATABASE_PASSWORD_FILE": "/nowhere"}, "FESTIVALS_DATABASE_PASSWORD_FILE='/nowhere'"),
        ({"FESTIVALS_REDIS_ADDRESS": "redis"}, "FESTIVALS_REDIS_ADDRESS='redis'"),
        ({"FESTIVALS_METRICS_DIRECTORY": "/dev/null/x"}, "FESTIVALS_METRICS_DIRECTORY='/dev/null/x'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_clear_line(
    setting: Environment, names: str, start_process: StartProcess, free_port: int, tmp_path: Path
) -> None:
    code, output = refusal(start_process, {"FESTIVALS_PORT": str(free_port)} | setting, tmp_path / "log")
    assert code == 2
    assert names in output
    assert output.count("\n") == 1


def test_a_port_that_stays_taken_is_one_clear_line(start_process: StartProcess, tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        code, output = refusal(start_process, {"FESTIVALS_PORT": str(port)}, tmp_path / "log")
    assert (code, output.count("\n")) == (1, 1)
    assert f"127.0.0.1:{port} is taken" in output
