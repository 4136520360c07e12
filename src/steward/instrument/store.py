"""Where the numbers are: in memory of this process, or in slot files when it shares them with others.

A series (a metric's name and its label values) has a few numbers side by side: 1 for a counter, 2 for a gauge
(value, time it was set), the sum and one a bucket for a histogram.
"""

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from steward.instrument.arena import Arena, ArenaFull
from steward.instrument.exemplars import Exemplars, SharedExemplars
from steward.instrument.forking import in_child
from steward.instrument.labels import Values
from steward.instrument.layout import DOUBLE, Doubles
from steward.instrument.locking import Lock
from steward.instrument.manifest import fingerprint, write
from steward.instrument.notices import Notices
from steward.instrument.slot import Slot
from steward.model import Across, Gauge, Histogram, Metric

Series: TypeAlias = tuple[str, Values]
"""The metric's name and the values of its labels."""


class Placed:
    """A series that has its numbers: `cells[at]`, `cells[at + 1]` and so on.

    Where there is a global interpreter lock, neither another thread nor a signal handler gets its turn between the
    reading and the writing of `cells[at] += amount`; that is all the locking that a counter needs.
    """

    __slots__ = ("at", "base", "cells")

    def __init__(self) -> None:
        self.cells: Doubles
        self.at: int
        self.base: tuple[float, ...]
        """The numbers at the start, left by a process that ended; all 0 when there was none."""

    def place(self, cells: Doubles, at: int, size: int) -> None:
        """Count from now on in these numbers."""
        # Both at once for whoever counts meanwhile would take a lock; nobody does: it is made, or just forked.
        self.cells, self.at = cells, at
        self.base = tuple(cells[at : at + size])

    def join(self, first: "Placed") -> None:
        """Count from now on in the numbers of another, and add what was counted apart from it."""
        if self.cells is first.cells:
            return
        apart, at = self.cells, self.at
        self.cells, self.at, self.base = first.cells, first.at, first.base
        for offset in range(len(self.base)):
            first.cells[first.at + offset] += apart[at + offset]


class FolderUnusable(OSError):
    """The folder in which processes share their numbers cannot be written."""


def width(metric: Metric) -> int:
    """Return how many numbers one series of `metric` has."""
    if isinstance(metric, Histogram):
        return len(metric.buckets) + 2
    return 2 if isinstance(metric, Gauge) else 1


class Store:
    """The numbers of some metrics.

    With a folder, a child made by `fork` gets a slot of its own and starts there at what that slot held.
    """

    def __init__(self, metrics: Iterable[Metric], folder: Path | None, notices: Notices) -> None:
        self._metrics = {metric.name: metric for metric in metrics}
        self.folder = folder
        self.fingerprint = fingerprint(self._metrics.values())
        self.private: dict[str, dict[Values, int]] = {name: {} for name in self._metrics}
        """Where in the arena each series' numbers begin, for the families of this process alone."""
        self._notices = notices
        self.lock = Lock()
        self._placed: dict[Series, Placed] = {}
        self._twins: dict[Series, list[Placed]] = {}
        self._left: dict[bytes, tuple[Doubles, int, int]] = {}
        self._slot: Slot | None = None
        self.exemplars = Exemplars()
        if folder is not None:
            self._claim(folder)
        in_child(self.restart)

    @cached_property
    def arena(self) -> Arena:
        """Where series are that no file has room for, and all where there is no folder."""
        return Arena()

    def place(self, series: Series, placed: Placed) -> None:
        """Give a series its numbers, the same to whoever makes it twice.

        A signal handler or a finalizer may come while a series is being made, and make it as well.
        """
        with self.lock:
            first = self._placed.setdefault(series, placed)
            if first is placed:
                self._put(series, placed)
                for twin in self._twins.get(series, ()):
                    twin.join(placed)
                return
            self._apart(series, placed)
            self._twins.setdefault(series, []).append(placed)
            if hasattr(first, "cells"):
                placed.join(first)

    def restart(self) -> None:
        """Begin anew in a forked child."""
        self.exemplars = Exemplars()
        if self.folder is None:
            return
        inherited, self._slot = self._slot, None
        self._left = {}
        try:
            self._claim(self.folder)
        except OSError as error:
            self._notices.once("slot", "this process's numbers are not exposed: %s", error)
        for series, placed in list(self._placed.items()):
            self._put(series, placed)
            for twin in self._twins.get(series, ()):
                twin.cells, twin.at, twin.base = placed.cells, placed.at, placed.base
        if inherited is not None:
            inherited.abandon()

    def _claim(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write(folder, self._metrics.values())
            self._slot = Slot.claim(folder, self.fingerprint)
        except OSError as error:
            message = (
                f"instruments cannot share their numbers in {folder}: {error.strerror}; let this user write there"
            )
            raise FolderUnusable(message) from error
        self._left = {key: (cells, at, size) for key, cells, at, size in self._slot.entries()}
        for key, (cells, at, _) in self._left.items():
            if self._ends_with_its_process(key):
                cells[at] = 0.0
        self.exemplars = SharedExemplars(self._slot, self._left, self._notices)

    def _ends_with_its_process(self, key: bytes) -> bool:
        series = decode(key)
        metric = self._metrics.get(series[0]) if series else None
        return isinstance(metric, Gauge) and metric.across is Across.LIVE_SUM

    def _put(self, series: Series, placed: Placed) -> None:
        name, values = series
        size = width(self._metrics[name])
        if self._slot is not None:
            key = encode(series)
            left = self._left.pop(key, None)
            if left is not None and left[2] == size:
                placed.place(*left)
                return
            try:
                placed.place(*self._slot.append(key, size), size)
            except OSError as error:
                self._notices.once("slot", "new series are not exposed: %s: %s", self._slot.path, error.strerror)
            else:
                return
        try:
            cells, at = self.arena.append(size)
        except ArenaFull as error:
            self._notices.once("arena", "new series are not exposed: %s", error)
            self._apart(series, placed)
            return
        placed.place(cells, at, size)
        if self.folder is None:
            self.private[name][values] = at

    def _apart(self, series: Series, placed: Placed) -> None:
        """Let a series count where nobody reads."""
        size = width(self._metrics[series[0]])
        placed.place(memoryview(bytearray(size * DOUBLE)).cast("d"), 0, size)


def encode(series: Series) -> bytes:
    """Return the key of a series in a slot file."""
    name, values = series
    return json.dumps([name, *values], separators=(",", ":"), ensure_ascii=False).encode()


def decode(key: bytes) -> Series | None:
    """Return the series that a key stands for, None for another one's or one that is damaged."""
    if not key.startswith(b"["):
        return None
    try:
        name, *values = json.loads(key)
    except (RecursionError, TypeError, ValueError):
        return None
    return (name, tuple(values)) if all(isinstance(text, str) for text in (name, *values)) else None
