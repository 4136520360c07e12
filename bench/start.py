"""How long from nothing to every target up: `./steward up --detach` beside the same programs started bare.

    .venv/bin/python bench/start.py --rounds 5

The floor is what Prometheus itself needs: it, Alertmanager and the exporters started at the same instant, without
a supervisor or platform, scraping every second, beside a PostgreSQL that runs already. Ours is warm: its state
folder exists.
"""

import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click
import httpx
from measure import in_turn, report

from festivals.catalogue import CATALOGUE
from steward.testing.folders import open_folder
from steward.testing.polling import eventually
from steward.testing.ports import free_ports
from steward.testing.servers import postgres_server
from steward.testing.stack import Stack

ROOT = Path(__file__).parents[1]
FLOOR = "bare programs"
_PROGRAMS = ("prometheus", "alertmanager", "node", "redis", "postgres")


@click.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
def main(rounds: int) -> None:
    """Measure, print and write the figures."""
    with open_folder() as folder, postgres_server(folder / "postgres") as postgres:
        database = postgres.url("postgresql") + "?sslmode=disable"
        stack = Stack.beside(CATALOGUE, project=ROOT, state=folder / "state")
        _up_and_down(stack)
        ways = {FLOOR: lambda: _bare(database), "steward up --detach": lambda: _up_and_down(stack)}
        report("start", in_turn(ways, rounds=rounds, unit="s"), base=FLOOR)


def _up_and_down(stack: Stack) -> float:
    begun = time.perf_counter()
    started = stack.steward("up", "--detach")
    seconds = time.perf_counter() - begun
    if started.returncode or set(stack.targets().values()) != {"up"}:
        raise click.ClickException(started.stdout + started.stderr)
    stack.steward("down")
    return seconds


def _bare(database: str) -> float:
    with open_folder() as folder, ExitStack() as running:
        ports = dict(zip(_PROGRAMS, free_ports(len(_PROGRAMS)), strict=True))
        (folder / "prometheus.yml").write_text(_configuration(ports))
        (folder / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
        environment = os.environ | {"DATA_SOURCE_NAME": database}
        begun = time.perf_counter()
        for command in _commands(folder, ports):
            child = subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            running.callback(child.wait)
            running.callback(child.terminate)
        eventually("every bare target is up", lambda: _all_up(ports))
        return time.perf_counter() - begun


def _configuration(ports: Mapping[str, int]) -> str:
    jobs = "".join(
        f"  - job_name: {name}\n    static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
        for name, port in ports.items()
    )
    return f"global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n{jobs}"


def _commands(folder: Path, ports: Mapping[str, int]) -> list[list[str]]:
    at = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    return [
        [
            "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/prometheus",
            f"--web.listen-address={at['prometheus']}",
        ],
        [
            "prometheus-alertmanager",
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={folder}/alertmanager",
            f"--web.listen-address={at['alertmanager']}",
            "--cluster.listen-address=",
        ],
        ["prometheus-node-exporter", f"--web.listen-address={at['node']}", "--no-collector.systemd"],
        ["prometheus-redis-exporter", "-web.listen-address", at["redis"]],
        ["prometheus-postgres-exporter", f"--web.listen-address={at['postgres']}"],
    ]


def _all_up(ports: Mapping[str, int]) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{ports['prometheus']}/api/v1/targets").json()
    except (httpx.HTTPError, ValueError):
        return False
    targets = answer["data"]["activeTargets"]
    return len(targets) == len(ports) and all(target["health"] == "up" for target in targets)


if __name__ == "__main__":
    main()
