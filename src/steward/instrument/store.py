"""Where the numbers lie: in this process's memory, or in its slot of a folder shared with others.

Everything above deals in series (a metric and its label values) and the few numbers that each has: 1 for a
counter, 2 for a gauge (value, time it was set), one a bucket and the sum for a histogram.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakSet

from steward.instrument.labels import Values
from steward.instrument.notices import Notices
from steward.instrument.slot import Doubles, Slot, private_doubles, read_slots
from steward.model import Across, Gauge, Histogram, Metric

Series = tuple[str, Values]
"""The metric's name and the values of its labels."""


@dataclass(slots=True)
class Cells:
    """The numbers of one series in this process; hold `lock` while changing them."""

    numbers: Doubles
    lock: threading.RLock
    base: tuple[float, ...]
    """The numbers at the start, left by a process that ended; all 0 when there was none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one process has counted."""

    alive: bool
    numbers: Mapping[Series, tuple[float, ...]]


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
        self._folder = folder
        self._notices = notices
        self._family = _fingerprint(self._metrics.values())
        # Reentrant, because a signal handler or a finalizer may count while its thread is counting.
        self._lock = threading.RLock()
        self._cells: dict[Series, Cells] = {}
        self._left: dict[bytes, Doubles] = {}
        self._slot: Slot | None = None
        if folder is not None:
            self._claim(folder)
        _STORES.add(self)

    def cells(self, series: Series) -> Cells:
        """Return the numbers of `series`, the same object each time."""
        with self._lock:
            cells = self._cells.get(series)
            if cells is None:
                numbers = self._numbers(series)
                cells = self._cells[series] = Cells(numbers, self._lock, tuple(numbers))
            return cells

    def readings(self, metric: Metric | None = None) -> list[Reading]:
        """Read what every process has counted, of one metric or of all; reads files where they are shared."""
        if self._folder is None:
            # Copied in one step and read without the lock, which would hold up those who count.
            mine = {series: tuple(cells.numbers) for series, cells in list(self._cells.items())}
            return [Reading(alive=True, numbers=mine)]
        start = None if metric is None else _encode((metric.name, ()))[:-1]
        return [
            Reading(slot.alive, dict(self._decoded(slot.entries, start)))
            for slot in read_slots(self._folder, self._family)
        ]

    def restart(self) -> None:
        """Begin anew in a forked child, which may have inherited a lock that nobody will release."""
        self._lock = threading.RLock()
        inherited, self._slot = self._slot, None
        if self._folder is not None:
            try:
                self._claim(self._folder)
            except OSError as error:
                self._notices.once("slot", "this process's numbers are not exposed: %s", error)
        for series, cells in self._cells.items():
            cells.lock = self._lock
            if self._folder is not None:
                cells.numbers = self._numbers(series)
                cells.base = tuple(cells.numbers)
        if inherited is not None:
            inherited.abandon()

    def _claim(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._slot = Slot.claim(folder, self._family)
        except OSError as error:
            message = (
                f"instruments cannot share their numbers in {folder}: {error.strerror}; let this user write there"
            )
            raise FolderUnusable(message) from error
        self._left = dict(self._slot.entries())
        for key, numbers in self._left.items():
            if self._ends_with_its_process(key):
                numbers[0] = 0.0

    def _ends_with_its_process(self, key: bytes) -> bool:
        series = _decode(key)
        metric = self._metrics.get(series[0]) if series else None
        return isinstance(metric, Gauge) and metric.across is Across.LIVE_SUM

    def _numbers(self, series: Series) -> Doubles:
        size = width(self._metrics[series[0]])
        if self._slot is None:
            return private_doubles(size)
        key = _encode(series)
        left = self._left.pop(key, None)
        if left is not None and len(left) == size:
            return left
        try:
            return self._slot.append(key, size)
        except OSError as error:
            self._notices.once("slot", "new series are not exposed: %s: %s", self._slot.path, error.strerror)
            return private_doubles(size)

    def _decoded(
        self, entries: Iterable[tuple[bytes, tuple[float, ...]]], start: bytes | None
    ) -> Iterator[tuple[Series, tuple[float, ...]]]:
        for key, numbers in entries:
            if start is not None and not key.startswith(start):
                continue
            series = _decode(key)
            metric = self._metrics.get(series[0]) if series else None
            if series and metric and len(numbers) == width(metric):
                yield series, numbers


def _encode(series: Series) -> bytes:
    name, values = series
    return json.dumps([name, *values], separators=(",", ":")).encode("ascii")


def _decode(key: bytes) -> Series | None:
    """Return the series that a key stands for, None for one that is damaged."""
    try:
        name, *values = json.loads(key)
    except (TypeError, ValueError):
        return None
    return name, tuple(values)


def _fingerprint(metrics: Iterable[Metric]) -> str:
    """Name the files by the metrics in them, so that another catalogue's are never taken for ours."""
    declared = repr(sorted(metrics, key=lambda metric: metric.name))
    return hashlib.blake2b(declared.encode(), digest_size=6).hexdigest()


_STORES: WeakSet[Store] = WeakSet()


def _restart_all() -> None:
    for store in list(_STORES):
        store.restart()


os.register_at_fork(after_in_child=_restart_all)
