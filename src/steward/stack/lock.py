"""The lock that a living supervisor holds, so that there is one at most."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from steward.stack.errors import AlreadyRunning
from steward.stack.files import explained
from steward.stack.processes import identity

_PATIENCE_SECONDS = 1.0
"""For those who only look: looking takes the lock for a moment."""
_POLL_SECONDS = 0.02


class Lock:
    """An exclusive lock on a file that says which process we are; the kernel drops it when we die."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raises AlreadyRunning."""
        with explained(path):
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _try(self._descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(self._descriptor)
                raise AlreadyRunning(f"the stack runs already, under supervisor {holder(path)}")
            time.sleep(_POLL_SECONDS)
        pid = os.getpid()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{pid} {identity(pid)}".encode(), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)


def holder(path: Path) -> int | None:
    """Return the process that holds the lock at `path`; None when nobody does."""
    with explained(path):
        if not path.exists():
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline and not _try(descriptor, fcntl.LOCK_SH):
            pid, _, written = os.pread(descriptor, 100, 0).decode(errors="replace").partition(" ")
            # A holder that has just taken the lock may not have written yet: what stands there is another's.
            if pid.isdecimal() and identity(int(pid)) == written:
                return int(pid)
            time.sleep(_POLL_SECONDS)
        return None
    finally:
        os.close(descriptor)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
