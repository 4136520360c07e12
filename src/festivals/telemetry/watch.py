"""What is fed without the services' help: the database, the cache, and the cache's hit ratio."""

from collections.abc import Mapping
from typing import TypeVar

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from festivals.catalogue import cache, database
from steward.instrument import (
    CacheMetrics,
    Instruments,
    Samples,
    ScrapeReader,
    SqlMetrics,
    watch_engine,
    watch_redis,
)
from steward.model import Gauge

_SQL = SqlMetrics(
    queries=database.QUERIES,
    duration=database.QUERY_DURATION,
    errors=database.ERRORS,
    open=database.CONNECTIONS_OPEN,
    idle=database.CONNECTIONS_IDLE,
    in_use=database.CONNECTIONS_IN_USE,
)
_CACHE = CacheMetrics(
    hits=cache.HITS, misses=cache.MISSES, operations=cache.OPERATIONS, duration=cache.OPERATION_DURATION
)

CacheLabel = TypeVar("CacheLabel", bound=str)


def watch_database(engine: AsyncEngine, instruments: Instruments) -> None:
    """Count the statements and connections of `engine`."""
    watch_engine(engine, instruments, _SQL)


def watch_cache(clients: Mapping[CacheLabel, Redis], instruments: Instruments) -> None:
    """Count what each of `clients`, by its cache's name, does, and expose the share of reads that hit."""
    for name, client in clients.items():
        watch_redis(client, cache_name=str(name), instruments=instruments, metrics=_CACHE)
    instruments.at_scrape(hit_ratio(instruments))


def hit_ratio(instruments: Instruments) -> ScrapeReader:
    """Return a reader of the hit ratio over all processes, without the caches that nobody read yet."""

    async def read() -> Mapping[Gauge, Samples]:
        names = cache.CACHE.values or ()
        hits = {name: instruments.total(cache.HITS, cache_name=name) for name in names}
        reads = {name: hits[name] + instruments.total(cache.MISSES, cache_name=name) for name in names}
        return {cache.HIT_RATIO: {(name,): hits[name] / reads[name] for name in names if reads[name]}}

    return read
