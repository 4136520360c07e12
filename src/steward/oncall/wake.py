"""A bell between threads: whoever commits something to be sent rings it, whoever sends waits for it."""

import asyncio
from contextlib import suppress


class Wake:
    """Made inside a running loop; calling it rings, from any thread."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self) -> None:
        """Ring; after the loop's end nobody is left to hear it."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> bool:
        """Wait until it is rung, at most so long; return whether it was. One ring wakes one waiting."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        rung = self._rung.is_set()
        self._rung.clear()
        return rung
