"""Read the calendars of schedules again and again; one that cannot be read keeps what it said last."""

import asyncio
import time
from datetime import datetime, timedelta

import structlog

from steward.model import Schedule
from steward.model.oncall import zone
from steward.oncall.calendars.fetching import Unreachable, fetch
from steward.oncall.calendars.reading import Unreadable, read
from steward.oncall.context import Context
from steward.oncall.store import feeds, heartbeats
from steward.oncall.worker.pause import pause

TURN = "calendars"
"""Name of the heartbeat by which replicas take turns."""

_EVERY = timedelta(minutes=5)
_LEAST = timedelta(seconds=1)
_EARLY = 0.8
_AHEAD = timedelta(days=60)
_SLOWEST_SECONDS = 2.0
"""Who is on call must be found out in a moment, so a calendar that takes longer is not kept."""

_LOG = structlog.stdlib.get_logger(__name__)


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Read them until `stopping` is set; do nothing where no schedule has one."""
    if not followed(context):
        await stopping.wait()
        return
    every = max(_EVERY / context.settings.time_scale, _LEAST)
    while not stopping.is_set():
        await asyncio.to_thread(take_turn, context, every)
        await pause(stopping, every.total_seconds())


def followed(context: Context) -> list[Schedule]:
    """Return the schedules that have a calendar."""
    oncall = context.catalogue.oncall
    return [one for one in oncall.schedules if one.calendar] if oncall else []


def take_turn(context: Context, every: timedelta = _EVERY) -> None:
    """Read each calendar once, unless another replica just did."""
    with context.store.write() as connection:
        if not heartbeats.claim(connection, TURN, now=context.clock(), every=every * _EARLY):
            return
    for schedule in followed(context):
        refresh(context, schedule)


def refresh(context: Context, schedule: Schedule) -> None:
    """Read the calendar of one schedule and keep it, or keep why that failed."""
    now = context.clock()
    try:
        content = _usable(schedule, now)
    except (Unreachable, Unreadable) as error:
        _LOG.warning("calendar not read", schedule=schedule.name, error=str(error))
        with context.store.write() as connection:
            feeds.fail(connection, schedule.name, str(error))
        return
    with context.store.write() as connection:
        feeds.keep(connection, schedule.name, content, now=now)


def _usable(schedule: Schedule, now: datetime) -> str:
    content = fetch(schedule.calendar)
    begun = time.monotonic()
    read(content, now, now + _AHEAD, zone(schedule.timezone, f"schedule {schedule.name}"))
    if time.monotonic() - begun > _SLOWEST_SECONDS:
        raise Unreadable(f"reading it takes longer than {_SLOWEST_SECONDS:g} s")
    return content
