"""The bundled inventories against the programs they were harvested from."""

import os
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from steward.harvest import build_versions, harvested, read_exposition
from steward.model import Inventory, InventoryMetric, bundled
from steward.testing.polling import eventually
from steward.testing.ports import free_port
from steward.testing.servers import postgres_server, redis_server

pytestmark = pytest.mark.slow

_SECONDS = 20.0


@contextmanager
def running(command: Sequence[str], port: int, environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Run an exporter; give what it exposes."""
    with (folder / "exporter.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
    try:
        yield exposed(port, process)
    finally:
        process.terminate()
        process.wait(10)


def exposed(port: int, process: subprocess.Popen[bytes]) -> str:
    def ask() -> str:
        assert process.poll() is None, "the exporter ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return str(answer.read(), "utf-8")
        except OSError:
            return ""

    return eventually("the exporter answers", ask, _SECONDS)


def harvest(source: str, text: str) -> tuple[Inventory, Inventory]:
    """Return what the program shows and its bundled inventory; skip where that is of another version."""
    families, known = read_exposition(text), bundled(source)
    (version,) = build_versions(families)
    # What follows the numbers is the distribution's.
    if version.split("-")[0].split("+")[0] != known.version.split("-")[0].split("+")[0]:
        pytest.skip(f"{source} is {version} here, and its inventory of {known.version}")
    return harvested(source, known.version, families), known


def unknown(found: Inventory, known: Inventory) -> list[str]:
    """Return what the program shows and the inventory lacks or has otherwise."""
    metrics = {metric.name: metric for metric in known.metrics}
    return [metric.name for metric in found.metrics if not _covers(metrics.get(metric.name), metric)]


def _covers(known: InventoryMetric | None, found: InventoryMetric) -> bool:
    return known is not None and known.kind == found.kind and set(found.labels) <= set(known.labels)


def test_redis_exporter_shows_nothing_that_its_inventory_lacks(tmp_path: Path) -> None:
    port = free_port()
    with redis_server(tmp_path) as redis:
        client = Redis(port=redis.port)
        client.config_set("maxmemory", "100mb")
        client.set("key", "value", ex=60)
        client.get("key")
        client.close()
        command = [
            "prometheus-redis-exporter",
            "-web.listen-address",
            f"127.0.0.1:{port}",
            "-redis.addr",
            redis.url(),
        ]
        with running(command, port, {}, tmp_path) as text:
            found, known = harvest("redis-exporter", text)

    assert len(found.metrics) > 100
    assert unknown(found, known) == []


def test_postgres_exporter_shows_nothing_that_its_inventory_lacks(tmp_path: Path) -> None:
    port = free_port()
    with postgres_server(tmp_path) as postgres:
        address = f"{postgres.url('postgresql')}?sslmode=disable"
        command = ["prometheus-postgres-exporter", f"--web.listen-address=127.0.0.1:{port}"]
        with running(command, port, {"DATA_SOURCE_NAME": address}, tmp_path) as text:
            found, known = harvest("postgres-exporter", text)

    assert len(found.metrics) > 200
    assert unknown(found, known) == []
