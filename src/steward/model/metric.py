"""Metrics: name, help, type, unit, labels, buckets.

The rules of naming are those of Prometheus (https://prometheus.io/docs/practices/naming/): base units, the unit
in the name, `_total` at the end of a counter.
"""

import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Literal

from steward.model.errors import CatalogueError
from steward.model.label import Label

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")

Kind = Literal["counter", "gauge", "histogram"]


class Unit(Enum):
    """What a metric's number counts; the value is the suffix that its name carries."""

    SECONDS = "seconds"
    BYTES = "bytes"
    CENTS = "cents"
    RATIO = "ratio"
    NONE = ""


class Across(Enum):
    """How one gauge is made of the values that several processes hold."""

    SUM = "sum"
    """Add what every process last said, the dead ones included."""
    LIVE_SUM = "live sum"
    """Add what the living processes say."""
    MAX = "max"
    LATEST = "latest"
    """Take the value that was set last, in whichever process."""
    SCRAPE = "scrape"
    """Asked anew at each scrape by the process that answers it; absent when it cannot be known."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What counters, gauges and histograms have in common."""

    kind: ClassVar[Kind]

    name: str
    help: str
    labels: tuple[Label, ...] = ()
    unit: Unit = Unit.NONE

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CatalogueError(f"metric {self.name!r}: a name is letters, digits, underscores and colons")
        if not self.help.strip():
            raise CatalogueError(f"metric {self.name}: say in `help` what it counts")
        names = self.label_names
        if len(set(names)) != len(names):
            raise CatalogueError(f"metric {self.name}: a label stands twice in {', '.join(names)}")
        stem = self.name.removesuffix("_total")
        if self.unit is not Unit.NONE and not stem.endswith(f"_{self.unit.value}"):
            raise CatalogueError(f"metric {self.name}: its unit is {self.unit.value}, so its name must say so")

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels' names in the order they were declared."""
        return tuple(label.name for label in self.labels)

    @property
    def combinations(self) -> int:
        """The greatest possible number of label combinations."""
        return math.prod(label.at_most for label in self.labels)

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names under which its samples are stored."""
        return (self.name,)

    @property
    def series_bound(self) -> int:
        """The greatest possible number of series that one target exposes."""
        return self.combinations


@dataclass(frozen=True, slots=True)
class Counter(Metric):
    """A number that only grows, and starts again at 0 with its process."""

    kind: ClassVar[Kind] = "counter"

    def __post_init__(self) -> None:
        Metric.__post_init__(self)
        if not self.name.endswith("_total"):
            raise CatalogueError(f"counter {self.name}: a counter's name ends in _total")


@dataclass(frozen=True, slots=True)
class Gauge(Metric):
    """A number that goes up and down."""

    kind: ClassVar[Kind] = "gauge"

    across: Across = Across.LIVE_SUM

    def __post_init__(self) -> None:
        Metric.__post_init__(self)
        if self.name.endswith("_total"):
            raise CatalogueError(f"gauge {self.name}: only a counter's name ends in _total")


@dataclass(frozen=True, slots=True)
class Histogram(Metric):
    """Observations counted in cumulative buckets, with their number and sum."""

    kind: ClassVar[Kind] = "histogram"

    buckets: tuple[float, ...] = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
    """Upper bounds in the metric's unit, ascending, without +Inf."""

    def __post_init__(self) -> None:
        Metric.__post_init__(self)
        if not self.buckets or any(not math.isfinite(bound) for bound in self.buckets):
            raise CatalogueError(f"histogram {self.name}: give at least one finite bucket; +Inf is added")
        if any(low >= high for low, high in zip(self.buckets, self.buckets[1:], strict=False)):
            raise CatalogueError(f"histogram {self.name}: buckets must ascend, without one standing twice")

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names under which its samples are stored."""
        return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")

    @property
    def series_bound(self) -> int:
        """The greatest possible number of series: each bucket, +Inf, sum and count."""
        return self.combinations * (len(self.buckets) + 3)
