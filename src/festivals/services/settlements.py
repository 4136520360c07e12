"""Settlements: what a closed festival took and owes."""

from festivals.domain.errors import Conflict, NotFound
from festivals.domain.festival import FestivalStatus, Settlement
from festivals.domain.transaction import TransactionType
from festivals.services.clock import Clock, utc_now
from festivals.store import festivals as store
from festivals.store.database import Database


class Settlements:
    """Makes and shows settlements."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def get(self, festival_id: str) -> Settlement:
        """Return a festival's settlement; raises NotFound until there is one."""
        async with self._database.reading() as connection:
            settlement = await store.find_settlement(connection, festival_id)
        if settlement is None:
            raise NotFound(f"festival {festival_id} has no settlement; it gets one soon after it is closed")
        return settlement

    async def settle(self, festival_id: str) -> Settlement:
        """Settle a closed festival once, and return the settlement however often this is asked for.

        Waits until every transaction that saw the festival open has ended, so that none is missed. Raises
        NotFound, Conflict for one that is not closed, DatabaseUnavailable also where that wait takes too long:
        try again.
        """
        async with self._database.transaction() as connection:
            festival = await store.await_stillness(connection, festival_id)
            if festival is None:
                raise NotFound(f"no festival is called {festival_id}")
            if festival.status is not FestivalStatus.CLOSED:
                raise Conflict(f"festival {festival_id} is {festival.status}; only a closed one is settled")
            existing = await store.find_settlement(connection, festival_id)
            if existing is not None:
                return existing
            sums = await store.sum_by_type(connection, festival_id)
            settlement = Settlement(
                festival_id,
                top_ups_cents=sums.get(TransactionType.TOP_UP, (0, 0))[0],
                purchases_cents=sums.get(TransactionType.PURCHASE, (0, 0))[0],
                refunds_cents=sums.get(TransactionType.REFUND, (0, 0))[0],
                unspent_cents=await store.sum_of_balances(connection, festival_id),
                transactions=sum(number for _, number in sums.values()),
                settled_at=self._clock(),
            )
            await store.insert_settlement(connection, settlement)
        return settlement
