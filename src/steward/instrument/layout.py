"""What a slot file looks like.

    header: magic (8 bytes), bytes in use (u64), process id of the holder (u64), mark of this file's making (u64),
            32 bytes of 0
    entry:  key length (u32), number of doubles (u32), key padded with NUL to 8 bytes, the doubles

A file is its header and entries, only ever appended, in chunks that each process maps one by one as they are made.
No entry lies across two chunks; what is left of a chunk that cannot hold the next one is an entry without a key.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

Doubles: TypeAlias = "memoryview[float]"
"""Numbers that can be read and written in place."""

MAGIC = b"steward2"
HEADER = struct.Struct("=8sQQQ32x")
ENTRY = struct.Struct("=II")
DOUBLE = 8
USED, HOLDER = 1, 2
"""Which words of the header."""
ZERO_AT = 5
"""Where, counted in doubles, the header holds one that is always 0."""
LARGEST_CHUNK = 4 * 1024 * 1024
_FIRST_CHUNK = 64 * 1024


class Buffer(Protocol):
    """A map of a file, or of the part of it that one chunk is."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


def number_of(path: Path) -> int:
    """Return which of its family a file is, counted from 0."""
    return int(path.stem.rpartition("-")[2])


def bounds(chunk: int) -> tuple[int, int]:
    """Return where in a file the chunk of this number begins and ends; each doubles the last, up to 4 MiB."""
    doubling = (LARGEST_CHUNK // _FIRST_CHUNK).bit_length()
    if chunk < doubling:
        return _FIRST_CHUNK * (2**chunk - 1), _FIRST_CHUNK * (2 ** (chunk + 1) - 1)
    start = _FIRST_CHUNK * (2**doubling - 1) + (chunk - doubling) * LARGEST_CHUNK
    return start, start + LARGEST_CHUNK


def entries(data: Buffer | mmap.mmap, start: int, end: int, *, base: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Yield (key, offset of its numbers, how many they are) of the entries between two offsets of the file.

    `data` begins at `base` of the file. Ends at its end or at the first damage.
    """
    end = min(end, base + len(data))
    at = start
    while at + ENTRY.size <= end:
        length, size = ENTRY.unpack_from(data, at - base)  # type: ignore[arg-type]
        key_at = at + ENTRY.size
        numbers_at = key_at + length + -length % DOUBLE
        at = numbers_at + size * DOUBLE
        if at > end:
            return
        if length:
            yield data[key_at - base : key_at - base + length], numbers_at, size


def is_whole(descriptor: int, header: bytes, size: int) -> bool:
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
            length, numbers = ENTRY.unpack_from(data, at)
            at += ENTRY.size + length + -length % DOUBLE + numbers * DOUBLE
            if at > min(used, end):
                return False
    return True


def allocate(descriptor: int, chunk: int) -> None:
    """Take real blocks, not a hole: writing into a hole of a full disk kills the process with SIGBUS."""
    start, end = bounds(chunk)
    if os.fstat(descriptor).st_size < end:
        os.posix_fallocate(descriptor, start, end - start)
