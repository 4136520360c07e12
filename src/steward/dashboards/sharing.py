"""One question at a time: whoever asks the same meanwhile, or a moment later, gets the same answer."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

FAILED_SECONDS = 2.0
"""How long a failure is told again before the question is asked anew."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    until: float
    weight: int
    value: T | None = None
    error: Exception | None = None


class Shared(Generic[T]):
    """Answers by question, kept for a while, and together no heavier than `most`; for one thread."""

    def __init__(
        self, *, most: int, weigh: Callable[[T], int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._weigh = weigh
        self._clock = clock
        self._kept: OrderedDict[Hashable, _Kept[T]] = OrderedDict()
        self._asking: dict[Hashable, asyncio.Task[T]] = {}
        self.weight = 0
        """Of what is kept now."""

    async def get(self, question: Hashable, ask: Callable[[], Awaitable[T]], *, seconds: float) -> T:
        """Return the answer that is kept, or is on its way, or that `ask` gives; keep it for `seconds`.

        Whoever goes away does not end the question for others; raises what `ask` raised.
        """
        kept = self._kept.get(question)
        if kept is not None and kept.until > self._clock():
            self._kept.move_to_end(question)
            return _told(kept)
        return await asyncio.shield(self._task(question, ask, seconds))

    def _task(self, question: Hashable, ask: Callable[[], Awaitable[T]], seconds: float) -> asyncio.Task[T]:
        loop = asyncio.get_running_loop()
        task = self._asking.get(question)
        if task is None or task.get_loop() is not loop:
            task = loop.create_task(_awaited(ask))
            self._asking[question] = task
            task.add_done_callback(lambda done: self._keep(question, done, seconds))
        return task

    def _keep(self, question: Hashable, done: "asyncio.Task[T]", seconds: float) -> None:
        if self._asking.get(question) is done:
            del self._asking[question]
        if done.cancelled():
            return
        error = done.exception()
        now = self._clock()
        if error is None:
            value = done.result()
            self._put(question, _Kept(now + seconds, self._weigh(value), value))
        elif isinstance(error, Exception):
            self._put(question, _Kept(now + min(seconds, FAILED_SECONDS), 1, error=error))

    def _put(self, question: Hashable, kept: _Kept[T]) -> None:
        self._drop(question)
        self._kept[question] = kept
        self.weight += kept.weight
        while self.weight > self._most and self._kept:
            self._drop(next(iter(self._kept)))

    def _drop(self, question: Hashable) -> None:
        if old := self._kept.pop(question, None):
            self.weight -= old.weight


async def _awaited(ask: Callable[[], Awaitable[T]]) -> T:
    return await ask()


def _told(kept: _Kept[T]) -> T:
    if kept.error is not None:
        raise kept.error.with_traceback(None)
    return kept.value  # type: ignore[return-value]  # it has one where there is no error
