"""The redis-py hook on a real Redis, by a client that blocks and by one that is awaited."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Any

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError, WatchError
from redis.retry import Retry

from festivals.catalogue import cache
from steward.instrument import CacheMetrics, Instruments, watch_redis
from steward.model import OTHER
from steward.testing.servers import RedisServer

pytestmark = pytest.mark.slow

Exposed = Callable[[Instruments], Awaitable[list[str]]]
Connect = Callable[[str], Any]

METRICS = CacheMetrics(
    hits=cache.HITS, misses=cache.MISSES, operations=cache.OPERATIONS, duration=cache.OPERATION_DURATION
)


class _Done:
    """What an asynchronous client would give to await, of a call that is over."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[None, None, Any]:
        return self._value
        yield


class _Spoken:
    """A blocking client, or a pipeline of one, that is spoken to as an asynchronous one."""

    def __init__(self, blocking: Any) -> None:
        self._blocking = blocking

    async def __aenter__(self) -> "_Spoken":
        self._blocking.__enter__()
        return self

    async def __aexit__(self, *raised: object) -> None:
        self._blocking.__exit__(*raised)

    def pipeline(self, **options: Any) -> "_Spoken":
        return _Spoken(self._blocking.pipeline(**options))

    def __getattr__(self, name: str) -> Callable[..., _Done]:
        method = getattr(self._blocking, name)
        return lambda *arguments, **options: _Done(method(*arguments, **options))


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(cache.METRICS)


