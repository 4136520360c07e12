"""Statements on ticket types, tickets and scans."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.ticket import Scan, Ticket, TicketType
from festivals.store.rows import columns_of, row_of
from festivals.store.tables import scans, ticket_types, tickets

_TYPE = columns_of(TicketType, ticket_types)
_TICKET = columns_of(Ticket, tickets, ticket_types)

_INSERT_TYPE = (
    insert(ticket_types)
    .on_conflict_do_nothing(index_elements=[ticket_types.c.festival_id, ticket_types.c.name])
    .returning(ticket_types.c.id)
)
_LOCKED_TYPE = (
    select(*_TYPE)
    .where(ticket_types.c.id == bindparam("id"), ticket_types.c.festival_id == bindparam("festival_id"))
    .with_for_update(key_share=True)
)
_COUNT_ISSUED = (
    update(ticket_types).where(ticket_types.c.id == bindparam("type_id")).values(issued=ticket_types.c.issued + 1)
)
_INSERT_TICKET = plain_insert(tickets)
_JOINED = select(*_TICKET).join(ticket_types, ticket_types.c.id == tickets.c.ticket_type_id)
_TICKET_BY_ID = _JOINED.where(tickets.c.id == bindparam("id"))
_LOCKED_BY_CODE = _JOINED.where(
    tickets.c.code == bindparam("code"), tickets.c.festival_id == bindparam("festival_id")
).with_for_update(of=tickets, key_share=True)
_PASSED = (
    update(tickets)
    .where(tickets.c.id == bindparam("ticket_id"))
    .values(inside=bindparam("now_inside"), entries=bindparam("now_entries"))
)
_DELIVERED = (
    update(tickets)
    .where(tickets.c.id == bindparam("ticket_id"), tickets.c.delivered_at.is_(None))
    .values(delivered_at=bindparam("now"))
)
_INSERT_SCAN = plain_insert(scans)
_INSIDE = select(func.count()).where(tickets.c.festival_id == bindparam("id"), tickets.c.inside)


async def insert_ticket_type(connection: AsyncConnection, ticket_type: TicketType) -> bool:
    """Add `ticket_type`; False where its festival has one of this name."""
    return (await connection.execute(_INSERT_TYPE, row_of(ticket_type))).first() is not None


async def list_ticket_types(connection: AsyncConnection, festival_id: str) -> Sequence[TicketType]:
    """Read a festival's ticket types in the order they were added."""
    statement = select(*_TYPE).where(ticket_types.c.festival_id == festival_id).order_by(ticket_types.c.id)
    return [TicketType(*row) for row in await connection.execute(statement)]


async def lock_ticket_type(
    connection: AsyncConnection, festival_id: str, ticket_type_id: UUID
) -> TicketType | None:
    """Read a ticket type of this festival and keep others from issuing tickets of it."""
    values = {"id": ticket_type_id, "festival_id": festival_id}
    row = (await connection.execute(_LOCKED_TYPE, values)).first()
    return None if row is None else TicketType(*row)


async def insert_ticket(connection: AsyncConnection, ticket: Ticket) -> None:
    """Add `ticket` and count it in its locked type."""
    row = row_of(ticket)
    del row["kind"]
    await connection.execute(_COUNT_ISSUED, {"type_id": ticket.ticket_type_id})
    await connection.execute(_INSERT_TICKET, row)


async def find_ticket(connection: AsyncConnection, ticket_id: UUID) -> Ticket | None:
    """Read a ticket."""
    return _ticket((await connection.execute(_TICKET_BY_ID, {"id": ticket_id})).first())


async def lock_ticket_by_code(connection: AsyncConnection, festival_id: str, code: str) -> Ticket | None:
    """Read a ticket of this festival by its code and keep other gates from it."""
    return _ticket((await connection.execute(_LOCKED_BY_CODE, {"code": code, "festival_id": festival_id})).first())


async def update_presence(connection: AsyncConnection, ticket: Ticket) -> None:
    """Write whether the holder of `ticket` is inside."""
    values = {"ticket_id": ticket.id, "now_inside": ticket.inside, "now_entries": ticket.entries}
    await connection.execute(_PASSED, values)


async def mark_delivered(connection: AsyncConnection, ticket_id: UUID, now: datetime) -> bool:
    """Note that a ticket was delivered; False where it was before, or is none."""
    return (await connection.execute(_DELIVERED, {"ticket_id": ticket_id, "now": now})).rowcount == 1


async def insert_scan(connection: AsyncConnection, scan: Scan) -> None:
    """Add `scan`."""
    await connection.execute(_INSERT_SCAN, row_of(scan))


async def count_inside(connection: AsyncConnection, festival_id: str) -> int:
    """Return how many people are inside."""
    return int(await connection.scalar(_INSIDE, {"id": festival_id}) or 0)


def _ticket(row: Row[*tuple[Any, ...]] | None) -> Ticket | None:
    return None if row is None else Ticket(*row)
