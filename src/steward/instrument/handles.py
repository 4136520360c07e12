"""What the application holds: one series of a metric, and a family of them for a metric with labels.

    purchases = instruments.counter(PURCHASES, PurchaseLabels)
    at_bar = purchases.labels(festival_id="f1", stall="bar")
    at_bar.inc()

`labels` looks one up at each call; keeping what it returns is faster, for hot places. Both stay valid in a child
made by `fork`.
"""

import math
import sys
import time
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Generic, ParamSpec, TypeVar

from steward.instrument.labels import LabelGate, Values, in_declared_order
from steward.instrument.notices import Notices
from steward.instrument.store import Placed, Store
from steward.model import Across, CatalogueError, Gauge, Histogram, Metric

_INFINITE = math.inf
_ONE = 1.0
"""What is added when nothing is said; known by identity, it needs no look at whether it can be."""

P = ParamSpec("P")
Bound = TypeVar("Bound", bound="BoundCounter | BoundGauge | BoundHistogram")

INTERPRETER_LOCKS = getattr(sys, "_is_gil_enabled", lambda: True)()
"""Whether one operation of the interpreter is one for all threads, as it is where there is a global lock."""


UNCOUNTABLE = (ArithmeticError, TypeError, ValueError)
"""What comes of counting something that is no number, or one that a float cannot be."""


class Context:
    """What the series of one metric share."""

    def __init__(self, metric: Metric, store: Store, notices: Notices) -> None:
        self.metric = metric
        self.store = store
        self.notices = notices

    def refuse(self, number: object) -> None:
        """Say that a number cannot be counted."""
        name = self.metric.name
        self.notices.once(("number", name), "metric %s: %.100r cannot be counted and was left out", name, number)

    def convert(self, count: Callable[..., None], number: object, *others: object) -> None:
        """Count what is not a number of the interpreter's own, a Decimal say, as the float that it is."""
        try:
            converted = None if isinstance(number, float) else float(number)  # type: ignore[arg-type]
        except UNCOUNTABLE:
            converted = None
        if converted is None:
            self.refuse(number)
        else:
            count(converted, *others)

    def exemplify(self, values: Values, bucket: int, labels: Mapping[str, str], value: float) -> None:
        """Keep an exemplar, or say why it cannot be one."""
        name = self.metric.name
        try:
            self.store.exemplars.put((name, values, bucket), labels, value)
        except (AttributeError, TypeError, ValueError) as error:
            self.notices.once(("exemplar", name), "metric %s: an exemplar was left out: %s", name, error)


class BoundCounter(Placed):
    """One series of a counter."""

    __slots__ = ("_context", "_values")

    def __init__(self, context: Context, values: Values) -> None:
        self._context = context
        self._values = values

    def inc(self, amount: float = _ONE, /, exemplar: Mapping[str, str] | None = None) -> None:
        """Add `amount`; a negative or infinite one, or NaN, is not counted and logged once.

        The labels of `exemplar`, such as a trace's identifier, are shown beside the number in OpenMetrics.
        """
        try:
            if amount is _ONE or 0 <= amount < _INFINITE:
                self.cells[self.at] += amount
            else:
                self._context.refuse(amount)
                return
        except UNCOUNTABLE:
            self._context.convert(self.inc, amount, exemplar)
            return
        if exemplar is not None:
            self._context.exemplify(self._values, 0, exemplar, amount)


class BoundHistogram(Placed):
    """One series of a histogram."""

    __slots__ = ("_bounds", "_context", "_values")

    def __init__(self, context: Context, values: Values, bounds: tuple[float, ...]) -> None:
        self._context = context
        self._values = values
        # With one below all values, so that a bucket's number counts from the sum before the first.
        self._bounds = (-_INFINITE, *bounds)

    def observe(self, value: float, /, exemplar: Mapping[str, str] | None = None) -> None:
        """Count `value`, in the metric's unit; an infinite one, or NaN, is not counted and logged once.

        The labels of `exemplar` are shown beside the bucket that it falls into in OpenMetrics.
        """
        try:
            # False for an infinite one and for NaN, at half the price of two comparisons.
            if value - value == 0.0:
                cells, at = self.cells, self.at
                cells[at] += value
                cells[at + bisect_left(self._bounds, value)] += 1.0
            else:
                self._context.refuse(value)
                return
        except UNCOUNTABLE:
            self._context.convert(self.observe, value, exemplar)
            return
        if exemplar is not None:
            bucket = bisect_left(self._bounds, value) - 1
            self._context.exemplify(self._values, bucket, exemplar, value)


class BoundGauge(Placed, ABC):
    """One series of a gauge; `set`, `inc` and `dec` speak of this process's value."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    @abstractmethod
    def set(self, value: float, /) -> None:
        """Make this process's value `value`."""

    @abstractmethod
    def inc(self, amount: float = 1.0, /) -> None:
        """Add `amount` to this process's value."""

    @abstractmethod
    def dec(self, amount: float = 1.0, /) -> None:
        """Take `amount` off this process's value."""


