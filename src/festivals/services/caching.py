"""Cache-aside: read the cache, else the database, and remember what it said."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from festivals.store.cache import Cache, CacheName

T = TypeVar("T")


class Cached(Generic[T]):
    """Values of one type under one cache name; wrong for at most `seconds` when an invalidation gets lost."""

    def __init__(self, cache: Cache, name: CacheName, adapter: TypeAdapter[T], *, seconds: int) -> None:
        self._cache = cache
        self._name = name
        self._adapter = adapter
        self._seconds = seconds

    async def read(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """Return the cached value, else what `load` returns; what `load` raises is not cached."""
        found = await self._cache.get(self._name, key)
        if found is not None:
            try:
                return self._adapter.validate_json(found)
            except ValidationError:
                # Another release wrote it; it is overwritten now.
                pass
        value = await load()
        await self._cache.set(self._name, key, self._adapter.dump_json(value), seconds=self._seconds)
        return value

    async def forget(self, key: str) -> None:
        """Drop the value; call it after the commit that changed it."""
        await self._cache.delete(self._name, key)
