"""Slot files: where the processes of one service keep their numbers side by side.

Each process holds one file of the shared folder, and an exclusive `flock` on it for as long as it lives. The
kernel drops the lock when the process ends, however it ends, so a locked file belongs to a living process, and a
process that starts takes the first file that is not locked and goes on counting in it: the folder holds as many
files as there were processes at one time, no counter falls, and a reused process id means nothing.

A file is a header and entries, only ever appended, in chunks that each process maps one by one as they are made:

    header: magic (8 bytes), bytes in use (u64), process id of the holder (u64), mark of this file's making (u64),
            32 bytes of 0
    entry:  key length (u32), number of doubles (u32), key padded with NUL to 8 bytes, the doubles

No entry lies across two chunks; what is left of a chunk that cannot hold the next one is an entry without a key.
A file never shrinks, because others have it mapped: one that is damaged is replaced by another of its name.
"""

import errno
import fcntl
import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Protocol, Self, TypeAlias
from weakref import finalize

from steward.instrument.locking import Lock

Doubles: TypeAlias = "memoryview[float]"
"""Numbers that can be read and written in place."""

MAGIC = b"steward2"
HEADER = struct.Struct("=8sQQQ32x")
DOUBLE = 8
ZERO_AT = 5
"""Where, counted in doubles, the header holds one that is always 0."""

_USED, _HOLDER = 1, 2
"""Which words of the header."""
_ENTRY = struct.Struct("=II")
_FIRST_CHUNK = 64 * 1024
_LARGEST_CHUNK = 4 * 1024 * 1024
_LOOKED_AT_SECONDS = 0.001
_LOOKS = 1000
"""After how many tries a file counts as held by whoever looks at it: it may have been stopped at that."""


class Buffer(Protocol):
    """A map of a file, or of the part of it that one chunk is."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


class Slot:
    """A file that this process has locked, to add entries to."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.number = int(path.stem.rpartition("-")[2])
        """Which of its family the file is, counted from 0."""
        self._descriptor = descriptor
        self._close = finalize(self, os.close, descriptor)
        self._lock = Lock()
        self._chunks = [_map(descriptor, 0)]
        self._words = memoryview(self._chunks[0]).cast("Q")
        self._words[_HOLDER] = os.getpid()
        self._used = self._words[_USED]
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
            descriptor = _claimed(path)
            if descriptor is None:
                continue
            try:
                descriptor = _prepared(path, descriptor)
            except OSError:
                os.close(descriptor)
                raise
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
        entry = _ENTRY.pack(len(key), size) + padded + bytes(size * DOUBLE)
        needed = len(entry)
        if needed > _LARGEST_CHUNK:
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
            self._words[_USED] = self._used
        return view, (at + _ENTRY.size + len(padded)) // DOUBLE

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
        place = slice(at, at + _ENTRY.size)
        filler = _ENTRY.pack(0, (left - _ENTRY.size) // DOUBLE) if left else b""
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


def bounds(chunk: int) -> tuple[int, int]:
    """Return where in a file the chunk of this number begins and ends; each doubles the last, up to 4 MiB."""
    doubling = (_LARGEST_CHUNK // _FIRST_CHUNK).bit_length()
    if chunk < doubling:
        return _FIRST_CHUNK * (2**chunk - 1), _FIRST_CHUNK * (2 ** (chunk + 1) - 1)
    start = _FIRST_CHUNK * (2**doubling - 1) + (chunk - doubling) * _LARGEST_CHUNK
    return start, start + _LARGEST_CHUNK


def entries(data: Buffer | mmap.mmap, start: int, end: int, *, base: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Yield (key, offset of its numbers, how many they are) of the entries between two offsets of the file.

    `data` begins at `base` of the file. Ends at its end or at the first damage.
    """
    end = min(end, base + len(data))
    at = start
    while at + _ENTRY.size <= end:
        length, size = _ENTRY.unpack_from(data, at - base)  # type: ignore[arg-type]
        key_at = at + _ENTRY.size
        numbers_at = key_at + length + -length % DOUBLE
        at = numbers_at + size * DOUBLE
        if at > end:
            return
        if length:
            yield data[key_at - base : key_at - base + length], numbers_at, size


def is_held(descriptor: int) -> bool:
    """Tell whether a living process holds the file, without being taken for one that does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _claimed(path: Path) -> int | None:
    """Open and lock the file, None when it is another process's."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not _locked(descriptor):
                os.close(descriptor)
                return None
            if _is_at(path, descriptor):
                return descriptor
        except OSError:
            os.close(descriptor)
            raise
        # It was replaced or removed between the two.
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    for _ in range(_LOOKS):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if is_held(descriptor):
            return False
        # Somebody only looked whether it is held.
        time.sleep(_LOOKED_AT_SECONDS)
    return False


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _prepared(path: Path, descriptor: int) -> int:
    """Make a new file one without entries, and replace one that is damaged; the descriptor may be another then."""
    size = os.fstat(descriptor).st_size
    header = os.pread(descriptor, HEADER.size, 0)
    if not header.strip(b"\0"):
        _initialise(descriptor)
    elif not _is_whole(descriptor, header, size):
        return _replaced(path, descriptor)
    return descriptor


def _is_whole(descriptor: int, header: bytes, size: int) -> bool:
    """Tell whether a file is one of ours, and made of entries up to where it is in use."""
    if len(header) < HEADER.size or not header.startswith(MAGIC):
        return False
    used = HEADER.unpack(header)[1]
    if not HEADER.size <= used <= size or used % DOUBLE:
        return False
    with mmap.mmap(descriptor, used, prot=mmap.PROT_READ) as data:
        at, chunk, end = HEADER.size, 0, 0
        while at < used:
            if at >= end:
                _, end = bounds(chunk)
                chunk += 1
            length, numbers = _ENTRY.unpack_from(data, at)
            at += _ENTRY.size + length + -length % DOUBLE + numbers * DOUBLE
            if at > min(used, end):
                return False
    return True


def _initialise(descriptor: int) -> None:
    _allocate(descriptor, 0)
    os.pwrite(descriptor, HEADER.pack(MAGIC, HEADER.size, 0, int.from_bytes(os.urandom(8), "little")), 0)


def _replaced(path: Path, descriptor: int) -> int:
    made = path.with_suffix(f".{os.getpid()}")
    another = os.open(made, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _initialise(another)
        made.replace(path)
    except OSError:
        os.close(another)
        raise
    os.close(descriptor)
    return another


def _map(descriptor: int, chunk: int) -> mmap.mmap:
    start, end = bounds(chunk)
    _allocate(descriptor, chunk)
    return mmap.mmap(descriptor, end - start, offset=start)


def _allocate(descriptor: int, chunk: int) -> None:
    """Take real blocks, not a hole: writing into a hole of a full disk kills the process with SIGBUS."""
    start, end = bounds(chunk)
    if os.fstat(descriptor).st_size < end:
        os.posix_fallocate(descriptor, start, end - start)
