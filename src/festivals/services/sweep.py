"""The safety net: work that should long be done, and for which no job is under way, is asked for again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import column, table

from festivals.domain.festival import FestivalStatus
from festivals.services.turns import take_turn
from festivals.store.database import Database
from festivals.store.jobs import Task, enqueue
from festivals.store.tables import festivals, settlements, tickets

LATE_AFTER = timedelta(minutes=15)
"""Longer than all attempts of one job take."""
AT_MOST = 200
"""Jobs of a kind asked for at once; the next sweep goes on."""

_jobs = table("procrastinate_jobs", column("task_name"), column("status"))


async def ask_again(database: Database, now: datetime, *, late_after: timedelta = LATE_AFTER) -> int:
    """Put late deliveries and settlements into the queue again, and return how many; one process at a time."""
    async with database.transaction() as connection:
        if not await take_turn(connection, "sweep"):
            return 0
        late = now - late_after
        undelivered = await _undelivered(connection, late)
        for ticket_id in undelivered:
            await enqueue(connection, Task.DELIVER_TICKET, ticket_id=str(ticket_id))
        unsettled = await _unsettled(connection, late)
        for festival_id in unsettled:
            await enqueue(connection, Task.SETTLE_FESTIVAL, festival_id=str(festival_id))
    return len(undelivered) + len(unsettled)


async def _undelivered(connection: AsyncConnection, late: datetime) -> Sequence[object]:
    forgotten = (
        select(tickets.c.id)
        .where(tickets.c.delivered_at.is_(None), tickets.c.created_at < late)
        .where(~_under_way(Task.DELIVER_TICKET, "ticket_id", cast(tickets.c.id, String)))
        .order_by(tickets.c.id)
        .limit(AT_MOST)
    )
    return (await connection.scalars(forgotten)).all()


async def _unsettled(connection: AsyncConnection, late: datetime) -> Sequence[object]:
    settled = select(settlements.c.festival_id).where(settlements.c.festival_id == festivals.c.id).exists()
    forgotten = (
        select(festivals.c.id)
        .where(festivals.c.status == FestivalStatus.CLOSED, festivals.c.closed_at < late, ~settled)
        .where(~_under_way(Task.SETTLE_FESTIVAL, "festival_id", festivals.c.id))
        .order_by(festivals.c.id)
        .limit(AT_MOST)
    )
    return (await connection.scalars(forgotten)).all()


def _under_way(task: Task, argument: str, subject: ColumnElement[str]) -> ColumnElement[bool]:
    return (
        select(literal_column("1"))
        .select_from(_jobs)
        .where(_jobs.c.task_name == task.value, cast(_jobs.c.status, String).in_(("todo", "doing")))
        .where(literal_column(f"args ->> '{argument}'", String) == subject)
        .exists()
    )
