"""Overrides as they are kept."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from steward.oncall.domain.overrides import Override
from steward.oncall.store.tables import override

_COLUMNS = (
    override.c.id,
    override.c.schedule,
    override.c.person,
    override.c.starts_at,
    override.c.ends_at,
    override.c.created_by,
    override.c.created_at,
    override.c.cancelled_at,
)


def add(
    connection: Connection,
    *,
    schedule: str,
    person: str,
    starts_at: datetime,
    ends_at: datetime,
    actor: str,
    now: datetime,
) -> Override:
    """Keep one and return it."""
    number = connection.execute(
        insert(override)
        .values(
            schedule=schedule,
            person=person,
            starts_at=starts_at,
            ends_at=ends_at,
            created_by=actor,
            created_at=now,
        )
        .returning(override.c.id)
    ).scalar_one()
    return Override(number, schedule, person, starts_at, ends_at, actor, now)


def overlapping(connection: Connection, schedule: str, begin: datetime, end: datetime) -> list[Override]:
    """Return those of a schedule for some time from `begin` to `end`, the cancelled too, in the order made."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            override.c.schedule == schedule,
            override.c.ends_at > begin,
            override.c.starts_at < end,
        )
        .order_by(override.c.created_at, override.c.id)
    )
    return [Override(*row) for row in rows]


def find(connection: Connection, schedule: str, number: int) -> Override | None:
    """Return one that is not cancelled."""
    row = connection.execute(
        select(*_COLUMNS).where(
            override.c.id == number, override.c.schedule == schedule, override.c.cancelled_at.is_(None)
        )
    ).first()
    return Override(*row) if row else None


def cancel(connection: Connection, number: int, *, now: datetime) -> bool:
    """Let one count no more from now on; return whether it was not cancelled before."""
    changed = connection.execute(
        update(override).where(override.c.id == number, override.c.cancelled_at.is_(None)).values(cancelled_at=now)
    )
    return changed.rowcount == 1
