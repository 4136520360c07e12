"""`steward sidecar`."""

from pathlib import Path

import click

from steward.cli.examples import examples
from steward.instrument.sidecar import LISTEN, run


@click.command(
    "sidecar",
    epilog=examples(
        "steward sidecar --directory /run/shop/metrics",
        "steward sidecar --directory /run/shop/metrics --listen 0.0.0.0:9200",
    ),
)
@click.option(
    "--directory", type=click.Path(path_type=Path), required=True, help="The folder in which the processes count."
)
@click.option("--listen", default=LISTEN, show_default=True, help="HOST:PORT to listen at.")
@click.pass_context
def command(context: click.Context, *, directory: Path, listen: str) -> None:
    """Answer scrapes at /metrics for processes that count in one folder, without touching them.

    All numbers of the instruments are there but for gauges that are asked at each scrape, and the process metrics
    of each worker. It must run as the same user as the processes.
    """
    context.exit(run(directory, listen))
