"""Many series, the same ones in both libraries: two counters and a histogram of fourteen buckets."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from instrumentation.cells import BUCKETS
from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client import Counter as ClientCounter
from prometheus_client import Histogram as ClientHistogram
from prometheus_client.multiprocess import MultiProcessCollector

from steward.instrument import Instruments
from steward.model import Counter, Histogram, Label, Unit

_OF_A_HISTOGRAM = len(BUCKETS) + 3
"""Lines of one series: each bucket, +Inf, sum and count."""
_TYPES = 10
_EVERY = 10
"""Between two renderings one series in so many changes."""

Touch: TypeAlias = Callable[[int], None]
"""Changes some of the series; which ones, the number of the round says."""


class Labels(NamedTuple):
    """The labels of every family."""

    shop: str
    kind: str


def counted(lines: int) -> int:
    """Return how many lines there really are when about so many are asked for."""
    each, observed = _shape(lines)
    return 2 * each + observed * _OF_A_HISTOGRAM


def ours(lines: int, folder: Path | None) -> tuple[Instruments, Touch]:
    """Return instruments with so many lines."""
    each, observed = _shape(lines)
    labels = (Label.bounded("shop", each, "Where."), Label.closed("kind", *_kinds()))
    sales = Counter("shop_sales_total", "Sales.", labels)
    revenue = Counter("shop_revenue_cents_total", "What they brought.", labels, Unit.CENTS)
    duration = Histogram("shop_sale_duration_seconds", "Their time.", labels, Unit.SECONDS, BUCKETS)
    instruments = Instruments([sales, revenue, duration], directory=folder)
    families = [instruments.counter(one, Labels).labels for one in (sales, revenue)]
    durations = instruments.histogram(duration, Labels).labels
    return instruments, _fill(
        [[family(**labels._asdict()).inc for labels in _labels(each)] for family in families],
        [durations(**labels._asdict()).observe for labels in _labels(observed)],
    )


def client(lines: int, folder: Path | None) -> tuple[CollectorRegistry, Touch]:
    """Return a registry of prometheus_client with the same lines."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    each, observed = _shape(lines)
    registry = CollectorRegistry()
    kept = None if folder else registry
    names = Labels._fields
    sales = ClientCounter("shop_sales_total", "Sales.", names, registry=kept)
    revenue = ClientCounter("shop_revenue_cents_total", "What they brought.", names, registry=kept)
    duration = ClientHistogram("shop_sale_duration_seconds", "Their time.", names, buckets=BUCKETS, registry=kept)
    if folder:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry, _fill(
        [[family.labels(*labels).inc for labels in _labels(each)] for family in (sales, revenue)],
        [duration.labels(*labels).observe for labels in _labels(observed)],
    )


def _fill(
    counters: Sequence[Sequence[Callable[[float], None]]], observes: Sequence[Callable[[float], None]]
) -> Touch:
    for number, increments in enumerate(zip(*counters, strict=True)):
        for increment in increments:
            increment(number % 997)
    for number, observe in enumerate(observes):
        observe(number % 97 / 8)

    def touch(round_: int) -> None:
        for increments in counters:
            for increment in increments[round_ % _EVERY :: _EVERY]:
                increment(1.5)
        for observe in observes[round_ % _EVERY :: _EVERY]:
            observe(0.25)

    return touch


def _shape(lines: int) -> tuple[int, int]:
    """Return the series of each counter and of the histogram: half of the lines belong to the latter."""
    observed = lines // 4 // _OF_A_HISTOGRAM * 2
    return (lines - observed * _OF_A_HISTOGRAM) // 2, observed


def _labels(number: int) -> list[Labels]:
    kinds = _kinds()
    return [Labels(f"shop-{one // _TYPES}", kinds[one % _TYPES]) for one in range(number)]


def _kinds() -> list[str]:
    return [f"kind_{number}" for number in range(_TYPES)]
