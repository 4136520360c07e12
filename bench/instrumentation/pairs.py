"""A bare way and a counting one in the same process, by turns: what one adds to the other.

Beside each other they share the memory layout of the process and the state of the machine, so that a difference of
two microseconds in seventy can be seen.
"""

import gc
import statistics
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from instrumentation.child import Answer, Child

_WARM_UP = 10
_MICROSECOND = 1_000
"""In nanoseconds."""

Pass: TypeAlias = Callable[[], Awaitable[int]]
"""Does some of the work and returns the CPU time that it took its thread, in nanoseconds."""


class Added:
    """A way's figure of a round: what it takes a call, less what the bare one beside it takes; in microseconds."""

    def __init__(self, child: Child, passes: int) -> None:
        self._child = child
        self._passes = passes
        self.bare: list[float] = []

    def __call__(self) -> float:
        answer = self._child.ask(passes=self._passes)
        self.bare.append(answer["bare"])
        return float(answer["added"])


class Pair:
    """A child's work: both by turns, as often as it is asked for."""

    def __init__(self, bare: Pass, counting: Pass, calls: int) -> None:
        self._bare = bare
        self._counting = counting
        self._calls = calls
        self._is_warm = False

    async def __call__(self, passes: int) -> Answer:
        """Return microseconds a call: the bare one's, and what counting adds.

        Both are medians over the passes, so that one during which the machine did something else does not count.
        """
        if not self._is_warm:
            await self._alternate(_WARM_UP)
            settle()
            self._is_warm = True
        return await self._alternate(passes)

    async def _alternate(self, passes: int) -> Answer:
        alone: list[int] = []
        added: list[int] = []
        for number in range(passes):
            # Each comes first as often as the other.
            if number % 2:
                with_it, without = await self._counting(), await self._bare()
            else:
                without, with_it = await self._bare(), await self._counting()
            alone.append(without)
            added.append(with_it - without)
        per_call = self._calls * _MICROSECOND
        return {"bare": statistics.median(alone) / per_call, "added": statistics.median(added) / per_call}


def settle() -> None:
    """Take what was made so far, which lives as long as the process, out of the garbage collector's rounds."""
    gc.collect()
    gc.freeze()
