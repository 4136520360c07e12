"""Settlements: what a closed festival took and owes, once the worker has added it up."""

from festivals.domain.errors import NotFound
from festivals.domain.festival import Settlement
from festivals.store import festivals as store
from festivals.store.database import Database


class Settlements:
    """Shows settlements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, festival_id: str) -> Settlement:
        """Return a festival's settlement; raises NotFound until there is one."""
        async with self._database.reading() as connection:
            settlement = await store.find_settlement(connection, festival_id)
        if settlement is None:
            raise NotFound(f"festival {festival_id} has no settlement; it gets one soon after it is closed")
        return settlement
