"""Traffic against the real API with a real PostgreSQL and Redis."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from steward.testing.ports import free_port
from steward.testing.servers import PostgresServer, RedisServer, postgres_server, redis_server

pytestmark = pytest.mark.slow

_SECONDS = 120


def _environment(postgres: PostgresServer, redis: RedisServer, port: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("FESTIVALS_", "STEWARD_"))},
        "FESTIVALS_DATABASE_ADDRESS": f"{postgres.host}:{postgres.port}",
        "FESTIVALS_DATABASE_NAME": postgres.database,
        "FESTIVALS_DATABASE_USER": postgres.user,
        "FESTIVALS_REDIS_ADDRESS": f"{redis.host}:{redis.port}",
        "FESTIVALS_PORT": str(port),
        "FESTIVALS_API_URL": f"http://127.0.0.1:{port}",
    }


@contextmanager
def _api(environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "api.log").open("wb") as log:
        api = subprocess.Popen(
            [sys.executable, "-m", "festivals.api"],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield api
        finally:
            api.terminate()
            try:
                api.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(api.pid, signal.SIGKILL)
                api.wait()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Run the API, and give the environment in which traffic finds it."""
    with postgres_server(tmp_path) as postgres, redis_server(tmp_path) as redis:
        environment = _environment(postgres, redis, free_port())
        migrate = [sys.executable, "-m", "festivals.store.migrate"]
        subprocess.run(migrate, env=environment, check=True, timeout=_SECONDS, capture_output=True)
        with _api(environment, tmp_path):
            yield environment


def _start(environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "festivals.traffic", "--json", *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _counted_by_the_platform(environment: dict[str, str], metric: str, *labels: str) -> Counter[tuple[str, ...]]:
    """Return the values of a counter of the API, added up over its other labels."""
    counts = Counter[tuple[str, ...]]()
    exposition = httpx.get(f"{environment['FESTIVALS_API_URL']}/metrics", trust_env=False).text
    for found in re.finditer(rf"^{metric}{{(.*)}} (\S+)$", exposition, re.MULTILINE):
        values = dict(re.findall(r'(\w+)="([^"]*)"', found[1]))
        counts[tuple(values[label] for label in labels)] += int(float(found[2]))
    return +counts


def test_a_day_shows_everything_fails_nowhere_and_is_counted_alike_on_both_sides(platform: dict[str, str]) -> None:
    day = _start(platform, "--days", "1", "--time-scale", "120", "--rate", "120", "--visitors", "20")
    written, complaints = day.communicate(timeout=_SECONDS)
    assert day.returncode == 0, complaints
    report: dict[str, Any] = json.loads(written)

    # While the API starts its readiness is asked for in vain.
    operations = {name: summary for name, summary in report["operations"].items() if name != "readiness"}
    errors = Counter[str]()
    for summary in operations.values():
        errors.update(summary["errors"])
    assert set(+errors) == {"refused"}
    assert {"200", "201", "402", "404", "409", "422"} <= set(report["total"]["outcomes"])
    assert set(report["scans"]) == {"entry", "exit", "reentry", "duplicate", "invalid"}
    assert {kind: set(statuses) for kind, statuses in report["transactions"].items()} == {
        "top_up": {"success", "failed"},
        "purchase": {"success", "failed", "insufficient_balance"},
        "transfer": {"success", "failed", "insufficient_balance"},
        "refund": {"success", "failed"},
    }
    assert report["replayed"] >= 1
    assert report["days"] == 1

    transactions = _counted_by_the_platform(platform, "festivals_transactions_total", "type", "status")
    assert transactions == {
        (kind, status): number
        for kind, statuses in report["transactions"].items()
        for status, number in statuses.items()
    }
    scans = _counted_by_the_platform(platform, "festivals_tickets_scanned_total", "scan_type")
    assert {scan_type: number for (scan_type,), number in scans.items()} == report["scans"]
    caches = {name for (name,) in _counted_by_the_platform(platform, "festivals_cache_hits_total", "cache_name")}
    assert caches == {"festivals", "ticket_types", "attendance"}
    kinds = _counted_by_the_platform(platform, "festivals_tickets_issued_total", "ticket_type")
    assert {kind for (kind,) in kinds} == {"day", "weekend", "vip", "camping", "crew"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_its_report_and_no_festival_left_open(
    platform: dict[str, str], number: signal.Signals
) -> None:
    traffic = _start(platform, "--time-scale", "10")
    assert traffic.stderr is not None
    while not (line := traffic.stderr.readline()).startswith("opened harbour"):
        assert line, "it ended before the festival was open"
    traffic.send_signal(number)
    written, _ = traffic.communicate(timeout=_SECONDS)
    assert traffic.returncode == 0
    assert json.loads(written)["total"]["requests"] > 0
    listed = httpx.get(f"{platform['FESTIVALS_API_URL']}/api/v1/festivals", trust_env=False).json()
    assert {festival["status"] for festival in listed["items"]} == {"closed"}
