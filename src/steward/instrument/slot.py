"""Slot files: where the processes of one service keep their numbers side by side.

Each process holds one file of the shared folder, and an exclusive `flock` on it for as long as it lives. The
kernel drops the lock when the process ends, however it ends, so a locked file belongs to a living process, and a
process that starts takes the first file that is not locked and goes on counting in it: the folder holds as many
files as there were processes at one time, no counter falls, and a reused process id means nothing.

A file never shrinks, because others have it mapped: one that is damaged is replaced by another of its name.
`layout` tells what it looks like, and `claim` whose it is.
"""

import errno
import mmap
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Self
from weakref import finalize

from steward.instrument import layout
from steward.instrument.claim import claimed
from steward.instrument.layout import DOUBLE, ENTRY, HEADER, HOLDER, USED, Doubles, allocate, bounds, entries
from steward.instrument.locking import Lock


class Slot:
    """A file that this process has locked, to add entries to."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._close = finalize(self, os.close, descriptor)
        self._lock = Lock()
        self._chunks = [_map(descriptor, 0)]
        self._words = memoryview(self._chunks[0]).cast("Q")
        self._words[HOLDER] = os.getpid()
        self._used = self._words[USED]
        self._start, self._end = bounds(0)
        while self._end < self._used:
            self._chunks.append(_map(descriptor, len(self._chunks)))
            self._start, self._end = bounds(len(self._chunks) - 1)
        self._views = [memoryview(chunk).cast("d") for chunk in self._chunks]

    @classmethod
    def claim(cls, folder: Path, family: str) -> Self:
        """Lock the first free file of `family`, making one where none is free; raises OSError."""
        for number in count():
            path = folder / f"{family}-{number}.slot"
            descriptor = claimed(path)
            if descriptor is not None:
                return cls(path, descriptor)
        raise AssertionError

    def entries(self) -> Iterator[tuple[bytes, Doubles, int, int]]:
        """Yield what earlier holders left: key, the chunk's numbers, and where in them how many are the key's."""
        for number, (chunk, view) in enumerate(zip(self._chunks, self._views, strict=True)):
            start, _ = bounds(number)
            for key, at, size in entries(chunk, start + (0 if number else HEADER.size), self._used, base=start):
                yield key, view, (at - start) // DOUBLE, size

    def append(self, key: bytes, size: int) -> tuple[Doubles, int]:
        """Add an entry of `size` zeros and return the numbers of its chunk, and where its own begin.

        Raises OSError when the disk is full.
        """
        padded = key + b"\0" * (-len(key) % DOUBLE)
        # With the zeros: a holder that was killed here may have left a part of a key in their place.
        entry = ENTRY.pack(len(key), size) + padded + bytes(size * DOUBLE)
        needed = len(entry)
        if needed > layout.LARGEST_CHUNK:
            raise OSError(errno.EFBIG, "a series needs more than a chunk")
        with self._lock:
            while True:
                used = self._used
                if used + needed > self._end:
                    self._grow()
                    continue
                at = used - self._start
                place, chunk, view = slice(at, at + needed), self._chunks[-1], self._views[-1]
                # Nothing is called from here until the room is taken, so that no signal handler comes between.
                if self._used == used:
                    chunk[place] = entry
                    self._used = used + needed
                    break
            # Last, so that whoever reads meanwhile, or after a kill in between, sees whole entries only.
            self._words[USED] = self._used
        return view, (at + ENTRY.size + len(padded)) // DOUBLE

    def bytes_of(self, view: Doubles, at: int, size: int) -> "memoryview[int]":
        """Return the bytes in which `size` numbers of `view` lie, from `at` on, to be written to at once."""
        return memoryview(self._chunks[self._views.index(view)])[at * DOUBLE : (at + size) * DOUBLE]

    def abandon(self) -> None:
        """Let go of a file inherited by `fork`: it stays locked by the parent, whose it is.

        A map holds the lock as well as a descriptor does. Threads that were counting in the parent, and are not
        there, may still refer to one.
        """
        self._close()
        self._words.release()
        for view, chunk in zip(self._views, self._chunks, strict=True):
            view.release()
            with suppress(BufferError):
                chunk.close()

    def _grow(self) -> None:
        """Add a chunk, and fill what is left of the one before."""
        used, number = self._used, len(self._chunks)
        following = _map(self._descriptor, number)
        view = memoryview(following).cast("d")
        start, end = bounds(number)
        left, at = self._end - used, used - self._start
        place = slice(at, at + ENTRY.size)
        filler = ENTRY.pack(0, (left - ENTRY.size) // DOUBLE) if left else b""
        last, chunks, views = self._chunks[-1], [*self._chunks, following], [*self._views, view]
        # As above: a signal handler that appended meanwhile has filled the chunk, or grown the file.
        if self._used == used and self._start < start:
            if left:
                last[place] = filler
            self._chunks = chunks
            self._views = views
            self._start = start
            self._end = end
            self._used = start


def _map(descriptor: int, chunk: int) -> mmap.mmap:
    start, end = bounds(chunk)
    allocate(descriptor, chunk)
    return mmap.mmap(descriptor, end - start, offset=start)
