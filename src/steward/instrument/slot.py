"""Slot files: where the processes of one service keep their numbers side by side.

Each process holds one file of the shared folder, and an exclusive `flock` on it for as long as it lives. The
kernel drops the lock when the process ends, however it ends, so a locked file belongs to a living process, and a
process that starts takes the first file that is not locked and goes on counting in it: the folder holds as many
files as there were processes at one time, no counter falls, and a reused process id means nothing.

A file is a header and entries, only ever appended:

    header: magic (8 bytes), bytes in use (u64)
    entry:  key length (u32), number of doubles (u32), key padded with NUL to 8 bytes, the doubles
"""

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self, TypeAlias
from weakref import finalize

Doubles: TypeAlias = "memoryview[float]"
"""Numbers that can be read and written in place."""

_MAGIC = b"steward1"
_HEADER = struct.Struct("=8sQ")
_USED_AT = 8
_USED = struct.Struct("=Q")
_ENTRY = struct.Struct("=II")
_DOUBLE = 8
_FIRST_SIZE = 64 * 1024


def private_doubles(size: int) -> Doubles:
    """Return `size` zeros in memory that nobody else sees."""
    return memoryview(bytearray(size * _DOUBLE)).cast("d")


class Slot:
    """A file that this process has locked, to add entries to."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._close = finalize(self, os.close, descriptor)
        self._map = _prepare(descriptor)
        (used,) = _USED.unpack_from(self._map, _USED_AT)
        ends = [at + size * _DOUBLE for _, at, size in _entries(self._map, used)]
        self._used = ends[-1] if ends else _HEADER.size

    @classmethod
    def claim(cls, folder: Path, family: str) -> Self:
        """Lock the first free file of `family`, making one where none is free; raises OSError."""
        for number in count():
            path = folder / f"{family}-{number}.slot"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(descriptor)
                if not isinstance(error, BlockingIOError):
                    raise
            else:
                return cls(path, descriptor)
        raise AssertionError

    def entries(self) -> Iterator[tuple[bytes, Doubles]]:
        """Yield the key and the numbers of each entry that the file's earlier holders left."""
        for key, at, size in _entries(self._map, self._used):
            yield key, self._doubles(at, size)

    def append(self, key: bytes, size: int) -> Doubles:
        """Add an entry of `size` zeros; raises OSError when the disk is full."""
        padded = key + b"\0" * (-len(key) % 8)
        start = self._used
        end = start + _ENTRY.size + len(padded) + size * _DOUBLE
        if end > len(self._map):
            self._grow(end)
        numbers_at = end - size * _DOUBLE
        self._map[start:numbers_at] = _ENTRY.pack(len(key), size) + padded
        self._map[numbers_at:end] = bytes(size * _DOUBLE)
        self._used = end
        # Last, so that whoever reads meanwhile, or after a kill in between, sees whole entries only.
        _USED.pack_into(self._map, _USED_AT, end)
        return self._doubles(numbers_at, size)

    def abandon(self) -> None:
        """Let go of a file inherited by `fork`: it stays locked by the parent, whose it is."""
        self._close()
        with suppress(BufferError):
            self._map.close()

    def _grow(self, needed: int) -> None:
        size = len(self._map)
        while size < needed:
            size *= 2
        os.posix_fallocate(self._descriptor, 0, size)
        # The old map stays alive under the numbers handed out of it; both show the same pages of the file.
        self._map = mmap.mmap(self._descriptor, size)

    def _doubles(self, at: int, size: int) -> Doubles:
        return memoryview(self._map)[at : at + size * _DOUBLE].cast("d")


@dataclass(frozen=True, slots=True)
class SlotContent:
    """What a slot file held at one moment."""

    alive: bool
    """Whether the process that wrote it lives."""
    entries: tuple[tuple[bytes, tuple[float, ...]], ...]


def read_slots(folder: Path, family: str) -> Iterator[SlotContent]:
    """Yield the content of every file of `family`; one that is damaged or vanishes is passed over."""
    for path in sorted(folder.glob(f"{family}-*.slot")):
        with suppress(FileNotFoundError), path.open("rb") as file:
            alive = _is_locked(file.fileno())
            data = file.read()
            if len(data) >= _HEADER.size and data.startswith(_MAGIC):
                _, used = _HEADER.unpack_from(data)
                yield SlotContent(alive, tuple(_numbers(data, used)))


def _prepare(descriptor: int) -> mmap.mmap:
    """Map the file; one that is new, or not a slot file, is made an empty one."""
    size = os.fstat(descriptor).st_size
    header = os.pread(descriptor, _HEADER.size, 0)
    if len(header) < _HEADER.size or not header.startswith(_MAGIC) or _HEADER.unpack(header)[1] > size:
        os.ftruncate(descriptor, 0)
        # Real blocks, not a hole: writing into a hole of a full disk kills the process with SIGBUS.
        os.posix_fallocate(descriptor, 0, _FIRST_SIZE)
        os.pwrite(descriptor, _HEADER.pack(_MAGIC, _HEADER.size), 0)
        size = _FIRST_SIZE
    return mmap.mmap(descriptor, size)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _entries(data: mmap.mmap | bytes, used: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (key, offset of its numbers, how many they are), up to the end or to the first damage."""
    at = _HEADER.size
    end = min(used, len(data))
    while at + _ENTRY.size <= end:
        length, size = _ENTRY.unpack_from(data, at)
        key_at = at + _ENTRY.size
        numbers_at = key_at + length + -length % 8
        at = numbers_at + size * _DOUBLE
        if at > end:
            return
        yield bytes(data[key_at : key_at + length]), numbers_at, size


def _numbers(data: bytes, used: int) -> Iterator[tuple[bytes, tuple[float, ...]]]:
    for key, at, size in _entries(data, used):
        yield key, struct.unpack_from(f"={size}d", data, at)
