"""`steward metrics`."""

import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import click

from steward.cli.examples import examples
from steward.cli.exposition import fetched
from steward.harvest import (
    Family,
    NotAnExposition,
    build_versions,
    harvested,
    inventory_json,
    read_exposition,
    united,
)
from steward.model import Inventory, InventoryMetric, bundled, read_inventory
from steward.model.inventory import FOLDER
from steward.stack.errors import StackError
from steward.stack.files import write_atomically


@click.group("metrics")
def command() -> None:
    """Harvest the metrics of a program into an inventory, and look at inventories."""


@command.command(
    "import",
    epilog=examples(
        "steward metrics import http://localhost:9100/metrics --source node-exporter --output node-exporter.json",
        "curl -s http://pump:9000/metrics | steward metrics import - --source pump --version 1.2",
    ),
)
@click.argument("place", metavar="URL|FILE")
@click.option("--source", required=True, help="Name of the program, e.g. node-exporter.")
@click.option("--version", help="Its version, where no *_build_info of its own says so.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; stdout when left out. One of the same version is added to.",
)
def import_metrics(place: str, source: str, version: str | None, output: Path | None) -> None:
    """Harvest names, types, labels and buckets of the metrics at URL, in FILE, or from stdin (-).

    A program shows only what it has seen so far: harvest it while it works, and again into the same file, which
    then knows the labels of both. A file of another version is replaced.
    """
    families = _read(place)
    inventory = harvested(source, version or _version(place, families), families)
    if output is None:
        click.echo(inventory_json(inventory), nl=False)
        return
    before = _present(output)
    if before and (before.source, before.version) == (inventory.source, inventory.version):
        inventory = united(before, inventory)
    _write(output, inventory)
    known = {metric.name for metric in before.metrics} if before else set()
    more = sum(metric.name not in known for metric in inventory.metrics)
    click.echo(f"{output}: {inventory.source} {inventory.version}, {len(inventory.metrics)} metrics, {more} new")


@command.command("show", epilog=examples("steward metrics show", "steward metrics show node-exporter | grep disk"))
@click.argument("inventory", required=False, metavar="[NAME|FILE]")
def show(inventory: str | None) -> None:
    """List the metrics of an inventory: NAME of one that comes with steward, or FILE; without, the inventories."""
    if inventory is None:
        for name in bundled_names():
            known = bundled(name)
            click.echo(f"{name}  {known.version}  {len(known.metrics)} metrics")
        return
    found = bundled(inventory) if inventory in bundled_names() else _present(Path(inventory))
    if found is None:
        raise StackError(
            f"{inventory} is neither an inventory that comes with steward nor a file",
            mend=f"known: {', '.join(bundled_names())}",
        )
    width = max((len(metric.name) for metric in found.metrics), default=0)
    for metric in found.metrics:
        click.echo(f"{metric.name:{width}}  {metric.kind:9}  {_series(metric)}".rstrip())


def bundled_names() -> tuple[str, ...]:
    """Return the names of the inventories that come with steward."""
    folder = files("steward.model").joinpath(FOLDER)
    names = (entry.name for entry in folder.iterdir()) if folder.is_dir() else iter(())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


def _read(place: str) -> tuple[Family, ...]:
    try:
        return read_exposition(sys.stdin.read() if place == "-" else fetched(place))
    except NotAnExposition as error:
        raise StackError(
            f"{place} holds no metrics as Prometheus reads them: {error}",
            mend="give the address that Prometheus scrapes, e.g. http://localhost:9100/metrics",
        ) from None


def _version(place: str, families: Sequence[Family]) -> str:
    versions = build_versions(families)
    if len(versions) == 1:
        return versions[0]
    said = f"says {', '.join(versions)}" if versions else "does not say"
    raise StackError(f"{place} {said} which version it is of", mend="give it as --version")


def _present(path: Path) -> Inventory | None:
    try:
        return read_inventory(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"{path}: {getattr(error, 'strerror', None) or 'not a text in UTF-8'}") from None


def _write(path: Path, inventory: Inventory) -> None:
    try:
        write_atomically(path, inventory_json(inventory).encode())
    except OSError as error:
        raise StackError(f"{path}: {error.strerror or error}") from None


def _series(metric: InventoryMetric) -> str:
    parts = [", ".join(metric.labels)] if metric.labels else []
    if metric.buckets:
        parts.append(f"le {' '.join(metric.buckets)}")
    return "  ".join(parts)
