"""What the instruments cost, beside every peer, in one run: requests, increments, expositions, queries.

    cd bench && PYTHONPATH=../src ../.venv-bench/bin/python -m instrumentation

Times are CPU time. Ways are measured by turns, each in a process of its own. The exit code is 1 where a limit is
not met. Which middleware counts what right is another question: `python -m instrumentation.semantics`.
"""

import json
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from instrumentation import peers
from instrumentation.child import ChildFailed
from instrumentation.comparison import Comparison, show
from measure import RESULTS


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    requests: int
    """Of each application in a round; as many queries and commands."""
    operations: int
    """Increments, and observations, in a round."""
    renderings: int
    lines: int


_FULL = Effort(rounds=30, requests=400, operations=20_000, renderings=5, lines=100_000)
_QUICK = Effort(rounds=5, requests=200, operations=5_000, renderings=2, lines=20_000)


def _http(effort: Effort) -> Iterator[Comparison]:
    from instrumentation import serving

    return serving.compare(rounds=effort.rounds, calls=effort.requests)


def _cells(effort: Effort) -> Iterator[Comparison]:
    from instrumentation import cells

    return cells.compare(rounds=effort.rounds, calls=effort.operations)


def _render(effort: Effort) -> Iterator[Comparison]:
    from instrumentation import rendering

    return rendering.compare(rounds=effort.renderings, lines=effort.lines)


def _sql(effort: Effort) -> Iterator[Comparison]:
    from instrumentation import caches, databases

    yield from databases.compare(rounds=effort.rounds, calls=effort.requests)
    yield from caches.compare(rounds=effort.rounds, calls=effort.requests)


# Each imports what it measures only now, so that a missing peer is named and not a traceback.
_PARTS: Mapping[str, Callable[[Effort], Iterator[Comparison]]] = {
    "http": _http,
    "cells": _cells,
    "render": _render,
    "sql": _sql,
}


@click.command()
@click.option("--only", default=",".join(_PARTS), show_default=True, help="Which parts to measure.")
@click.option("--rounds", type=click.IntRange(1), help=f"[default: {_FULL.rounds}; {_QUICK.rounds} with --quick]")
@click.option("--quick", is_flag=True, help="Fewer rounds and a fifth of the series: a look, no verdict.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    default=RESULTS / "instrumentation.json",
    show_default=True,
    help="Where the raw figures go.",
)
def main(only: str, rounds: int | None, json_file: Path, *, quick: bool) -> None:
    """Measure, print one table, and write the figures."""
    chosen = [part.strip() for part in only.split(",")]
    if unknown := set(chosen) - _PARTS.keys():
        raise click.BadParameter(
            f"{', '.join(sorted(unknown))}: there are {', '.join(_PARTS)}", param_hint="--only"
        )
    if missing := peers.what_is_missing():
        click.echo(missing, err=True)
        raise SystemExit(2)
    effort = _QUICK if quick else _FULL
    if rounds is not None:
        effort = Effort(rounds, effort.requests, effort.operations, rounds, effort.lines)
    try:
        comparisons = [comparison for part in chosen for comparison in _PARTS[part](effort)]
    except ChildFailed as error:
        raise click.ClickException(str(error)) from None
    versions = peers.versions()
    show(comparisons)
    click.echo(", ".join(f"{name} {version}" for name, version in versions.items()))
    _write(json_file, comparisons, versions, quick=quick)
    unmet = [line for comparison in comparisons for line in comparison.unmet]
    for line in unmet:
        click.echo(f"not met: {line}", err=True)
    raise SystemExit(1 if unmet else 0)


def _write(file: Path, comparisons: list[Comparison], versions: Mapping[str, str], *, quick: bool) -> None:
    content = {
        "versions": versions,
        "machine": f"{platform.machine()}, {platform.system()} {platform.release()}",
        "quick": quick,
        "comparisons": [comparison.figures() for comparison in comparisons],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
