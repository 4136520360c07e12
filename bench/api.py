"""Requests per second of the API, with its instruments and without, on one process and real servers.

    .venv/bin/python bench/api.py --rounds 5

Both applications run at once beside the same PostgreSQL and Redis; wrk loads them in turn. Two kinds of request: a
purchase (six statements and a commit), and a read that the cache answers.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import httpx
from measure import in_turn, report

from steward.testing.polling import eventually
from steward.testing.ports import free_port
from steward.testing.servers import PostgresServer, RedisServer, postgres_server, redis_server

BENCH = Path(__file__).parent
FACTORIES = {"bare": "bare_api:create", "instrumented": "festivals.api.app:create"}
PURCHASE = """
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
local sent = 0
function request()
  sent = sent + 1
  local wallet = wallets[sent % #wallets + 1]
  local headers = {{["content-type"] = "application/json", ["idempotency-key"] = "{run}-" .. id .. "-" .. sent}}
  local path = "/api/v1/wallets/" .. wallet .. "/purchases"
  return wrk.format("POST", path, headers, '{{"amount_cents":1,"stall":"bar"}}')
end
"""


@dataclass(frozen=True, slots=True)
class Api:
    """A running application."""

    url: str


@click.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=4, show_default=True, type=click.IntRange(1, 60), help="Of load, each time.")
@click.option("--connections", default=16, show_default=True, type=click.IntRange(1, 256))
def main(rounds: int, seconds: int, connections: int) -> None:
    """Measure, print and write the figures."""
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk is missing, which makes the load; Debian's package wrk brings it")
    with _servers() as environment, _api("bare", environment) as bare, _api("instrumented", environment) as full:
        wallets = _set_up(bare)
        load = partial(_wrk, seconds=seconds, connections=connections)
        apis = {"bare": bare, "instrumented": full}
        reads = {name: partial(load, f"{api.url}/api/v1/festivals/bench", script="") for name, api in apis.items()}
        report("cached read", in_turn(reads, rounds=rounds, unit="requests/s"), base="bare")
        purchases = {name: partial(_purchases, load, api, wallets) for name, api in apis.items()}
        report("purchase", in_turn(purchases, rounds=rounds, unit="requests/s"), base="bare")


def _purchases(load: "partial[float]", api: Api, wallets: list[str]) -> float:
    names = ", ".join(f'"{wallet}"' for wallet in wallets)
    return load(api.url, script=f"wallets = {{{names}}}\n" + PURCHASE.format(run=uuid.uuid4().hex))


def _wrk(url: str, *, script: str, seconds: int, connections: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        load = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", file.name, url]
        printed = subprocess.run(load, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise click.ClickException(printed)
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    if found is None:
        raise click.ClickException(printed)
    return float(found[1])


def _set_up(api: Api) -> list[str]:
    """Open a festival and return the wallets, each with money for a long bench."""
    with httpx.Client(base_url=f"{api.url}/api/v1", timeout=10) as client:
        client.post("/festivals", json={"id": "bench", "name": "Bench"}).raise_for_status()
        client.post("/festivals/bench/open").raise_for_status()
        wallets = []
        for number in range(64):
            wallet = client.post("/festivals/bench/wallets", json={"holder": f"visitor {number}"}).json()["id"]
            top_up = client.post(
                f"/wallets/{wallet}/top-ups",
                json={"amount_cents": 1_000_000},
                headers={"idempotency-key": f"bench-{number}"},
            )
            top_up.raise_for_status()
            wallets.append(wallet)
        return wallets


@contextmanager
def _servers() -> Iterator[Mapping[str, str]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres_server(Path(folder, "postgres")) as postgres,
        redis_server(Path(folder, "redis")) as redis,
    ):
        environment = _environment(postgres, redis)
        migrate = [sys.executable, "-m", "festivals.store.migrate"]
        subprocess.run(migrate, env=environment, check=True, capture_output=True)
        yield environment


def _environment(postgres: PostgresServer, redis: RedisServer) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(BENCH),
        "FESTIVALS_DATABASE_ADDRESS": f"{postgres.host}:{postgres.port}",
        "FESTIVALS_DATABASE_NAME": postgres.database,
        "FESTIVALS_DATABASE_USER": postgres.user,
        "FESTIVALS_REDIS_ADDRESS": f"{redis.host}:{redis.port}",
    }


@contextmanager
def _api(name: str, environment: Mapping[str, str]) -> Iterator[Api]:
    with tempfile.TemporaryDirectory() as metrics:
        port = free_port()
        server = ["uvicorn", FACTORIES[name], "--factory", "--port", str(port), "--no-access-log"]
        child = subprocess.Popen(
            [sys.executable, "-m", *server, "--log-level", "warning"],
            env=dict(environment) | {"FESTIVALS_METRICS_DIRECTORY": metrics},
        )
        try:
            api = Api(f"http://127.0.0.1:{port}")
            eventually(f"the {name} API is ready", lambda: _ready(api), seconds=20)
            yield api
        finally:
            child.terminate()
            child.wait()


def _ready(api: Api) -> bool:
    try:
        return httpx.get(f"{api.url}/readyz").is_success
    except httpx.HTTPError:
        time.sleep(0.1)
        return False


if __name__ == "__main__":
    main()
