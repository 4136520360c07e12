"""Every loop, each kept running whatever becomes of the others."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from steward.oncall.context import Context
from steward.oncall.store.database import StoreUnavailable
from steward.oncall.worker import feeds, live, ping, reconcile, sender, tick, watchdog
from steward.oncall.worker.pause import pause

Loop = Callable[[Context, asyncio.Event], Awaitable[None]]

LOOPS: dict[str, Loop] = {
    "tick": tick.run,
    "sender": sender.run,
    "reconcile": reconcile.run,
    "watchdog": watchdog.run,
    "ping": ping.run,
    "feeds": feeds.run,
    "live": live.run,
}
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0

_LOG = structlog.stdlib.get_logger(__name__)


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Run every loop until `stopping` is set."""
    await asyncio.gather(*(kept_running(name, loop, context, stopping) for name, loop in LOOPS.items()))


async def kept_running(name: str, loop: Loop, context: Context, stopping: asyncio.Event) -> None:
    """Run one loop until `stopping` is set; where it breaks, log why and begin it again after a pause."""
    seconds = _FIRST_PAUSE_SECONDS
    while not stopping.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await loop(context, stopping)
        except StoreUnavailable as error:
            _LOG.warning("a loop waits for the store", loop=name, problem=str(error))
        except Exception:  # noqa: BLE001 - the others go on, and this one begins again
            _LOG.exception("a loop broke, and begins again", loop=name)
        if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE_SECONDS:
            seconds = _FIRST_PAUSE_SECONDS
        await pause(stopping, seconds)
        seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)
