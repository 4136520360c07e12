"""Calendars of schedules as they were last read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from steward.oncall.store.tables import feed


@dataclass(frozen=True, slots=True)
class Feed:
    """The calendar of one schedule."""

    schedule: str
    content: str
    """As it was when it could last be read; empty before."""
    fetched_at: datetime | None
    """When it could last be read."""
    error: str
    """Why it could not be read at the last attempt; empty where it could."""


def find(connection: Connection, schedule: str) -> Feed | None:
    """Return the calendar of a schedule; None before the first attempt to read it."""
    row = connection.execute(
        select(feed.c.schedule, feed.c.content, feed.c.fetched_at, feed.c.error).where(feed.c.schedule == schedule)
    ).first()
    return Feed(*row) if row else None


def keep(connection: Connection, schedule: str, content: str, *, now: datetime) -> None:
    """Keep what was read."""
    _put(connection, schedule, {"content": content, "fetched_at": now, "error": ""})


def fail(connection: Connection, schedule: str, error: str) -> None:
    """Keep why it could not be read, and what was read before."""
    _put(connection, schedule, {"error": error})


def _put(connection: Connection, schedule: str, values: dict[str, object]) -> None:
    changed = connection.execute(update(feed).where(feed.c.schedule == schedule).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(feed).values({"schedule": schedule, **values}))
