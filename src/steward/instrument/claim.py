"""Which process holds a slot file: an exclusive `flock` on it, which the kernel drops when the process ends."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from steward.instrument.layout import HEADER, MAGIC, allocate, is_whole

_LOOKED_AT_SECONDS = 0.001
_LOOKS = 1000
"""After how many tries a file counts as held by whoever looks at it: it may have been stopped at that."""


def claimed(path: Path) -> int | None:
    """Return the descriptor of a whole slot file that this process holds; None for another's; raises OSError."""
    descriptor = _taken(path)
    if descriptor is None:
        return None
    try:
        return _prepared(path, descriptor)
    except OSError:
        os.close(descriptor)
        raise


def is_held(descriptor: int) -> bool:
    """Tell whether a living process holds the file, without being taken for one that does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _taken(path: Path) -> int | None:
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
    elif not is_whole(descriptor, header, size):
        return _replaced(path, descriptor)
    return descriptor


def _initialise(descriptor: int) -> None:
    allocate(descriptor, 0)
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
