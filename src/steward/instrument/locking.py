"""A lock that a child made by `fork` does not inherit closed."""

import threading
from types import TracebackType

from steward.instrument.forking import in_child


class Lock:
    """A lock for the `with` statement.

    Reentrant, because a signal handler or a finalizer may come while its thread holds it. In a forked child it is
    open, whoever held it in the parent: the threads that would release it are not there.
    """

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        in_child(self.reopen)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._lock.release()

    def reopen(self) -> None:
        """Forget who held it."""
        self._lock = threading.RLock()
