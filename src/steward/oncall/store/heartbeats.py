"""What must be heard of again and again, and turns that only one replica takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select, update

from steward.oncall.store.inserting import insert_new
from steward.oncall.store.tables import heartbeat


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Something that must be heard of again and again."""

    name: str
    last_at: datetime
    within: timedelta
    missing_since: datetime | None


def get(connection: Connection, name: str) -> Heartbeat | None:
    """Return the heartbeat called `name`; None before it was first expected or heard."""
    row = connection.execute(select(heartbeat).where(heartbeat.c.name == name)).one_or_none()
    if row is None:
        return None
    return Heartbeat(row.name, row.last_at, timedelta(seconds=row.within_seconds), row.missing_since)


def beat(connection: Connection, name: str, *, now: datetime, within: timedelta) -> bool:
    """Keep that it was heard; return whether it had been missing."""
    missing = update(heartbeat).where(heartbeat.c.name == name, heartbeat.c.missing_since.is_not(None))
    was_missing = connection.execute(missing.values(missing_since=None)).rowcount > 0
    values = {"last_at": now, "within_seconds": within.total_seconds()}
    if connection.execute(update(heartbeat).where(heartbeat.c.name == name).values(values)).rowcount == 0:
        _insert(connection, {"name": name, **values})
    return was_missing


def expect(connection: Connection, name: str, *, now: datetime, within: timedelta) -> None:
    """Begin to wait for it, as if it had just been heard; changes nothing where it is already waited for."""
    _insert(connection, {"name": name, "last_at": now, "within_seconds": within.total_seconds()})


def miss(connection: Connection, name: str, *, now: datetime) -> bool:
    """Keep that it is missing; return False where that was known."""
    news = update(heartbeat).where(heartbeat.c.name == name, heartbeat.c.missing_since.is_(None))
    return connection.execute(news.values(missing_since=now)).rowcount > 0


def claim(connection: Connection, name: str, *, now: datetime, every: timedelta) -> bool:
    """Take the turn called `name`; False while the last one, by whichever replica, is younger than `every`.

    A turn that lies in the future was taken before the clock was set back, and counts for nothing.
    """
    due = update(heartbeat).where(
        heartbeat.c.name == name, or_(heartbeat.c.last_at <= now - every, heartbeat.c.last_at > now + every)
    )
    values = {"last_at": now, "within_seconds": every.total_seconds()}
    if connection.execute(due.values(values)).rowcount:
        return True
    return _insert(connection, {"name": name, **values})


def _insert(connection: Connection, values: Mapping[str, Any]) -> bool:
    statement = insert_new(connection, heartbeat).values(values).returning(heartbeat.c.name)
    return connection.execute(statement).first() is not None
