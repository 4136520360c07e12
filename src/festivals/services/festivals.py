"""Festivals: create, open, close, and how many people are inside."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import TypeAdapter

from festivals.domain.errors import Conflict, NotFound
from festivals.domain.festival import Festival, FestivalStatus
from festivals.services.caching import Cached
from festivals.services.clock import Clock, utc_now
from festivals.store import festivals as store
from festivals.store import tickets
from festivals.store.cache import Cache, CacheName
from festivals.store.database import Database
from festivals.store.jobs import Task, enqueue


class Festivals:
    """The use cases around a festival itself."""

    def __init__(self, database: Database, cache: Cache, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._festivals = Cached(cache, CacheName.FESTIVALS, TypeAdapter(Festival), seconds=30)
        self._inside = Cached(cache, CacheName.ATTENDANCE, TypeAdapter(int), seconds=1)

    async def create(self, festival_id: str, name: str, currency: str) -> Festival:
        """Plan a festival; raises Conflict where its id is taken."""
        festival = Festival(festival_id, name, currency, FestivalStatus.PLANNED, self._clock())
        async with self._database.transaction() as connection:
            if not await store.insert_festival(connection, festival):
                raise Conflict(f"festival {festival_id} exists")
        return festival

    async def get(self, festival_id: str) -> Festival:
        """Return a festival, up to 30 s old where the cache missed a change; raises NotFound."""

        async def load() -> Festival:
            async with self._database.reading() as connection:
                return _known(await store.find_festival(connection, festival_id), festival_id)

        return await self._festivals.read(festival_id, load)

    async def list(
        self, *, limit: int, after: str | None = None, status: FestivalStatus | None = None
    ) -> Sequence[Festival]:
        """Return festivals in the order of their ids."""
        async with self._database.reading() as connection:
            return await store.list_festivals(connection, limit=limit, after=after, status=status)

    async def open(self, festival_id: str) -> Festival:
        """Let money move and gates open; raises NotFound, Conflict."""
        return await self._change(festival_id, Festival.opened)

    async def close(self, festival_id: str) -> Festival:
        """Stop money and gates, and ask for the settlement; raises NotFound, Conflict."""
        return await self._change(festival_id, Festival.closed, task=Task.SETTLE_FESTIVAL)

    async def attendance(self, festival_id: str) -> int:
        """Return how many people are inside, up to a second old; raises NotFound."""

        async def load() -> int:
            async with self._database.reading() as connection:
                return await tickets.count_inside(connection, festival_id)

        await self.get(festival_id)
        return await self._inside.read(festival_id, load)

    async def _change(
        self, festival_id: str, change: Callable[[Festival, datetime], Festival], task: Task | None = None
    ) -> Festival:
        async with self._database.transaction() as connection:
            festival = _known(await store.lock_festival(connection, festival_id), festival_id)
            changed = change(festival, self._clock())
            await store.update_status(connection, changed)
            if task is not None:
                await enqueue(connection, task, festival_id=festival_id)
        await self._festivals.forget(festival_id)
        return changed


def _known(festival: Festival | None, festival_id: str) -> Festival:
    if festival is None:
        raise NotFound(f"no festival is called {festival_id}")
    return festival
