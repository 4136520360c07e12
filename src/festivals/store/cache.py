"""The cache in Redis: quick to answer or not asked at all, and never needed.

A Redis that fails is left alone for a second, so that its timeouts slow one request a second and not every one.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from festivals.settings import CacheSettings

_ANSWER_SECONDS = 0.1
_REST_SECONDS = 1.0
_CONNECTIONS = 20


class CacheName(StrEnum):
    """What is cached, each counted apart; never money."""

    FESTIVALS = "festivals"
    TICKET_TYPES = "ticket_types"
    ATTENDANCE = "attendance"


class Cache:
    """Bytes by name and key, as long as Redis is well; a miss when it is not."""

    def __init__(self, clients: Mapping[CacheName, Redis], failed: Callable[[str], None]) -> None:
        """Take a client for each name, and what to tell of an operation (`get`, `set`, `delete`) that failed."""
        self._clients = clients
        self._failed = failed
        self._rests_until = 0.0

    async def get(self, name: CacheName, key: str) -> bytes | None:
        """Return what was set, or None."""
        found: bytes | None = await self._ask("get", self._clients[name].get, _key(name, key))
        return found

    async def set(self, name: CacheName, key: str, value: bytes, *, seconds: int) -> None:
        """Keep `value` for so long."""
        await self._ask("set", self._clients[name].set, _key(name, key), value, ex=seconds)

    async def delete(self, name: CacheName, key: str) -> None:
        """Forget what was set; where Redis does not answer, its time does that."""
        await self._ask("delete", self._clients[name].delete, _key(name, key))

    async def ping(self) -> None:
        """Ask whether Redis answers; raises RedisError or OSError."""
        await self._any_client().ping()

    async def close(self) -> None:
        """Close every connection."""
        await self._any_client().connection_pool.disconnect()

    def _any_client(self) -> Redis:
        # They share one pool.
        return next(iter(self._clients.values()))

    async def _ask(
        self, operation: str, command: Callable[..., Awaitable[Any]], *arguments: object, **options: object
    ) -> Any:  # noqa: ANN401 - whatever the command replies
        if time.monotonic() < self._rests_until:
            return None
        try:
            return await command(*arguments, **options)
        except (RedisError, OSError):
            self._rests_until = time.monotonic() + _REST_SECONDS
            self._failed(operation)
            return None


def clients(settings: CacheSettings) -> dict[CacheName, Redis]:
    """Return a client for each name, all on one pool; connections are opened when they are first needed."""
    pool = BlockingConnectionPool(
        host=settings.address.host,
        port=settings.address.port,
        password=settings.password,
        max_connections=_CONNECTIONS,
        timeout=_ANSWER_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
        socket_connect_timeout=_ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return {name: Redis(connection_pool=pool) for name in CacheName}


def _key(name: CacheName, key: str) -> str:
    return f"festivals:{name}:{key}"
