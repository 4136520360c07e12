"""The lines of an exposition: written once, and filled with numbers at each scrape.

A family's series stand in the order in which they were first seen, in blocks of some thousand lines. A block knows
its lines as one template, and for each process where the numbers lie that go into it, so that a scrape takes a few
operations for each block and not for each line.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from math import isnan
from operator import add, itemgetter
from typing import TypeAlias
from weakref import WeakKeyDictionary

from steward.instrument.exemplars import Exemplar
from steward.instrument.exposition import filled, lines_of, series_lines, with_exemplars
from steward.instrument.labels import Values
from steward.instrument.layout import ZERO_AT, Doubles
from steward.instrument.reading import AT_ONCE, Part
from steward.instrument.store import width
from steward.model import Across, Gauge, Histogram, Metric

Numbers: TypeAlias = Sequence[float]


class Table:
    """One metric's series, and their lines."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.blocks: list[Block] = []
        self._found: dict[Values, tuple[int, int]] = {}
        self._looked_at: WeakKeyDictionary[Part, int] = WeakKeyDictionary()
        self._a_block = max(1, AT_ONCE // lines_of(metric))

    def extend(self, parts: Sequence[Part]) -> Iterator[None]:
        """Take up the series that came since the last time, in steps."""
        for part in parts:
            places = part.places[self.metric.name]
            seen = self._looked_at.get(part, 0)
            if len(places) == seen:
                continue
            # Copied in one step, because others add to it.
            series = list(places)
            for start in range(seen, len(series), AT_ONCE):
                some = series[start : start + AT_ONCE]
                for values in some:
                    self._take_up(values)
                self._looked_at[part] = start + len(some)
                yield

    def exemplified(self, exemplars: Mapping[tuple[Values, int], Exemplar]) -> dict[int, dict[int, Exemplar]]:
        """Sort exemplars, by a series and its bucket, into blocks, and there by the number of the line."""
        sorted_: dict[int, dict[int, Exemplar]] = {}
        for (values, bucket), exemplar in exemplars.items():
            if values in self._found:
                block, position = self._found[values]
                sorted_.setdefault(block, {})[position * lines_of(self.metric) + bucket] = exemplar
        return sorted_

    def _take_up(self, values: Values) -> None:
        if values in self._found:
            return
        if not self.blocks or len(self.blocks[-1].series) == self._a_block:
            self.blocks.append(Block(self.metric))
        self._found[values] = len(self.blocks) - 1, len(self.blocks[-1].series)
        self.blocks[-1].append(values)


@dataclass(frozen=True, slots=True)
class _Where:
    """Where one process has the numbers of a block."""

    take: Callable[[Doubles], tuple[float, ...]]
    has: tuple[bool, ...]
    """Which of the block's series it has."""
    of: int
    """How many series of the metric it had when this was found."""
    complete: bool


class Block:
    """Some of a metric's series."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.series: list[Values] = []
        self._size = width(metric)
        self._lines: list[str] = []
        self._template: str | None = None
        self._where: WeakKeyDictionary[Part, _Where] = WeakKeyDictionary()

    def append(self, values: Values) -> None:
        """Add a series."""
        self.series.append(values)
        self._template = None
        self._where.clear()

    def text(self, parts: Sequence[Part], exemplars: Mapping[int, Exemplar] | None = None) -> str:
        """Return the lines with their numbers, and with exemplars at the lines of these numbers."""
        self._write()
        if isinstance(self.metric, Gauge):
            return self._gauges(self.metric.across, parts)
        numbers = self.summed(parts)
        if isinstance(self.metric, Histogram):
            numbers = _cumulative(numbers, self._size)
        if self._template is None:
            self._template = "".join(self._lines)
        text = filled(self._template, numbers)
        return with_exemplars(text, exemplars) if exemplars else text

    def summed(self, parts: Sequence[Part]) -> Numbers:
        """Return the numbers of each series after one another, added up over `parts`, of which there is one."""
        first, *others = parts
        numbers: Numbers = self._found(first).take(first.numbers)
        for part in others:
            numbers = list(map(add, numbers, self._found(part).take(part.numbers)))
        return numbers

    def _gauges(self, across: Across, parts: Sequence[Part]) -> str:
        """Return the lines of the gauges that somebody's value counts for."""
        if across is Across.LIVE_SUM:
            parts = [part for part in parts if part.alive]
        if not parts:
            return ""
        if across in {Across.SUM, Across.LIVE_SUM}:
            there = self._there(parts)
            numbers: Numbers = self.summed(parts)[::2]
        else:
            ruling = self._ruling(across, parts)
            there = [when > 0 for _, when in ruling]
            numbers = [value for value, _ in ruling]
        lines = compress(self._lines, there)
        return filled("".join(lines), list(compress(numbers, there)))

    def _there(self, parts: Sequence[Part]) -> Sequence[bool]:
        """Tell of each series whether one of `parts` has it."""
        each = [self._found(part) for part in parts]
        if any(where.complete for where in each):
            return [True] * len(self.series)
        return list(map(any, zip(*[where.has for where in each], strict=True)))

    def _ruling(self, across: Across, parts: Sequence[Part]) -> list[tuple[float, float]]:
        """Return for each series the value that counts, and when it was set, 0 where it never was."""
        ruling = [(0.0, 0.0)] * len(self.series)
        for part in parts:
            numbers = self._found(part).take(part.numbers)
            for position, one in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
                known = ruling[position]
                # A value set at 0 was never set, and one that is no number is lower than any.
                higher = one[0] > known[0] or isnan(known[0]) if across is Across.MAX else one[1] > known[1]
                if one[1] > 0 and (higher or not known[1]):
                    ruling[position] = one
        return ruling

    def _write(self) -> None:
        for values in self.series[len(self._lines) :]:
            self._lines.append(series_lines(self.metric, values))

    def _found(self, part: Part) -> _Where:
        where = self._where.get(part)
        places = part.places[self.metric.name]
        if where is None or not (where.complete or where.of == len(places)):
            where = self._where[part] = self._find(places)
        return where

    def _find(self, places: Mapping[Values, int]) -> _Where:
        number = len(places)
        begin = [places.get(values, -1) for values in self.series]
        positions = [at + offset if at >= 0 else ZERO_AT for at in begin for offset in range(self._size)]
        has = tuple([at >= 0 for at in begin])
        return _Where(_taking(positions), has, number, all(has))


def _taking(positions: Sequence[int]) -> Callable[[Doubles], tuple[float, ...]]:
    if len(positions) == 1:
        only = positions[0]
        return lambda numbers: (numbers[only],)
    return itemgetter(*positions)


def _cumulative(numbers: Numbers, size: int) -> Numbers:
    """Make of each series' own counts of the buckets, and its sum, what its lines show."""
    shown: list[float] = []
    for start in range(0, len(numbers), size):
        total, *counts = numbers[start : start + size]
        shown += accumulate(counts)
        shown += (shown[-1], total)
    return shown
