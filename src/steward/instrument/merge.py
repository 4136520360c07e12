"""One number out of those that several processes hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from steward.instrument.labels import Values
from steward.instrument.store import Reading
from steward.model import Across, Gauge, Metric

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric and what is exposed of it.

    A series of a counter or gauge has one number; one of a histogram its buckets' own counts, not cumulative, and
    its sum.
    """

    metric: Metric
    series: Mapping[Values, Numbers] = field(default_factory=dict)


def merge(metrics: Iterable[Metric], readings: Iterable[Reading]) -> list[Family]:
    """Make one family of each metric, in the order given, with its series in the order of their label values.

    Counters and histograms add up, dead processes included. A gauge is made as its `across` says; `max` and
    `latest` leave out processes that never set it.
    """
    merged: dict[str, dict[Values, Numbers]] = {metric.name: {} for metric in metrics}
    by_name = {metric.name: metric for metric in metrics}
    for reading in readings:
        for (name, values), numbers in reading.numbers.items():
            metric = by_name.get(name)
            if metric is None or not _counts(metric, numbers, alive=reading.alive):
                continue
            known = merged[name].get(values)
            merged[name][values] = numbers if known is None else _joined(metric, known, numbers)
    return [Family(metric, _ordered(metric, merged[metric.name])) for metric in by_name.values()]


def _counts(metric: Metric, numbers: Numbers, *, alive: bool) -> bool:
    if not isinstance(metric, Gauge):
        return True
    if metric.across is Across.LIVE_SUM:
        return alive
    return metric.across is Across.SUM or numbers[1] > 0


def _joined(metric: Metric, one: Numbers, other: Numbers) -> Numbers:
    if isinstance(metric, Gauge) and metric.across is Across.MAX:
        return max(one, other)
    if isinstance(metric, Gauge) and metric.across is Across.LATEST:
        return max(one, other, key=lambda numbers: numbers[1])
    return tuple([left + right for left, right in zip(one, other, strict=True)])


def _ordered(metric: Metric, series: Mapping[Values, Numbers]) -> dict[Values, Numbers]:
    exposed = 1 if isinstance(metric, Gauge) else None
    return {values: series[values][:exposed] for values in sorted(series)}
