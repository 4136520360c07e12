"""Let time pass over the pages: take what is due, in transactions of a few pages each."""

import asyncio
import time
from datetime import timedelta

from steward.oncall.context import Context
from steward.oncall.failpoints import IN_TICK, failpoint
from steward.oncall.services import incidents, paging
from steward.oncall.services.paging import Advanced
from steward.oncall.worker.pause import pause

_EVERY_SECONDS = 0.25
_AT_ONCE = 200
"""Pages in one transaction: enough to be quick, few enough that nobody waits long for the store."""
_INCIDENTS_EVERY = timedelta(seconds=5)


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Tick until `stopping` is set."""
    incidents_at = 0.0
    while not stopping.is_set():
        while (await asyncio.to_thread(tick, context)).more and not stopping.is_set():
            pass
        if time.monotonic() >= incidents_at:
            await asyncio.to_thread(_tick_incidents, context)
            incidents_at = time.monotonic() + _INCIDENTS_EVERY.total_seconds()
        await pause(stopping, _EVERY_SECONDS)


def tick(context: Context) -> Advanced:
    """Take what is due now, at most one step of each page, in one transaction."""
    began = time.monotonic()
    with context.store.write() as connection:
        advanced = paging.advance(connection, now=context.clock(), catalogue=context.catalogue, limit=_AT_ONCE)
        if advanced.lags:
            failpoint(IN_TICK)
    if advanced.lags or advanced.closed:
        context.wake()
    took = time.monotonic() - began
    for seconds in advanced.lags:
        context.metrics.timer_lag.observe(seconds + took)
    return advanced


def _tick_incidents(context: Context) -> None:
    with context.store.write() as connection:
        incidents.tick(connection, now=context.clock(), catalogue=context.catalogue)
