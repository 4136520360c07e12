"""What one increment and one observation cost, the series being in hand."""

import importlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from instrumentation import peers
from instrumentation.child import Child, Work
from instrumentation.comparison import Comparison
from instrumentation.otel import meter_provider
from instrumentation.pairs import settle
from measure import in_turn
from prometheus_client import Counter as ClientCounter
from prometheus_client import Histogram as ClientHistogram

from steward.instrument import Instruments
from steward.model import Counter, Histogram, Label, Unit

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_VALUES = 1_000

_LIMITS = {"increment": 0.40, "observation": 0.35}
"""Of prometheus_client's."""
_LIMIT_OF_SEVERAL = 0.15


class Labels(NamedTuple):
    """The labels of both metrics."""

    shop: str
    kind: str


class Series(NamedTuple):
    """One counter and one histogram of some library."""

    increment: Callable[[], object]
    observe: Callable[[float], object]


def _ours(folder: Path | None) -> Series:
    labels = (Label.bounded("shop", 10, "Where."), Label.closed("kind", "top_up", "purchase"))
    counter = Counter("events_total", "Events.", labels)
    histogram = Histogram("event_seconds", "Their time.", labels, Unit.SECONDS, BUCKETS)
    instruments = Instruments([counter, histogram], directory=folder)
    values = {"shop": "bar", "kind": "top_up"}
    return Series(
        instruments.counter(counter, Labels).labels(**values).inc,
        instruments.histogram(histogram, Labels).labels(**values).observe,
    )


def _client(_: Path | None) -> Series:
    counter = ClientCounter("events", "Events.", Labels._fields)
    histogram = ClientHistogram("event_seconds", "Their time.", Labels._fields, buckets=BUCKETS)
    return Series(counter.labels("bar", "top_up").inc, histogram.labels("bar", "top_up").observe)


def _pytheus(_: Path | None) -> Series:
    metrics: Any = importlib.import_module("pytheus.metrics")
    labels = {"shop": "bar", "kind": "top_up"}
    counter = metrics.Counter("events", "Events.", required_labels=list(labels))
    histogram = metrics.Histogram("event_seconds", "Their time.", required_labels=list(labels), buckets=BUCKETS)
    return Series(counter.labels(labels).inc, histogram.labels(labels).observe)


def _aioprometheus(_: Path | None) -> Series:
    module: Any = importlib.import_module("aioprometheus")
    labels = {"shop": "bar", "kind": "top_up"}
    counter = module.Counter("events", "Events.")
    histogram = module.Histogram("event_seconds", "Their time.", buckets=list(BUCKETS))
    return Series(partial(counter.inc, labels), partial(histogram.observe, labels))


def _otel(_: Path | None) -> Series:
    meter = meter_provider().get_meter("bench")
    attributes = {"shop": "bar", "kind": "top_up"}
    counter = meter.create_counter("events")
    histogram = meter.create_histogram("event_seconds", explicit_bucket_boundaries_advisory=BUCKETS)
    return Series(partial(counter.add, 1, attributes), lambda value: histogram.record(value, attributes))


_SERIES: dict[str, Callable[[Path | None], Series]] = {
    peers.OURS: _ours,
    peers.CLIENT: _client,
    peers.PYTHEUS: _pytheus,
    peers.AIOPROMETHEUS: _aioprometheus,
    peers.OTEL: _otel,
}
_SHARING = (peers.OURS, peers.CLIENT)


def compare(*, rounds: int, calls: int) -> Iterator[Comparison]:
    """Measure both operations in every library, in one process and where several share their numbers."""
    for shared in (False, True):
        with ExitStack() as stack:
            names = [name for name in _SERIES if name in _SHARING or not shared]
            children = {name: stack.enter_context(_child(name, stack, shared=shared)) for name in names}
            for child in children.values():
                child.ready()
            for operation, limit in _LIMITS.items():
                title = f"{operation}{', several processes' if shared else ''}"
                ways = {name: partial(_nanoseconds, child, operation, calls) for name, child in children.items()}
                ours, *others = in_turn(ways, rounds=rounds, unit="ns", terse=title)
                yield Comparison(title, ours, others, {peers.CLIENT: _LIMIT_OF_SEVERAL if shared else limit})


def _child(name: str, stack: ExitStack, *, shared: bool) -> Child:
    if not shared:
        return Child(series, {"library": name, "folder": None})
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    return Child(series, {"library": name, "folder": folder}, {"PROMETHEUS_MULTIPROC_DIR": folder})


def _nanoseconds(child: Child, operation: str, calls: int) -> float:
    return float(child.ask(operation=operation, calls=calls)["nanoseconds"])


def series(library: str, folder: str | None) -> Work:
    """Be the child: one series of a counter and of a histogram."""
    increment, observe = _SERIES[library](Path(folder) if folder else None)
    chance = random.Random(0)
    values = [chance.lognormvariate(-2, 1.5) for _ in range(_VALUES)]

    def work(operation: str, calls: int) -> dict[str, float]:
        started = time.thread_time_ns()
        if operation == "increment":
            for _ in repeat(None, calls):
                increment()
        else:
            for _ in repeat(None, calls // _VALUES):
                for value in values:
                    observe(value)
        return {"nanoseconds": (time.thread_time_ns() - started) / calls}

    work("increment", _VALUES)
    work("observation", _VALUES)
    settle()
    return work
