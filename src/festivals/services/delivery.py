"""Delivering tickets to their holders."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from festivals.domain.errors import NotFound
from festivals.store.database import Database
from festivals.store.tickets import find_ticket, mark_delivered

_LOCK_WAIT = text("SET LOCAL lock_timeout = '1s'")


async def deliver(database: Database, ticket_id: UUID, now: datetime) -> bool:
    """Hand the ticket over, and tell whether this call did it; one that was delivered stays as it is.

    Raises NotFound, and DatabaseUnavailable also where somebody else holds the ticket for a second: come back
    later rather than keep a worker waiting.
    """
    async with database.transaction() as connection:
        await connection.execute(_LOCK_WAIT)
        if await mark_delivered(connection, ticket_id, now):
            return True
        if await find_ticket(connection, ticket_id) is None:
            raise NotFound(f"there is no ticket {ticket_id}")
        return False
