"""What a neighbour said, kept for a moment: however many people look, it is asked once."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from steward.oncall.errors import Unavailable

T = TypeVar("T")

_SECONDS = 5.0
_STALE_SECONDS = 30.0


class Kept(Generic[T]):
    """Calls `ask` at most once in so many seconds, whichever threads call.

    Who comes while it is being asked gets what was said before, if that is not long ago, and else waits: a
    neighbour that hangs must not hold up every thread that answers people.
    """

    def __init__(
        self, ask: Callable[[], T], seconds: float = _SECONDS, *, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._timer = timer
        self._turn = threading.Lock()
        self._said: tuple[float, T | Unavailable] | None = None
        """When, and what."""

    def __call__(self) -> T:
        """Return what was said; raises Unavailable, also for as long."""
        said = self._fresh(self._seconds)
        if said is None and self._turn.locked():
            said = self._fresh(self._seconds + _STALE_SECONDS)
        if said is None:
            said = self._in_turn()
        if isinstance(said, Unavailable):
            raise Unavailable(str(said))
        return said

    def _fresh(self, seconds: float) -> T | Unavailable | None:
        said = self._said
        return said[1] if said is not None and self._timer() - said[0] < seconds else None

    def _in_turn(self) -> T | Unavailable:
        with self._turn:
            said = self._fresh(self._seconds)
            if said is None:
                said = self._asked()
                self._said = (self._timer(), said)
            return said

    def _asked(self) -> T | Unavailable:
        try:
            return self._ask()
        except Unavailable as error:
            return error