class SummedGauge(BoundGauge):
    """A gauge whose processes are added: what a dead one left stays beneath this one's value."""

    __slots__ = ()

    def set(self, value: float, /) -> None:
        """Make this process's value `value`."""
        try:
            self.cells[self.at] = self.base[0] + value
        except UNCOUNTABLE:
            self._context.convert(self.set, value)

    def inc(self, amount: float = 1.0, /) -> None:
        """Add `amount` to this process's value."""
        try:
            self.cells[self.at] += amount
        except UNCOUNTABLE:
            self._context.convert(self.inc, amount)

    def dec(self, amount: float = 1.0, /) -> None:
        """Take `amount` off this process's value."""
        try:
            self.cells[self.at] -= amount
        except UNCOUNTABLE:
            self._context.convert(self.dec, amount)


class _LastingGauge(BoundGauge):
    """A gauge of which one process's value is taken: it can be set, but to add to it would mean nothing."""

    __slots__ = ()

    def inc(self, amount: float = 1.0, /) -> None:
        """Refuse."""
        name = self._context.metric.name
        raise CatalogueError(f"gauge {name}: one of its processes' values is taken, so it can only be set")

    dec = inc


class HighestGauge(_LastingGauge):
    """A gauge whose highest process counts, a dead one's last value included."""

    __slots__ = ()

    def set(self, value: float, /) -> None:
        """Make this process's value `value`."""
        left, when = self.base
        try:
            with self._context.store.lock:
                self.cells[self.at] = left if when and left > value else value
                self.cells[self.at + 1] = time.time()
        except UNCOUNTABLE:
            self._context.convert(self.set, value)


class LatestGauge(_LastingGauge):
    """A gauge that was set last wherever it was set last."""

    __slots__ = ()

    def set(self, value: float, /) -> None:
        """Make this process's value `value`."""
        try:
            with self._context.store.lock:
                self.cells[self.at] = value
                self.cells[self.at + 1] = time.time()
        except UNCOUNTABLE:
            self._context.convert(self.set, value)


class LockingCounter(BoundCounter):
    """The same where threads run at once."""

    __slots__ = ()

    def inc(self, amount: float = _ONE, /, exemplar: Mapping[str, str] | None = None) -> None:
        """Add `amount`."""
        with self._context.store.lock:
            super().inc(amount, exemplar)


class LockingHistogram(BoundHistogram):
    """The same where threads run at once."""

    __slots__ = ()

    def observe(self, value: float, /, exemplar: Mapping[str, str] | None = None) -> None:
        """Count `value`."""
        with self._context.store.lock:
            super().observe(value, exemplar)


class LockingSummedGauge(SummedGauge):
    """The same where threads run at once."""

    __slots__ = ()

    def inc(self, amount: float = 1.0, /) -> None:
        """Add `amount` to this process's value."""
        with self._context.store.lock:
            super().inc(amount)

    def dec(self, amount: float = 1.0, /) -> None:
        """Take `amount` off this process's value."""
        with self._context.store.lock:
            super().dec(amount)


Make = Callable[[Values], Bound]


class SeriesOf(Generic[Bound]):
    """The series of one metric that are in use, by the values of their labels in declared order."""

    def __init__(self, context: Context, make: Make[Bound], gate: LabelGate) -> None:
        self.context = context
        self._gate = gate
        self._make = make
        self.known: dict[Values, Bound] = {}

    def of(self, values: Values) -> Bound:
        """Return the series of these values, or of those that stand for the ones that may not pass."""
        bound = self.known.get(values)
        return self._admitted(values) if bound is None else bound

    def _admitted(self, values: Values) -> Bound:
        admitted = self._gate.admit(values)
        with self.context.store.lock:
            bound = self.known.get(admitted)
            if bound is None:
                bound = self._make(admitted)
                self.context.store.place((self.context.metric.name, admitted), bound)
                self.known[admitted] = bound
        return bound


class Family(Generic[P, Bound]):
    """A metric with labels: `labels(...)` takes what the label names' type takes, and returns one series."""

    def __init__(self, series: SeriesOf[Bound], names: Callable[P, Values]) -> None:
        fields = getattr(names, "_fields", None)
        metric = series.context.metric
        if not isinstance(fields, tuple):
            raise CatalogueError(f"metric {metric.name}: give a NamedTuple of its labels, not {names!r}")
        self._reordered = in_declared_order(metric, fields)
        self._names = names
        self._series = series

    def labels(self, *args: P.args, **kwargs: P.kwargs) -> Bound:
        """Return the series with these label values."""
        values = self._names(*args, **kwargs)
        return self._series.of(values if self._reordered is None else self._reordered(values))


def make_counter(context: Context) -> Make[BoundCounter]:
    """Return what makes a counter's series."""
    kind = BoundCounter if INTERPRETER_LOCKS else LockingCounter
    return lambda values: kind(context, values)


def make_histogram(context: Context, metric: Histogram) -> Make[BoundHistogram]:
    """Return what makes a histogram's series."""
    kind = BoundHistogram if INTERPRETER_LOCKS else LockingHistogram
    return lambda values: kind(context, values, metric.buckets)


def make_gauge(context: Context, metric: Gauge) -> Make[BoundGauge]:
    """Return what makes a gauge's series."""
    if metric.across is Across.MAX:
        return lambda _values: HighestGauge(context)
    if metric.across is Across.LATEST:
        return lambda _values: LatestGauge(context)
    summed = SummedGauge if INTERPRETER_LOCKS else LockingSummedGauge
    return lambda _values: summed(context)
