"""The asyncpg hook on a real PostgreSQL."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from festivals.catalogue import database
from steward.instrument import Instruments, SqlMetrics
from steward.instrument.sql import asyncpg_hook, watch_asyncpg
from steward.model import OTHER
from steward.testing.servers import HOST, PostgresServer

pytestmark = pytest.mark.slow

METRICS = SqlMetrics(
    queries=database.QUERIES,
    duration=database.QUERY_DURATION,
    errors=database.ERRORS,
    open=database.CONNECTIONS_OPEN,
    idle=database.CONNECTIONS_IDLE,
    in_use=database.CONNECTIONS_IN_USE,
)


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(database.METRICS)


@pytest.fixture
async def url(postgres: PostgresServer) -> str:
    url = postgres.url("postgresql")
    connection = await asyncpg.connect(url)
    await connection.execute(
        """
        DROP TABLE IF EXISTS wallets, festivals;
        CREATE TABLE festivals (id int PRIMARY KEY);
        CREATE TABLE wallets (
            id int PRIMARY KEY,
            festival int REFERENCES festivals DEFERRABLE INITIALLY DEFERRED,
            balance int CHECK (balance >= 0)
        );
        INSERT INTO festivals VALUES (1);
        INSERT INTO wallets VALUES (1, 1, 10), (2, 1, 10);
        """
    )
    await connection.close()
    return url


@pytest.fixture
async def pool(url: str, instruments: Instruments) -> AsyncIterator[Any]:
    pool = asyncpg.create_pool(url, min_size=0, max_size=2)
    watch_asyncpg(pool, instruments, METRICS)
    async with pool:
        yield pool


async def _counted(instruments: Instruments) -> dict[tuple[str, str, str], int]:
    """Return (operation, table, status) -> queries."""
    body, _ = await instruments.expose()
    counted = {}
    for line in body.decode().splitlines():
        if line.startswith("festivals_db_queries_total") and not line.endswith(" 0.0"):
            labels = dict(part.split("=") for part in line[line.index("{") + 1 : line.index("}")].split(","))
            operation, table, status = (labels[name].strip('"') for name in ("operation", "table", "status"))
            counted[operation, table, status] = int(float(line.split()[-1]))
    return counted


def _errors(instruments: Instruments, operation: str, error_type: str) -> float:
    """Return the errors of a kind, and check that there are no others."""
    errors = instruments.total(database.ERRORS, operation=operation, error_type=error_type)
    assert instruments.total(database.ERRORS) == errors
    return errors


async def _gauges(instruments: Instruments) -> tuple[int, int, int]:
    """Return (open, idle, in use)."""
    await asyncio.sleep(0)  # asyncpg says in the next turn of the loop that a connection was closed
    body, _ = await instruments.expose()
    lines = [line.split() for line in body.decode().splitlines() if line.startswith("festivals_db_connections_")]
    found = {name.removeprefix("festivals_db_connections_"): int(float(value)) for name, value in lines}
    return found["open"], found["idle"], found["in_use"]


async def test_statements(instruments: Instruments, pool: Any) -> None:
    assert await pool.fetchval("SELECT balance FROM wallets WHERE id = $1", 1) == 10
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE wallets SET balance = 1")
        await connection.executemany("INSERT INTO festivals VALUES ($1)", [(2,), (3,)])
        async with connection.transaction():
            await connection.fetchrow("SELECT now()")

    assert await _counted(instruments) == {
        ("select", "wallets", "success"): 1,
        ("update", "wallets", "success"): 1,
        ("insert", "festivals", "success"): 1,
        ("select", OTHER, "success"): 1,
        (OTHER, OTHER, "success"): 2,  # SAVEPOINT and its RELEASE
    }
    assert instruments.total(database.ERRORS) == 0


async def test_a_savepoint_that_is_rolled_back(instruments: Instruments, pool: Any) -> None:
    async with pool.acquire() as connection, connection.transaction():
        with pytest.raises(ZeroDivisionError):
            async with connection.transaction():
                raise ZeroDivisionError

    assert await _counted(instruments) == {(OTHER, OTHER, "success"): 2}


@pytest.mark.parametrize(
    ("statement", "operation", "error_type"),
    [
        ("INSERT INTO wallets VALUES (1, 1, 0)", "insert", "integrity"),
        ("UPDATE wallets SET balance = 99999999999", "update", "data"),
        ("SELECT * FROM nowhere", "select", "other"),
        ("SELEKT", "other", "other"),
    ],
)
async def test_failures(
    instruments: Instruments, pool: Any, statement: str, operation: str, error_type: str
) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await pool.execute(statement)

    assert _errors(instruments, operation, error_type) == 1
    assert instruments.total(database.QUERIES, operation=operation, status="error") == 1
    assert instruments.total(database.QUERIES) == 1
    assert await _gauges(instruments) == (1, 1, 0)


async def test_timeouts(instruments: Instruments, pool: Any) -> None:
    async with pool.acquire() as connection:
        await connection.execute("SET statement_timeout = 10")
        with pytest.raises(asyncpg.QueryCanceledError):
            await connection.execute("SELECT pg_sleep(60)")
        await connection.execute("SET statement_timeout = 0")
        with pytest.raises(TimeoutError):
            await connection.execute("SELECT pg_sleep(60)", timeout=0.01)

    assert _errors(instruments, "select", "timeout") == 2


async def test_a_lock_that_is_not_free(instruments: Instruments, pool: Any) -> None:
    async with pool.acquire() as one, pool.acquire() as other, one.transaction():
        await one.execute("SELECT * FROM wallets FOR UPDATE")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await other.execute("SELECT * FROM wallets FOR UPDATE NOWAIT")

    assert _errors(instruments, "select", "timeout") == 1


async def test_a_commit_that_fails(instruments: Instruments, pool: Any) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with connection.transaction():
                await connection.execute("INSERT INTO wallets VALUES (9, 404, 0)")

    assert _errors(instruments, "other", "integrity") == 1
    assert await _counted(instruments) == {("insert", "wallets", "success"): 1}


async def test_a_cancelled_statement(instruments: Instruments, pool: Any) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await pool.execute("DELETE FROM festivals WHERE pg_sleep(60) IS NULL")

    assert await _counted(instruments) == {("delete", "festivals", "error"): 1}
    assert instruments.total(database.ERRORS) == 0, "not the database's fault"
    opened, idle, in_use = await _gauges(instruments)
    assert (opened, in_use) == (idle, 0)


async def test_a_server_that_is_not_there(instruments: Instruments) -> None:
    pool = asyncpg.create_pool(f"postgresql://postgres@{HOST}:1/postgres", min_size=1, max_size=1)
    watch_asyncpg(pool, instruments, METRICS)

    with pytest.raises(OSError, match=r"refused|failed"):
        await pool

    assert _errors(instruments, "other", "connection") == 1
    assert await _gauges(instruments) == (0, 0, 0)


async def test_the_gauges_follow_the_pool(instruments: Instruments, url: str) -> None:
    pool = asyncpg.create_pool(url, min_size=0, max_size=2)
    watch_asyncpg(pool, instruments, METRICS)
    await pool
    assert await _gauges(instruments) == (0, 0, 0)
    async with pool.acquire() as one:
        assert await _gauges(instruments) == (1, 0, 1)
        async with pool.acquire():
            assert await _gauges(instruments) == (2, 0, 2)
        assert await _gauges(instruments) == (2, 1, 1)
        await pool.release(one)
        assert await _gauges(instruments) == (2, 2, 0)
    await pool.close()
    assert await _gauges(instruments) == (0, 0, 0)


async def test_a_connection_that_goes_from_hand_to_hand(instruments: Instruments, url: str) -> None:
    async with asyncpg.create_pool(url, min_size=0, max_size=1) as pool:
        watch_asyncpg(pool, instruments, METRICS)
        held = await pool.acquire()
        waiting = asyncio.create_task(_take(pool))
        await asyncio.sleep(0)
        await pool.release(held)
        taken = await waiting
        while_out = await _gauges(instruments)
        await pool.release(taken)
        assert while_out == (1, 0, 1)
        assert await _gauges(instruments) == (1, 1, 0)


async def _take(pool: Any) -> Any:
    return await pool.acquire()


async def test_a_wait_in_vain_is_a_timeout(instruments: Instruments, pool: Any) -> None:
    async with pool.acquire(), pool.acquire():
        with pytest.raises(TimeoutError):
            await pool.acquire(timeout=0.01)

    assert _errors(instruments, "other", "timeout") == 1
    assert await _gauges(instruments) == (2, 2, 0)


async def test_a_connection_that_takes_too_long_is_one_timeout(instruments: Instruments) -> None:
    accepted: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(lambda _reader, writer: accepted.append(writer), HOST, 0) as silent:
        url = f"postgresql://postgres@{HOST}:{silent.sockets[0].getsockname()[1]}/postgres"
        pool = asyncpg.create_pool(url, min_size=0, max_size=1, timeout=0.05)
        watch_asyncpg(pool, instruments, METRICS)
        async with pool:
            with pytest.raises(TimeoutError):
                await pool.acquire(timeout=10)
        for writer in accepted:
            writer.close()
            await writer.wait_closed()

    assert _errors(instruments, "other", "timeout") == 1


async def test_a_killed_backend_is_a_lost_connection(instruments: Instruments, pool: Any) -> None:
    async with pool.acquire() as victim, pool.acquire() as killer:
        backend = victim.get_server_pid()
        asleep = asyncio.create_task(_sleep(victim))
        sleeps = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'"
        async with asyncio.timeout(10):
            while not await killer.fetchval(sleeps, backend):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)
        await killer.execute("SELECT pg_terminate_backend($1)", backend)
        with pytest.raises((asyncpg.AdminShutdownError, asyncpg.PostgresConnectionError)):
            await asleep

    assert _errors(instruments, "select", "connection") == 1
    assert await _gauges(instruments) == (1, 1, 0)


async def _sleep(connection: Any) -> None:
    await connection.execute("SELECT pg_sleep(60)")


async def test_a_connection_that_the_server_closed_while_idle(
    instruments: Instruments, url: str, pool: Any
) -> None:
    async with pool.acquire() as connection:
        backend = connection.get_server_pid()
    killer = await asyncpg.connect(url)
    await killer.execute("SELECT pg_terminate_backend($1)", backend)
    await killer.close()
    async with asyncio.timeout(10):
        while pool.get_size():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)

    async with pool.acquire() as connection:
        del connection
        gc.collect()
        assert await _gauges(instruments) == (1, 0, 1)


async def test_a_pool_that_is_in_use_already(instruments: Instruments, url: str) -> None:
    async with asyncpg.create_pool(url, min_size=2, max_size=3) as pool, pool.acquire() as held:
        watch_asyncpg(pool, instruments, METRICS)
        assert await _gauges(instruments) == (2, 1, 1)
        await held.execute("SELECT * FROM wallets")
        async with pool.acquire() as idle, pool.acquire() as new:
            await idle.execute("SELECT * FROM wallets")
            await new.execute("SELECT * FROM wallets")
            assert await _gauges(instruments) == (3, 0, 3)
        await pool.expire_connections()
        await pool.execute("SELECT * FROM wallets")
        assert await _counted(instruments) == {("select", "wallets", "success"): 4}
    assert await _gauges(instruments) == (0, 0, 0)


async def test_a_connection_of_no_pool(instruments: Instruments, url: str) -> None:
    connection = await asyncpg.connect(url)
    watch_asyncpg(connection, instruments, METRICS)
    await connection.execute("SELECT * FROM wallets")
    assert await _gauges(instruments) == (1, 0, 1)
    await connection.close()

    assert await _counted(instruments) == {("select", "wallets", "success"): 1}
    assert await _gauges(instruments) == (0, 0, 0)


async def test_a_connection_that_ends_without_a_word(instruments: Instruments, pool: Any) -> None:
    async with pool.acquire() as connection:
        driver = connection._con
    driver._abort()
    del driver
    async with pool.acquire():
        gc.collect()
        while_out = await _gauges(instruments)

    assert while_out == (1, 0, 1)


async def test_a_connection_that_is_closed_while_it_is_handed_out(instruments: Instruments, url: str) -> None:
    async def close(connection: Any) -> None:
        await connection.close()
        await asyncio.sleep(0)

    pool = asyncpg.create_pool(url, min_size=0, max_size=1, setup=close)
    watch_asyncpg(pool, instruments, METRICS)
    await pool
    await pool.acquire()

    assert await _gauges(instruments) == (0, 0, 0)
    pool.terminate()


async def test_several_watch_one_pool(instruments: Instruments, pool: Any) -> None:
    others = Instruments(database.METRICS)
    watch_asyncpg(pool, others, METRICS)
    await pool.execute("SELECT * FROM wallets")

    for each in (instruments, others):
        assert await _counted(each) == {("select", "wallets", "success"): 1}
        assert await _gauges(each) == (1, 1, 0)


async def test_what_cannot_be_watched(
    instruments: Instruments, pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(TypeError, match=r"not asyncpg\.pool\.PoolConnectionProxy"):
            watch_asyncpg(connection, instruments, METRICS)
    monkeypatch.setattr(asyncpg_hook, "_NEEDED", ("_hand_out",))
    with pytest.raises(TypeError, match=r"no _hand_out, .* such as 0\.32"):
        watch_asyncpg(pool, instruments, METRICS)


async def test_a_failure_of_the_accounting_does_not_reach_the_statement(
    instruments: Instruments, pool: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("broken")

    monkeypatch.setattr("steward.instrument.sql.account.of_text", broken)
    for _ in range(2):
        assert await pool.fetchval("SELECT 7") == 7

    assert [record.message for record in caplog.records] == ["a statement could not be counted"]
