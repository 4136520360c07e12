"""What processes have counted, as whoever answers a scrape reads it.

Keys are read once: a file only grows, so a scrape looks at what was added since the last one, and takes the
numbers from where they are known to lie.
"""

import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeAlias
from weakref import finalize

from steward.instrument.claim import is_held
from steward.instrument.exemplars import Exemplar, Place, decode_place, unpack
from steward.instrument.labels import Values
from steward.instrument.layout import DOUBLE, HEADER, MAGIC, Doubles, entries, number_of
from steward.instrument.store import Series, Store, decode, width
from steward.model import Metric

AT_ONCE = 2000
"""How many keys, or lines, are worked on before others get their turn; about a millisecond."""

Shape: TypeAlias = tuple[int, int]
"""How many numbers one series of a metric has, and how many labels."""

_MARK = 3
"""Which field of a file's header tells files of one name apart."""


class Part(Protocol):
    """What one process has counted."""

    @property
    def alive(self) -> bool:
        """Whether it lives."""

    @property
    def numbers(self) -> Doubles:
        """Where its numbers are."""

    @property
    def places(self) -> Mapping[str, Mapping[Values, int]]:
        """Where among them each series' begin, by the metric's name; only ever added to."""


class Reading(Protocol):
    """What there is to read."""

    def refresh(self) -> Iterator[None]:
        """Look what was added, in steps."""

    @property
    def parts(self) -> Sequence[Part]:
        """What each process has counted."""

    def exemplars(self) -> Iterator[tuple[Place, Exemplar]]:
        """Yield the exemplars of each process."""


class OwnReading:
    """The numbers of a process that shares them with nobody."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.alive = True
        self.numbers = store.arena.numbers
        self.places = store.private
        self.parts: Sequence[Part] = (self,)

    def refresh(self) -> Iterator[None]:
        """Do nothing: what was added is there."""
        return iter(())

    def exemplars(self) -> Iterator[tuple[Place, Exemplar]]:
        """Yield the process's exemplars."""
        return iter(list(self._store.exemplars.known.items()))


class SlotFile:
    """One process's file, read while that process goes on."""

    def __init__(self, path: Path, shapes: Mapping[str, Shape], decoded: dict[bytes, Series | None]) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        finalize(self, os.close, descriptor)
        self.number = number_of(path)
        """Which of its family the file is, counted from 0."""
        self.alive = False
        self.holder = 0
        """The process that holds the file, or held it last."""
        self.places: dict[str, dict[Values, int]] = {name: {} for name in shapes}
        self._exemplars: dict[Place, tuple[int, int]] = {}
        """Where, in bytes, a record begins and ends."""
        self._shapes = shapes
        self._decoded = decoded
        self._path = path
        self._descriptor = descriptor
        self._mark = 0
        self._known_to = HEADER.size
        self._map: mmap.mmap | None = None
        self.numbers: Doubles = memoryview(bytes(HEADER.size)).cast("d")

    def is_current(self) -> bool:
        """Tell whether the file still has its name, and is the one that was read: a damaged one is made anew."""
        now = os.fstat(self._descriptor)
        try:
            if not os.path.samestat(self._path.stat(), now):
                return False
        except FileNotFoundError:
            return False
        if self._map is None:
            return True
        header = os.pread(self._descriptor, HEADER.size, 0)
        return now.st_size >= len(self._map) and HEADER.unpack(header)[_MARK] == self._mark

    def refresh(self) -> Iterator[None]:
        """Read what was added, a few keys at a time."""
        used = self._in_use()
        if used == 0 or self._map is None:
            return
        self.alive = is_held(self._descriptor)
        for count, (key, at, size) in enumerate(entries(self._map, self._known_to, used)):
            self._add(key, at, size)
            # Only now, because a signal handler may look as well, and would pass it by.
            self._known_to = at + size * DOUBLE
            if count % AT_ONCE == AT_ONCE - 1:
                yield

    def read_exemplars(self) -> Iterator[tuple[Place, Exemplar]]:
        """Yield the exemplars, without any that is being written at this moment."""
        for place, (start, end) in list(self._exemplars.items()):
            exemplar = unpack(self._map[start:end]) if self._map is not None else None
            if exemplar is not None:
                yield place, exemplar

    def _in_use(self) -> int:
        """Return how many bytes are in use, having mapped them; 0 when the file is not one of ours, or not yet."""
        # In this order: the file grows before more of it is in use.
        header = os.pread(self._descriptor, HEADER.size, 0)
        size = os.fstat(self._descriptor).st_size // DOUBLE * DOUBLE
        if len(header) < HEADER.size or not header.startswith(MAGIC):
            return 0
        _, used, self.holder, self._mark = HEADER.unpack(header)
        if not HEADER.size <= used <= size:
            return 0
        if self._map is None or used > len(self._map):
            self._map = mmap.mmap(self._descriptor, size, prot=mmap.PROT_READ)
            self.numbers = memoryview(self._map).cast("d")
        return int(used)

    def _add(self, key: bytes, at: int, size: int) -> None:
        if key.startswith(b"e"):
            place = decode_place(key)
            if place is not None and 0 <= place[2] < self._shapes.get(place[0], (0, 0))[0]:
                self._exemplars[place] = at, at + size * DOUBLE
            return
        try:
            series = self._decoded[key]
        except KeyError:
            series = self._decoded[key] = decode(key)
        if series is not None and self._shapes.get(series[0]) == (size, len(series[1])):
            self.places[series[0]][series[1]] = at // DOUBLE


class FolderReading:
    """The numbers of every process that shares a folder."""

    def __init__(self, folder: Path, metrics: Sequence[Metric], fingerprint: str) -> None:
        self._folder = folder
        self._prefix = f"{fingerprint}-"
        self._shapes = {metric.name: (width(metric), len(metric.labels)) for metric in metrics}
        self._decoded: dict[bytes, Series | None] = {}
        self._files: dict[str, SlotFile] = {}

    @property
    def parts(self) -> Sequence[SlotFile]:
        """What each process has counted, in the order of their slots."""
        return sorted(self._files.values(), key=lambda file: file.number)

    def refresh(self) -> Iterator[None]:
        """Look which files there are, and what was added to each; raises OSError for a folder closed to us."""
        names = {name for name in os.listdir(self._folder) if self._is_ours(name)}  # noqa: PTH208
        for name in self._files.keys() - names:
            del self._files[name]
        for name in names:
            file = self._files.get(name)
            if file is None or not file.is_current():
                with suppress(FileNotFoundError):
                    self._files[name] = SlotFile(self._folder / name, self._shapes, self._decoded)
        for file in list(self._files.values()):
            yield from file.refresh()
            yield

    def exemplars(self) -> Iterator[tuple[Place, Exemplar]]:
        """Yield the exemplars of each process."""
        for file in self.parts:
            yield from file.read_exemplars()

    def holders(self) -> Sequence[tuple[int, int]]:
        """Return (number, process) of each slot that a living process holds; as of the last look."""
        return [(file.number, file.holder) for file in self.parts if file.alive]

    def _is_ours(self, name: str) -> bool:
        stem, dot, suffix = name.rpartition(".")
        return dot + suffix == ".slot" and stem.startswith(self._prefix) and stem[len(self._prefix) :].isdecimal()
