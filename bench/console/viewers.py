"""What many who look at one dashboard cost Prometheus and the service, beside what one costs.

    PYTHONPATH=bench .venv/bin/python -m console.viewers

It runs a Prometheus that scrapes itself, and the real service in front of it. A viewer holds `/live` open, and
asks for the whole dashboard every five seconds, at a moment of its own. First there is one, then there are many.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import click
import httpx
import psutil
from measure import RESULTS
from rich.console import Console
from rich.table import Table

from steward.testing.polling import eventually
from steward.testing.ports import free_port
from steward.testing.prometheus import prometheus_server

_EVERY_SECONDS = 5.0
_WIDTH = 1_200
_CALLS = "prometheus_http_requests_total"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some viewers."""

    viewers: int
    refreshes: int
    queries: float
    bytes_each: float
    slowest: float
    """Refresh, in seconds."""
    memory: int
    """Of the service at the end, in bytes."""


@click.command()
@click.option("--viewers", default=50, show_default=True, type=click.IntRange(2))
@click.option("--seconds", default=30.0, show_default=True)
@click.option("--dashboard", default="festivals-monitoring", show_default=True)
def main(viewers: int, seconds: float, dashboard: str) -> None:
    """Measure, print and write the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        prometheus_server(Path(folder) / "prometheus", "groups: []") as url,
        _service(Path(folder), url) as (address, process),
    ):
        asyncio.run(_look(address, dashboard, 1, 0))  # what is made once is not counted
        one, many = (_cost(address, url, process, dashboard, count, seconds) for count in (1, viewers))
    _report(one, many)


@contextmanager
def _service(folder: Path, prometheus: str) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    environment = {
        **os.environ,
        "STEWARD_ONCALL_PORT": str(port),
        "STEWARD_ONCALL_STORE": f"sqlite:///{folder}/oncall.db",
        "STEWARD_ONCALL_CATALOGUE": "festivals.catalogue:CATALOGUE",
        "STEWARD_ONCALL_PROMETHEUS": prometheus,
    }
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        child = Popen([sys.executable, "-P", "-m", "steward.oncall"], env=environment, stdout=log, stderr=log)
        try:
            eventually("the service answers", lambda: _answers(address))
            yield address, psutil.Process(child.pid)
        finally:
            child.terminate()
            child.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _cost(
    address: str, prometheus: str, process: psutil.Process, dashboard: str, viewers: int, seconds: float
) -> Cost:
    before = _queries(prometheus)
    refreshes, sizes, slowest, memory = asyncio.run(_looked(address, process, dashboard, viewers, seconds))
    return Cost(viewers, refreshes, _queries(prometheus) - before, sizes / refreshes, slowest, memory)


async def _looked(
    address: str, process: psutil.Process, dashboard: str, viewers: int, seconds: float
) -> tuple[int, int, float, int]:
    """Return refreshes, their bytes, the slowest, and the service's memory while all still look."""
    looking = asyncio.gather(
        *(_look(address, dashboard, seconds, place * _EVERY_SECONDS / viewers) for place in range(viewers))
    )
    await asyncio.sleep(seconds)
    memory = process.memory_info().rss
    found = [refresh for one in await looking for refresh in one]
    return len(found), sum(size for size, _ in found), max(took for _, took in found), memory


async def _look(address: str, dashboard: str, seconds: float, wait: float) -> list[tuple[int, float]]:
    """Return the bytes and the seconds of each refresh."""
    found: list[tuple[int, float]] = []
    question = {"from": "now-1h", "to": "now", "width": str(_WIDTH)}
    # The service ends connections after five idle seconds; browsers try again by themselves, this client does not.
    limits = httpx.Limits(keepalive_expiry=_EVERY_SECONDS - 1)
    client = httpx.AsyncClient(base_url=address, timeout=30, limits=limits)
    async with client, client.stream("GET", "/live"):
        ends = time.monotonic() + seconds + _EVERY_SECONDS
        await asyncio.sleep(wait % _EVERY_SECONDS)
        while time.monotonic() < ends:
            begun = time.monotonic()
            answer = await client.get(f"/d/{dashboard}/data", params=question)
            answer.raise_for_status()
            found.append((len(answer.content), time.monotonic() - begun))
            await asyncio.sleep(max(0.0, begun + _EVERY_SECONDS - time.monotonic()))
    return found


def _queries(prometheus: str) -> float:
    lines = httpx.get(f"{prometheus}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(_CALLS) and "/query" in line)


def _report(one: Cost, many: Cost) -> None:
    each = (many.memory - one.memory) / (many.viewers - one.viewers)
    table = Table(
        "viewers", "refreshes", "queries of Prometheus", "KiB a refresh", "slowest", "memory of the service"
    )
    for cost in (one, many):
        table.add_row(
            f"{cost.viewers}",
            f"{cost.refreshes}",
            f"{cost.queries:.0f}",
            f"{cost.bytes_each / 1024:.0f}",
            f"{cost.slowest * 1_000:.0f} ms",
            f"{cost.memory / 2**20:.1f} MiB",
        )
    Console().print(table)
    click.echo(
        f"queries: {many.queries / one.queries:.2f} times those of one; memory: {each / 2**20:.3f} MiB a viewer"
    )
    RESULTS.mkdir(exist_ok=True)
    figures = {"queries_ratio": many.queries / one.queries, "memory_mib_each": each / 2**20}
    (RESULTS / "viewers.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
