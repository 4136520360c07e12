"""Tickets: their types, issuing one, delivering it."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.errors import Conflict, NotFound
from festivals.domain.festival import FestivalStatus
from festivals.domain.identifiers import new_id, new_ticket_code
from festivals.domain.ticket import Ticket, TicketKind, TicketType
from festivals.services.caching import Cached
from festivals.services.clock import Clock, utc_now
from festivals.store import festivals
from festivals.store import tickets as store
from festivals.store.cache import Cache, CacheName
from festivals.store.database import Database
from festivals.store.jobs import Task, enqueue
from festivals.telemetry.business import BusinessMetrics


class Tickets:
    """The use cases around tickets, up to the gate."""

    def __init__(self, database: Database, cache: Cache, metrics: BusinessMetrics, clock: Clock = utc_now) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._types = Cached(cache, CacheName.TICKET_TYPES, TypeAdapter(list[TicketType]), seconds=30)

    async def add_type(
        self, festival_id: str, name: str, kind: TicketKind, price_cents: int, capacity: int
    ) -> TicketType:
        """Offer a type of ticket; raises NotFound, Conflict for a closed festival or a name it has already."""
        now = self._clock()
        ticket_type = TicketType(new_id(now), festival_id, name, kind, price_cents, capacity, 0, now)
        async with self._database.transaction() as connection:
            await _expect_not_closed(connection, festival_id)
            if not await store.insert_ticket_type(connection, ticket_type):
                raise Conflict(f"festival {festival_id} has a ticket type called {name}")
        await self._types.forget(festival_id)
        return ticket_type

    async def types(self, festival_id: str) -> Sequence[TicketType]:
        """Return a festival's ticket types; how many were issued may be 30 s old. Raises NotFound."""

        async def load() -> list[TicketType]:
            async with self._database.reading() as connection:
                if await festivals.find_festival(connection, festival_id) is None:
                    raise NotFound(f"no festival is called {festival_id}")
                return list(await store.list_ticket_types(connection, festival_id))

        return await self._types.read(festival_id, load)

    async def issue(self, festival_id: str, ticket_type_id: UUID, holder: str) -> Ticket:
        """Issue a ticket and ask for its delivery; raises NotFound, Conflict when sold out or closed."""
        now = self._clock()
        async with self._database.transaction() as connection:
            await _expect_not_closed(connection, festival_id)
            offered = await store.lock_ticket_type(connection, festival_id, ticket_type_id)
            if offered is None:
                raise NotFound(f"festival {festival_id} has no ticket type with the id {ticket_type_id}")
            if offered.sold_out:
                raise Conflict(f"ticket type {offered.name} is sold out")
            ticket = Ticket(
                new_id(now),
                festival_id,
                ticket_type_id,
                offered.kind,
                new_ticket_code(),
                holder,
                inside=False,
                entries=0,
                created_at=now,
                delivered_at=None,
            )
            await store.insert_ticket(connection, ticket)
            await enqueue(connection, Task.DELIVER_TICKET, ticket_id=str(ticket.id))
        self._metrics.ticket_issued(festival_id, ticket.kind)
        return ticket

    async def get(self, ticket_id: UUID) -> Ticket:
        """Return a ticket as it is now; raises NotFound."""
        async with self._database.reading() as connection:
            ticket = await store.find_ticket(connection, ticket_id)
        if ticket is None:
            raise NotFound(f"no ticket has the id {ticket_id}")
        return ticket


async def _expect_not_closed(connection: AsyncConnection, festival_id: str) -> None:
    status = await festivals.rely_on_status(connection, festival_id)
    if status is None:
        raise NotFound(f"no festival is called {festival_id}")
    if status is FestivalStatus.CLOSED:
        raise Conflict(f"festival {festival_id} is closed")
