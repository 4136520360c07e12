"""What an objective's rules cost and how true they are: ours beside the shapes of Sloth and Pyrra.

    PYTHONPATH=bench .venv/bin/python -m slo

All three are evaluated by one real Prometheus over the same generated days, of which the truth is known. Rules
that others build on are recorded through all the days, at their own interval; the rest is asked at the end, with
the number of samples that it reads. A second, shorter run with four times the raw series shows what the cost
depends on.
"""

import json
import math
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from slo import shapes
from slo.storage import Prometheus, Storage
from slo.traffic import DAY, START, Platform

from steward.compile.rules import Recorded
from steward.compile.slo import names
from steward.compile.slo.timing import Timing
from steward.testing.folders import open_folder

RESULTS = Path(__file__).parents[1] / "results"
_SHORT = 3


@dataclass(slots=True)
class Way:
    """What one way of writing the rules gave."""

    budget_used: float | None
    samples: dict[str, int] = field(default_factory=dict)
    """Samples read in one evaluation, by the kind of rule."""

    @property
    def all_samples(self) -> int:
        return sum(self.samples.values())


@dataclass(slots=True)
class Run:
    """One run over generated days."""

    days: int
    scrape: int
    raw_series: int
    from_zero: bool
    total: int
    bad: int
    truth: float
    ways: dict[str, Way]


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(2))
@click.option("--scrape", default=60, show_default=True, help="Seconds between two scrapes.")
@click.option(
    "--again/--once", default=True, help="Also with all series from 0, and three days with 4x the series."
)
@click.option("--results", default=RESULTS, type=click.Path(path_type=Path))
def main(days: int, scrape: int, again: bool, results: Path) -> None:
    """Measure, print and write the figures."""
    runs = [_run(Platform(days, scrape))]
    if again:
        runs.append(_run(Platform(days, scrape, from_zero=True)))
        runs += [_run(Platform(_SHORT, scrape, pods)) for pods in (8, 32)]
    for run in runs:
        _print(run)
    results.mkdir(exist_ok=True)
    (results / "slo.json").write_text(json.dumps([_figures(run) for run in runs], indent=2) + "\n")


def _figures(run: Run) -> dict[str, object]:
    """Return a run as JSON can hold it, which knows no NaN."""
    figures = asdict(run)
    for way in figures["ways"].values():
        if way["budget_used"] is not None and math.isnan(way["budget_used"]):
            way["budget_used"] = None
    return figures


def _run(platform: Platform) -> Run:
    days, scrape = platform.days, platform.scrape
    with open_folder() as folder:
        storage = Storage(folder)
        for day in range(days):
            _say(f"{platform.series} raw series: writing day {day + 1} of {days}")
            storage.import_day(platform, day)
        truth = platform.finish()
        ours = shapes.ours(days, scrape)
        _record(storage, ours, days, scrape)
        with storage.serving() as prometheus:
            ways = {
                "ours": _ours(prometheus, ours, days),
                "Sloth's shape": _peer(prometheus, shapes.sloth(days), days),
                "Sloth's shape without NaN": _peer(prometheus, [shapes.sloth_without_nan(days)], days),
                "Pyrra's shape": _peer(prometheus, shapes.pyrra(days), days),
            }
    used = truth.budget_used(shapes.OBJECTIVE)
    return Run(days, scrape, platform.series, platform.from_zero, truth.total, truth.bad, used, ways)


def _record(storage: Storage, ours: shapes.Ours, days: int, scrape: int) -> None:
    """Record what later rules need, in passes: each can ask for what the one before recorded."""
    step = round(Timing(scrape).step.seconds)
    for number, wanted in enumerate(shapes.PASSES):
        rules = ours.named(*wanted)
        if number == 0:
            rules.append(Recorded(shapes.RATIO_5M, shapes.windows_of(days)[0]))
        _say(f"recording {', '.join(rule.record for rule in rules)}")
        with storage.serving() as prometheus:
            lines = [line for rule in rules for line in _recorded(prometheus, rule, days, step)]
        storage.import_text(lines)


def _recorded(prometheus: Prometheus, rule: Recorded, days: int, step: int) -> list[str]:
    """Return a rule's results in the order of time, as what is written has to be.

    A rule with `or` gives now one set of labels and now another, which its own labels make one series.
    """
    found = sorted(prometheus.through(days, step, rule.expr), key=lambda result: result[0])
    return [f"# TYPE {rule.record} gauge\n", *(_line(rule, metric, value, at) for at, metric, value in found)]


def _line(rule: Recorded, metric: dict[str, str], value: object, at: int) -> str:
    labels = {key: held for key, held in metric.items() if key != "__name__"} | dict(rule.labels)
    inside = ",".join(f'{key}="{held}"' for key, held in labels.items())
    return f"{rule.record}{{{inside}}} {value} {at}\n"


def _ours(prometheus: Prometheus, ours: shapes.Ours, days: int) -> Way:
    """Ask all our rules at the end."""
    end = START + days * DAY
    way = Way(None)
    for rule in ours.rules:
        answer = prometheus.at(end, rule.expr)
        kind = _kind(rule.record)
        way.samples[kind] = way.samples.get(kind, 0) + answer.samples
    total, error = (
        prometheus.at(end, rule.expr).value for rule in ours.named(names.TOTAL_WINDOW, names.ERROR_WINDOW)
    )
    if total and error is not None:
        way.budget_used = error / total / shapes.BUDGET
    return way


def _kind(name: str) -> str:
    if name in (names.TOTAL, names.ERROR):
        return "base, from raw series"
    if name in (names.TOTAL_WINDOW, names.ERROR_WINDOW, names.COVERAGE, names.REMAINING):
        return "budget"
    return "windows and tiles"


def _peer(prometheus: Prometheus, exprs: list[str], days: int) -> Way:
    end = START + days * DAY
    answers = [prometheus.at(end, expr) for expr in exprs]
    ratio = answers[-1].value
    *windows, long = answers
    samples = {"windows": sum(one.samples for one in windows), "budget": long.samples}
    return Way(None if ratio is None else ratio / shapes.BUDGET, samples)


def _print(run: Run) -> None:
    title = (
        f"{run.days} days, {run.raw_series} raw series {'from 0' if run.from_zero else 'from their first event'}, "
        f"scraped every {run.scrape} s: "
        f"{run.bad:,} bad of {run.total:,} events"
    )
    table = Table("way", "budget used", "off the truth", "samples read", "of which", "ratio to ours", title=title)
    table.add_row("truth", f"{run.truth:.2%}")
    base = run.ways["ours"].all_samples
    for name, way in run.ways.items():
        used = way.budget_used
        known = used is not None and not math.isnan(used)
        off = f"{(used / run.truth - 1):+.2%}" if used is not None and known else ""
        parts = ", ".join(f"{kind} {count:,}" for kind, count in way.samples.items())
        shown = f"{used:.2%}" if known else "NaN"
        table.add_row(name, shown, off, f"{way.all_samples:,}", parts, f"{way.all_samples / base:.1f}")
    Console(width=170).print(table)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
