"""Examples: what the watched system does, in the words of its metrics.

An alert's examples say in which state of the world it fires and in which it is silent. The compiler writes them as
series and proves both with promtool.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from steward.model.errors import CatalogueError
from steward.model.metric import Counter, Gauge, Histogram, Metric

Labels = tuple[tuple[str, str], ...]
"""Names and values, sorted by name."""


@dataclass(frozen=True, slots=True)
class Level:
    """A gauge stands at a value."""

    series: str
    labels: Labels
    value: float


@dataclass(frozen=True, slots=True)
class Flow:
    """A counter grows steadily."""

    series: str
    labels: Labels
    per_second: float


@dataclass(frozen=True, slots=True)
class Observations:
    """A histogram is given the same value again and again."""

    histogram: Histogram
    labels: Labels
    per_second: float
    value: float
    """What each observation is, in the metric's unit."""


Behaviour = Level | Flow | Observations


@dataclass(frozen=True, slots=True)
class Example:
    """A state of the world that lasts, and what the alert makes of it."""

    behaviours: tuple[Behaviour, ...]
    value: float | None = None
    """What the alert's expression, without its threshold, comes to; None where it has no value."""
    labels: Labels = ()
    """What the expression's result keeps of the series' labels."""


def given(*behaviours: Behaviour, value: float | None = None, **labels: str) -> Example:
    """Return an example; `labels` are those of the result, e.g. `path="/wallets"`."""
    return Example(behaviours, value, as_labels(labels))


def level(metric: Gauge | str, value: float, /, **labels: str) -> Level:
    """Return a gauge that stands at `value`; a text names an exporter's gauge, or `up`."""
    return Level(_name(metric, labels), as_labels(labels), value)


def flow(metric: Counter | str, per_second: float, /, **labels: str) -> Flow:
    """Return a counter that grows by `per_second` each second."""
    return Flow(_name(metric, labels), as_labels(labels), per_second)


def observed(histogram: Histogram, per_second: float, /, *, value: float, **labels: str) -> Observations:
    """Return a histogram that observes `value`, `per_second` times a second."""
    _name(histogram, labels)
    return Observations(histogram, as_labels(labels), per_second, value)


def as_labels(labels: Mapping[str, str]) -> Labels:
    """Return labels as a value that can be compared."""
    return tuple(sorted(labels.items()))


def _name(metric: Metric | str, labels: Mapping[str, str]) -> str:
    """Return the metric's name; refuses labels and values it cannot have. An example may leave labels out."""
    if isinstance(metric, str):
        return metric
    known = {label.name: label for label in metric.labels}
    for name, value in labels.items():
        if name in {"job", "instance"}:
            continue
        if name not in known:
            raise CatalogueError(f"example of {metric.name}: it has no label {name}; it has {', '.join(known)}")
        if not known[name].allows(value):
            raise CatalogueError(f"example of {metric.name}: label {name} cannot be {value!r}")
    return metric.name
