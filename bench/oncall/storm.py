"""A storm of alerts: how fast each service takes it, with every alert committed before its webhook is answered.

    PYTHONPATH=bench .venv/bin/python -m oncall.storm --alerta /path/to/venv/bin

Each service is started fresh for each storm, in turn, round by round; the on-call service opens pages, fills its
outbox and writes its timeline while the others only keep alerts. After its last answer it is killed without
warning, and what its store holds then is what counts.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import click
from measure import Measured, report
from oncall import load, ways
from rich.console import Console

EACH = 100
STEWARD = "on-call"
BARE = "bare insert"
ALERTA = "Alerta"

Start = Callable[[], AbstractContextManager[ways.Service]]


@click.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--alerts", default=10_000, show_default=True, type=click.IntRange(EACH))
@click.option("--connections", default=4, show_default=True, type=click.IntRange(1, 32))
@click.option(
    "--alerta", type=click.Path(path_type=Path, exists=True), help="The bin of a venv with alerta-server."
)
def main(rounds: int, alerts: int, connections: int, alerta: Path | None) -> None:
    """Measure, print and write the figures."""
    starts: dict[str, Start] = {STEWARD: ways.steward, BARE: ways.bare}
    if alerta is not None:
        starts[ALERTA] = partial(ways.alerta, alerta)
    bodies = load.bodies(alerts=alerts, each=EACH)
    figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in starts}
    for number in range(1, rounds + 1):
        for name, start in starts.items():
            figures[name].append(_storm(f"round {number}/{rounds}  {name}", start, bodies, connections))
    for index, (title, unit) in enumerate(
        (("storm throughput", "alerts/s"), ("storm p99", "ms a webhook"), ("storm memory", "MiB"))
    ):
        measured = [Measured(name, unit, tuple(one[index] for one in rows)) for name, rows in figures.items()]
        report(title, measured, base=BARE)


def _storm(what: str, start: Start, bodies: list[bytes], connections: int) -> tuple[float, float, float]:
    """Return alerts a second, p99 in milliseconds, and memory in MiB."""
    with start() as service:
        storm = load.send(
            bodies,
            port=service.port,
            path=service.path,
            headers=service.headers,
            connections=connections,
            each=EACH,
        )
        memory = service.memory()
        kept = service.kept()
    if kept != storm.alerts:
        raise click.ClickException(f"{what}: {storm.alerts} alerts were answered for, and {kept} are kept")
    figures = storm.rate, storm.p99, memory
    Console(stderr=True).print(
        f"{what}: {figures[0]:.0f} alerts/s, p99 {figures[1]:.0f} ms, {figures[2]:.0f} MiB", highlight=False
    )
    return figures


if __name__ == "__main__":
    main()
