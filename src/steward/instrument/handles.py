"""What the application holds: a handle for each metric, and a bound one for each set of label values.

A handle takes labels by name at each call. Binding once and keeping the bound handle is faster, for hot places.
"""

import math
import time
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable
from typing import Generic, TypeVar

from steward.instrument.labels import LabelGate, Values
from steward.instrument.notices import Notices
from steward.instrument.store import Cells, Store
from steward.model import Across, CatalogueError, Gauge, Histogram, Metric

Bound = TypeVar("Bound")


class BoundCounter:
    """One series of a counter."""

    __slots__ = ("_cells", "_refuse")

    def __init__(self, cells: Cells, refuse: Callable[[float], None]) -> None:
        self._cells = cells
        self._refuse = refuse

    def inc(self, amount: float = 1, /) -> None:
        """Add `amount`; a negative or infinite one, or NaN, is not counted and logged once."""
        if not 0 <= amount < math.inf:
            self._refuse(amount)
            return
        cells = self._cells
        with cells.lock:
            cells.numbers[0] += amount


class BoundHistogram:
    """One series of a histogram."""

    __slots__ = ("_bounds", "_cells", "_refuse")

    def __init__(self, cells: Cells, refuse: Callable[[float], None], bounds: tuple[float, ...]) -> None:
        self._cells = cells
        self._refuse = refuse
        self._bounds = bounds

    def observe(self, value: float, /) -> None:
        """Count `value`, in the metric's unit; an infinite one, or NaN, is not counted and logged once."""
        if not -math.inf < value < math.inf:
            self._refuse(value)
            return
        bucket = bisect_left(self._bounds, value)
        cells = self._cells
        with cells.lock:
            cells.numbers[bucket] += 1
            cells.numbers[-1] += value


class BoundGauge(ABC):
    """One series of a gauge; `set`, `inc` and `dec` speak of this process's value."""

    __slots__ = ("_cells",)

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    @abstractmethod
    def set(self, value: float, /) -> None:
        """Make this process's value `value`."""

    @abstractmethod
    def inc(self, amount: float = 1, /) -> None:
        """Add `amount` to this process's value."""

    def dec(self, amount: float = 1, /) -> None:
        """Take `amount` off this process's value."""
        self.inc(-amount)


class _SummedGauge(BoundGauge):
    """A gauge whose processes are added: what a dead one left stays beneath this one's value."""

    __slots__ = ()

    def set(self, value: float, /) -> None:
        cells = self._cells
        with cells.lock:
            cells.numbers[0] = cells.base[0] + value

    def inc(self, amount: float = 1, /) -> None:
        cells = self._cells
        with cells.lock:
            cells.numbers[0] += amount


class _LastingGauge(BoundGauge):
    """A gauge of which one process's value is taken: it can be set, but to add to it would mean nothing."""

    __slots__ = ("_name",)

    def __init__(self, cells: Cells, name: str) -> None:
        super().__init__(cells)
        self._name = name

    def inc(self, amount: float = 1, /) -> None:
        message = f"gauge {self._name}: one of its processes' values is taken, so it can only be set"
        raise CatalogueError(message)


class _HighestGauge(_LastingGauge):
    """A gauge whose highest process counts, a dead one's last value included."""

    __slots__ = ()

    def set(self, value: float, /) -> None:
        cells = self._cells
        with cells.lock:
            left, when = cells.base
            cells.numbers[0] = max(left, value) if when else value
            cells.numbers[1] = time.time()


class _LatestGauge(_LastingGauge):
    """A gauge that was set last wherever it was set last."""

    __slots__ = ()

    def set(self, value: float, /) -> None:
        cells = self._cells
        with cells.lock:
            cells.numbers[0] = value
            cells.numbers[1] = time.time()


class _Handle(ABC, Generic[Bound]):
    def __init__(self, metric: Metric, store: Store, notices: Notices) -> None:
        self._metric = metric
        self._store = store
        self._notices = notices
        self._gate = LabelGate(metric, notices)
        self._bound: dict[Values, Bound] = {}

    def bind(self, **labels: str) -> Bound:
        """Return the handle of one series; raises CatalogueError when a label is missing or not the metric's."""
        values = self._gate.order(labels)
        bound = self._bound.get(values)
        return self.series(values) if bound is None else bound

    def series(self, values: Values) -> Bound:
        """Return the handle of the series with these label values, in declared order."""
        admitted = self._gate.admit(values)
        bound = self._bound.get(admitted)
        if bound is None:
            bound = self._bound[admitted] = self._make(self._store.cells((self._metric.name, admitted)))
        return bound

    @abstractmethod
    def _make(self, cells: Cells) -> Bound: ...

    def _refuse(self, number: float) -> None:
        name = self._metric.name
        self._notices.once(("number", name), "metric %s: %r cannot be counted and was left out", name, number)


class CounterHandle(_Handle[BoundCounter]):
    """A counter of the catalogue."""

    def inc(self, amount: float = 1, /, **labels: str) -> None:
        """Add `amount` to the series with these labels; see `BoundCounter.inc`."""
        self.bind(**labels).inc(amount)

    def _make(self, cells: Cells) -> BoundCounter:
        return BoundCounter(cells, self._refuse)


class HistogramHandle(_Handle[BoundHistogram]):
    """A histogram of the catalogue."""

    def __init__(self, metric: Histogram, store: Store, notices: Notices) -> None:
        super().__init__(metric, store, notices)
        self._bounds = metric.buckets

    def observe(self, value: float, /, **labels: str) -> None:
        """Count `value` in the series with these labels; see `BoundHistogram.observe`."""
        self.bind(**labels).observe(value)

    def _make(self, cells: Cells) -> BoundHistogram:
        return BoundHistogram(cells, self._refuse, self._bounds)


class GaugeHandle(_Handle[BoundGauge]):
    """A gauge of the catalogue."""

    def __init__(self, metric: Gauge, store: Store, notices: Notices) -> None:
        super().__init__(metric, store, notices)
        self._across = metric.across

    def set(self, value: float, /, **labels: str) -> None:
        """Make this process's value of the series `value`."""
        self.bind(**labels).set(value)

    def inc(self, amount: float = 1, /, **labels: str) -> None:
        """Add `amount` to this process's value; CatalogueError for a gauge that takes one process's value."""
        self.bind(**labels).inc(amount)

    def dec(self, amount: float = 1, /, **labels: str) -> None:
        """Take `amount` off this process's value; CatalogueError as with `inc`."""
        self.bind(**labels).dec(amount)

    def _make(self, cells: Cells) -> BoundGauge:
        if self._across is Across.MAX:
            return _HighestGauge(cells, self._metric.name)
        if self._across is Across.LATEST:
            return _LatestGauge(cells, self._metric.name)
        return _SummedGauge(cells)