@pytest.fixture(params=["awaited", "blocking"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def connect(redis: RedisServer, instruments: Instruments, way: str) -> AsyncIterator[Connect]:
    """Return a function that gives a watched client for a cache's name; they share a connection pool."""
    asynchronous = AsyncRedis.from_url(redis.url(), retry=AsyncRetry(NoBackoff(), 0), decode_responses=True)
    blocking = Redis.from_url(redis.url(), retry=Retry(NoBackoff(), 0), decode_responses=True)

    def watched(name: str) -> Any:
        if way == "awaited":
            client = AsyncRedis(connection_pool=asynchronous.connection_pool)
            return watch_redis(client, cache_name=name, instruments=instruments, metrics=METRICS)
        client_ = Redis(connection_pool=blocking.connection_pool)
        return _Spoken(watch_redis(client_, cache_name=name, instruments=instruments, metrics=METRICS))

    yield watched
    await asynchronous.aclose()
    blocking.close()


@pytest.fixture
def client(connect: Connect) -> Any:
    return connect("festivals")


def _counted(instruments: Instruments) -> tuple[float, float, dict[str, float]]:
    """Return (hits, misses, {operation status: commands})."""
    commands = {
        f"{operation} {status}": instruments.total(cache.OPERATIONS, operation=operation, status=status)
        for operation in ("get", "set", "delete", OTHER)
        for status in ("success", "error")
    }
    counted = {name: number for name, number in commands.items() if number}
    return instruments.total(cache.HITS), instruments.total(cache.MISSES), counted


async def test_reads_are_hits_or_misses(instruments: Instruments, client: Any) -> None:
    assert await client.get("a") is None
    assert await client.set("a", "1") is True
    assert await client.get("a") == "1"
    await client.set("empty", "")
    assert await client.get("empty") == ""

    assert _counted(instruments) == (2, 1, {"get success": 3, "set success": 2})


async def test_mget_counts_each_key(instruments: Instruments, client: Any) -> None:
    await client.mset({"a": "1", "b": "2"})

    assert await client.mget("a", "b", "c", "d", "e") == ["1", "2", None, None, None]

    assert _counted(instruments) == (2, 3, {"get success": 1, "set success": 1})


async def test_the_family_of_each_operation(instruments: Instruments, client: Any) -> None:
    await client.execute_command("SETEX", "a", 10, "1")
    await client.execute_command("PSETEX", "a", 10_000, "1")
    await client.set("a", "2", ex=10, nx=True)
    await client.getex("a", ex=20)
    await client.delete("a", "b")
    await client.unlink("a")
    await client.execute_command("get", "a")

    assert _counted(instruments) == (1, 1, {"get success": 2, "set success": 3, "delete success": 2})


async def test_other_commands_are_not_counted(instruments: Instruments, client: Any, exposed: Exposed) -> None:
    await client.ping()
    await client.incr("n")
    await client.hset("h", "field", "1")
    await client.expire("n", 10)

    assert _counted(instruments) == (0, 0, {})
    assert not [line for line in await exposed(instruments) if "count" in line]


async def test_an_error_is_counted_and_raised(instruments: Instruments, client: Any) -> None:
    await client.hset("h", "field", "1")

    with pytest.raises(ResponseError):
        await client.get("h")

    assert _counted(instruments) == (0, 0, {"get error": 1})


async def test_durations_are_of_the_cache(instruments: Instruments, client: Any, exposed: Exposed) -> None:
    await client.get("a")
    await client.set("a", "1")

    lines = await exposed(instruments)
    for operation in ("get", "set"):
        labels = f'{{cache_name="festivals",operation="{operation}"}}'
        assert f"festivals_cache_operation_duration_seconds_count{labels} 1.0" in lines


@pytest.mark.parametrize("transaction", [True, False])
async def test_a_pipeline(instruments: Instruments, client: Any, exposed: Exposed, *, transaction: bool) -> None:
    async with client.pipeline(transaction=transaction) as pipeline:
        pipeline.set("a", "1")
        pipeline.get("a")
        pipeline.get("b")
        pipeline.mget("a", "b")
        pipeline.incr("n")
        pipeline.delete("a")
        replies = await pipeline.execute()

    assert replies == [True, "1", None, ["1", None], 1, 1]
    assert _counted(instruments) == (2, 2, {"get success": 3, "set success": 1, "delete success": 1})
    assert (
        'festivals_cache_operation_duration_seconds_count{cache_name="festivals",operation="get"} 1.0'
        in await exposed(instruments)
    )


@pytest.mark.parametrize("transaction", [True, False])
async def test_a_pipeline_with_an_error_in_it(instruments: Instruments, client: Any, *, transaction: bool) -> None:
    await client.hset("h", "field", "1")
    for raise_on_error in (True, False):
        async with client.pipeline(transaction=transaction) as pipeline:
            pipeline.set("a", "1")
            pipeline.get("h")
            pipeline.get("a")
            if raise_on_error:
                with pytest.raises(ResponseError, match=r"Command # 2 \(GET h\)"):
                    await pipeline.execute()
            else:
                replies = await pipeline.execute(raise_on_error=False)
                assert replies[0] is True
                assert isinstance(replies[1], ResponseError)
                assert replies[2] == "1"

    assert _counted(instruments) == (2, 0, {"get success": 2, "get error": 2, "set success": 2})


async def test_an_empty_pipeline(instruments: Instruments, client: Any) -> None:
    async with client.pipeline() as pipeline:
        assert await pipeline.execute() == []

    assert _counted(instruments) == (0, 0, {})


async def test_a_watched_transaction(instruments: Instruments, client: Any) -> None:
    await client.set("a", "1")
    async with client.pipeline() as pipeline:
        await pipeline.watch("a")
        assert await pipeline.get("a") == "1"
        await client.set("a", "2")
        pipeline.multi()
        pipeline.set("a", "3")
        with pytest.raises(WatchError):
            await pipeline.execute()

    assert _counted(instruments) == (1, 0, {"get success": 1, "set success": 2, "set error": 1})


async def test_a_server_that_is_gone(redis: RedisServer, instruments: Instruments, client: Any) -> None:
    await client.set("a", "1")
    os.kill(redis.pid, signal.SIGKILL)

    with pytest.raises(RedisConnectionError):
        await client.get("a")
    async with client.pipeline() as pipeline:
        pipeline.get("a")
        pipeline.delete("a")
        with pytest.raises(RedisConnectionError):
            await pipeline.execute()

    assert _counted(instruments) == (0, 0, {"set success": 1, "get error": 2, "delete error": 1})


@pytest.mark.parametrize("way", ["awaited"], indirect=True)
async def test_a_cancelled_command_is_an_error(redis: RedisServer, instruments: Instruments, client: Any) -> None:
    await client.ping()
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.get("a")
    finally:
        os.kill(redis.pid, signal.SIGCONT)

    assert _counted(instruments) == (0, 0, {"get error": 1})


async def test_clients_of_one_server_are_told_apart(instruments: Instruments, connect: Connect) -> None:
    one, other = connect("festivals"), connect("attendance")
    await one.get("a")
    await other.get("a")
    await other.get("b")

    assert instruments.total(cache.MISSES, cache_name="festivals") == 1
    assert instruments.total(cache.MISSES, cache_name="attendance") == 2


async def test_a_failure_of_the_accounting_does_not_reach_the_command(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("broken")

    monkeypatch.setattr("steward.instrument.cache.account.Account._count", broken)

    for _ in range(2):
        assert await client.set("a", "1") is True
    assert [record.message for record in caplog.records] == ["a cache command could not be counted"]


def test_a_cluster_is_refused(instruments: Instruments) -> None:
    cluster: Any = RedisCluster.__new__(RedisCluster)

    with pytest.raises(TypeError, match=r"redis\.cluster\.RedisCluster cannot be watched"):
        watch_redis(cluster, cache_name="festivals", instruments=instruments, metrics=METRICS)
