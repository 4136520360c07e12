"""Listen for the alert that always fires."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.oncall.context import Context
from steward.oncall.services import watchdog
from steward.oncall.worker.pause import pause

_EVERY = timedelta(seconds=5)
_LEAST = timedelta(milliseconds=200)
_ASLEEP = 6
"""So many rounds left out mean that this process was stopped, or the clock was set."""


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Look until `stopping` is set."""
    every = max(_EVERY / context.settings.time_scale, _LEAST)
    listener = Listener(every)
    while not stopping.is_set():
        await asyncio.to_thread(listener.look, context)
        await pause(stopping, every.total_seconds())


@dataclass(slots=True)
class Listener:
    """Since when this process listens without a gap."""

    every: timedelta
    since: datetime | None = None
    last: datetime | None = None

    def look(self, context: Context) -> None:
        """Look once."""
        now = context.clock()
        if self.since is None or self.last is None or not timedelta() <= now - self.last <= self.every * _ASLEEP:
            self.since = now
        self.last = now
        with context.store.write() as connection:
            paged = watchdog.look(connection, listening_since=self.since, now=now, catalogue=context.catalogue)
        if paged:
            context.wake()
