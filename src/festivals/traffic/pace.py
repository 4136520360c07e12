"""When a request may be sent, and when it should have been.

`Gate` is the bound that holds whatever happens: in no second are more than `rate` requests let through. `Schedule`
hands out the moments at which requests are meant to be sent; latencies count from there. It stays a little under
the rate, so that late wake-ups never add up to a queue of our own that would look like a slow platform.
All times are seconds of one monotonic clock.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

MOST_AT_ONCE = 32
"""Requests on their way at the same time; as many connections are kept."""

WINDOW = 1.0

_CATCH_UP = 0.01
_SHORTEST_SLEEP = 0.0001
_UNDER_THE_RATE = 0.98


class Gate:
    """Lets through at most `rate` requests in any window of one second, as evenly as sleeping allows."""

    def __init__(self, rate: int) -> None:
        if rate < 1:
            raise ValueError("a rate is at least 1 request per second")
        self._spacing = WINDOW / rate
        self._passed: deque[float] = deque(maxlen=rate)
        self._even = float("-inf")

    def wait(self, now: float) -> float:
        """Return how many seconds from `now` the next request must wait; 0 lets it through."""
        full = len(self._passed) == self._passed.maxlen
        oldest = self._passed[0] + WINDOW if full else now
        return max(oldest - now, self._even - now, 0.0)

    def let_through(self, now: float) -> None:
        """Note that a request goes at `now`."""
        self._passed.append(now)
        # Woken late, the next one may be as much earlier, else every late wake-up would cost a part of the rate.
        self._even = max(self._even, now - _CATCH_UP) + self._spacing


class Limiter:
    """Makes tasks wait for the gate, first come, first served."""

    def __init__(self, rate: int, clock: Callable[[], float]) -> None:
        self._gate = Gate(rate)
        self._clock = clock
        self._turn = asyncio.Lock()

    async def acquire(self) -> None:
        """Return at the moment at which one request may be sent."""
        async with self._turn:
            while (wait := self._gate.wait(self._clock())) > 0:  # noqa: ASYNC110 - time opens the gate, no event
                await asyncio.sleep(max(wait, _SHORTEST_SLEEP))
            self._gate.let_through(self._clock())


class Schedule:
    """Gives each request the moment at which it is meant to be sent, whether or not its sender is free then."""

    def __init__(self, rate: int) -> None:
        self._spacing = WINDOW / (rate * _UNDER_THE_RATE)
        self._free = float("-inf")

    def reserve(self, due: float) -> float:
        """Return the first moment at or after `due` that the rate leaves, and take it."""
        intended = max(due, self._free)
        self._free = intended + self._spacing
        return intended


class Pacing:
    """What all clients of a run share: the clock, the bounds, and the schedule under them."""

    def __init__(self, rate: int, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._schedule = Schedule(rate)
        self._limiter = Limiter(rate, clock)
        self._under_way = asyncio.Semaphore(MOST_AT_ONCE)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a connection and for the rate; the request must be sent at once then.

        In this order: who passed the rate and then had to wait would go with others in one burst.
        """
        async with self._under_way:
            await self._limiter.acquire()
            yield

    async def wait_for(self, due: float) -> float:
        """Wait until `due`, and longer where the rate wants it; return when that was to end."""
        # Reserved no sooner than it is due: what is wanted in the meantime would have to come after it.
        await self._sleep_until(due)
        intended = self._schedule.reserve(due)
        await self._sleep_until(intended)
        return intended

    async def _sleep_until(self, moment: float) -> None:
        await asyncio.sleep(max(moment - self.clock(), 0))
