"""The SQLAlchemy hook on a real PostgreSQL, asynchronously, by both ways to time statements and two drivers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg  # type: ignore[import-untyped]
import pytest
from psycopg import AsyncConnection as AsyncPsycopgConnection
from sqlalchemy import CheckConstraint, ForeignKey, Integer, exc, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

from festivals.catalogue import database
from steward.instrument import Instruments, SqlMetrics, watch_engine
from steward.instrument.sql import dialect
from steward.testing.servers import HOST, PostgresServer

pytestmark = pytest.mark.slow

Exposed = Callable[[Instruments], Awaitable[list[str]]]

METRICS = SqlMetrics(
    queries=database.QUERIES,
    duration=database.QUERY_DURATION,
    errors=database.ERRORS,
    open=database.CONNECTIONS_OPEN,
    idle=database.CONNECTIONS_IDLE,
    in_use=database.CONNECTIONS_IN_USE,
)


class Base(DeclarativeBase):
    pass


class Festival(Base):
    __tablename__ = "festivals"
    id: Mapped[int] = mapped_column(primary_key=True)
    wallets: Mapped[list["Wallet"]] = relationship()


class Wallet(Base):
    __tablename__ = "wallets"
    __table_args__ = (CheckConstraint("balance >= 0"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey(Festival.id, deferrable=True, initially="DEFERRED"))
    balance: Mapped[int] = mapped_column(Integer, default=0)


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(database.METRICS)


@pytest.fixture(params=["psycopg", "psycopg by events", "asyncpg"])
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name, _, by_events = str(request.param).partition(" ")
    if by_events:
        monkeypatch.setattr(dialect, "can_be_wrapped", lambda _engine: False)
    return name


@pytest.fixture
def url(postgres: PostgresServer, driver: str) -> str:
    return postgres.url(f"postgresql+{driver}")


@pytest.fixture
async def engine(url: str, instruments: Instruments) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url, pool_size=2, max_overflow=0, pool_timeout=0.05)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(Festival.__table__.insert(), [{"id": 1}])  # type: ignore[attr-defined]
        await connection.execute(
            Wallet.__table__.insert(),  # type: ignore[attr-defined]
            [{"festival_id": 1, "balance": 10} for _ in range(2)],
        )
    await engine.dispose()
    watch_engine(engine, instruments, METRICS)
    yield engine
    await engine.dispose()


async def _queries(instruments: Instruments, exposed: Exposed) -> dict[tuple[str, str, str], float]:
    counted = {}
    for line in await exposed(instruments):
        if line.startswith("festivals_db_queries_total"):
            labels = dict(part.split("=") for part in line[line.index("{") + 1 : line.index("}")].split(","))
            operation, table, status = (labels[name].strip('"') for name in ("operation", "table", "status"))
            counted[operation, table, status] = float(line.split()[-1])
    return counted


async def _gauges(instruments: Instruments) -> tuple[int, int, int]:
    """Return (open, idle, in use)."""
    body, _ = await instruments.expose()
    found = {}
    for line in body.decode().splitlines():
        if line.startswith("festivals_db_connections_"):
            name, value = line.split()
            found[name.removeprefix("festivals_db_connections_")] = int(float(value))
    return found["open"], found["idle"], found["in_use"]


async def test_the_orm(instruments: Instruments, engine: AsyncEngine, exposed: Exposed) -> None:
    async with AsyncSession(engine) as session, session.begin():
        festival = (await session.scalars(select(Festival).options(selectinload(Festival.wallets)))).one()
        festival.wallets[0].balance += 5
        session.add_all([Wallet(festival_id=1), Wallet(festival_id=1), Wallet(festival_id=1)])
        await session.flush()
        await session.delete(festival.wallets[1])
    async with AsyncSession(engine) as session:
        await session.scalar(select(func.count()).select_from(Wallet))
        await session.execute(text("SELECT 1 FROM wallets JOIN festivals ON true"))
        await session.execute(text("SELECT now()"))

    assert await _queries(instruments, exposed) == {
        ("select", "festivals", "success"): 1,
        ("select", "wallets", "success"): 3,
        ("update", "wallets", "success"): 1,
        ("insert", "wallets", "success"): 1,
        ("delete", "wallets", "success"): 1,
        ("select", "other", "success"): 1,
    }
    assert instruments.total(database.ERRORS) == 0


async def test_many_lengths_of_one_statement_are_one_series(
    instruments: Instruments, engine: AsyncEngine, exposed: Exposed
) -> None:
    async with engine.connect() as connection:
        for size in range(1, 30):
            await connection.execute(select(Wallet).where(Wallet.id.in_(range(size))))

    assert await _queries(instruments, exposed) == {("select", "wallets", "success"): 29}


async def test_what_sqlalchemy_asks_the_server_is_not_counted(
    url: str, instruments: Instruments, exposed: Exposed
) -> None:
    engine = create_async_engine(url)
    watch_engine(engine, instruments, METRICS)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT now()"))
    await engine.dispose()

    assert await _queries(instruments, exposed) == {("select", "other", "success"): 1}


async def test_a_cursor_on_the_server(instruments: Instruments, engine: AsyncEngine, exposed: Exposed) -> None:
    async with engine.connect() as connection:
        found = [row async for row in await connection.stream(select(Wallet.id))]

    assert len(found) == 2
    assert await _queries(instruments, exposed) == {("select", "wallets", "success"): 1}


async def test_a_driver_that_is_awaited_is_timed_until_it_answers(
    instruments: Instruments, engine: AsyncEngine, exposed: Exposed
) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_sleep(0.05)"))

    (line,) = [line for line in await exposed(instruments) if "duration_seconds_sum" in line]
    assert float(line.split()[-1]) >= 0.05


FAILURES = [
    ("INSERT INTO wallets VALUES (1, 1, 0)", "insert", "integrity"),
    ("UPDATE wallets SET balance = -1", "update", "integrity"),
    ("UPDATE wallets SET balance = 99999999999", "update", "data"),
    ("SELECT 1/0 FROM wallets", "select", "data"),
    ("SELECT * FROM nowhere", "select", "other"),
    ("SELEKT", "other", "other"),
]


@pytest.mark.parametrize(("statement", "operation", "error_type"), FAILURES)
async def test_failures(
    instruments: Instruments, engine: AsyncEngine, statement: str, operation: str, error_type: str
) -> None:
    async with engine.connect() as connection:
        with pytest.raises(exc.DBAPIError):
            await connection.execute(text(statement))

    assert instruments.total(database.ERRORS) == 1
    assert instruments.total(database.ERRORS, operation=operation, error_type=error_type) == 1
    assert instruments.total(database.QUERIES, operation=operation, status="error") == 1
    assert await _gauges(instruments) == (1, 1, 0)


async def test_a_statement_timeout(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SET statement_timeout = 10"))
        with pytest.raises(exc.DBAPIError):
            await connection.execute(text("SELECT pg_sleep(60)"))

    assert instruments.total(database.ERRORS, operation="select", error_type="timeout") == 1


async def test_a_lock_that_is_not_free(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect() as one, engine.connect() as other:
        await one.execute(select(Wallet).with_for_update())
        with pytest.raises(exc.DBAPIError):
            await other.execute(select(Wallet).with_for_update(nowait=True))

    assert instruments.total(database.ERRORS, operation="select", error_type="timeout") == 1


async def _lock(connection: AsyncConnection, wallet: int) -> None:
    await connection.execute(select(Wallet).where(Wallet.id == wallet).with_for_update())


async def test_a_deadlock(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            await connection.execute(text("SET deadlock_timeout = 10"))
        await _lock(one, 1)
        await _lock(other, 2)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_ends(one, 2)), group.create_task(_ends(other, 1))]

    assert sorted(task.result() for task in tasks) == [False, True]
    assert instruments.total(database.ERRORS, operation="select", error_type="deadlock") == 1


async def _ends(connection: AsyncConnection, wallet: int) -> bool:
    try:
        await _lock(connection, wallet)
    except exc.DBAPIError:
        await connection.rollback()
        return False
    await connection.rollback()
    return True


async def test_a_serialization_failure(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            await connection.execution_options(isolation_level="REPEATABLE READ")
            await connection.execute(select(Wallet))
        await one.execute(text("UPDATE wallets SET balance = 1"))
        await one.commit()
        with pytest.raises(exc.DBAPIError):
            await other.execute(text("UPDATE wallets SET balance = 2"))

    assert instruments.total(database.ERRORS, operation="update", error_type="serialization") == 1


async def test_a_commit_that_fails(instruments: Instruments, engine: AsyncEngine, exposed: Exposed) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("INSERT INTO wallets VALUES (9, 404, 0)"))
        with pytest.raises(exc.IntegrityError):
            await connection.commit()

    assert instruments.total(database.ERRORS, operation="other", error_type="integrity") == 1
    assert await _queries(instruments, exposed) == {("insert", "wallets", "success"): 1}


async def test_a_cancelled_statement(
    postgres: PostgresServer, instruments: Instruments, engine: AsyncEngine, exposed: Exposed
) -> None:
    async def sleep() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("DELETE FROM festivals WHERE pg_sleep(60) IS NULL"))

    task = asyncio.create_task(sleep())
    await _until_asleep(postgres)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await _queries(instruments, exposed) == {("delete", "festivals", "error"): 1}
    assert instruments.total(database.ERRORS) == 0, "not the database's fault"
    opened, idle, in_use = await _gauges(instruments)
    assert (opened, in_use) == (idle, 0)


async def _until_asleep(postgres: PostgresServer) -> None:
    """Wait until another connection of the server runs pg_sleep."""
    sleepers = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    async with (
        asyncio.timeout(10),
        await AsyncPsycopgConnection.connect(postgres.url("postgresql"), autocommit=True) as observer,
    ):
        while await (await observer.execute(sleepers)).fetchone() == (0,):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)


async def test_a_server_that_is_not_there(instruments: Instruments, driver: str) -> None:
    engine = create_async_engine(f"postgresql+{driver}://postgres@{HOST}:1/postgres")
    watch_engine(engine, instruments, METRICS)

    with pytest.raises((exc.DBAPIError, OSError)):
        await engine.connect()

    assert instruments.total(database.ERRORS, operation="other", error_type="connection") == 1
    assert await _gauges(instruments) == (0, 0, 0)


async def test_the_gauges_follow_the_pool(instruments: Instruments, engine: AsyncEngine) -> None:
    assert await _gauges(instruments) == (0, 0, 0)
    async with engine.connect() as one:
        await one.execute(select(Wallet))
        assert await _gauges(instruments) == (1, 0, 1)
        async with engine.connect() as other:
            await other.execute(select(Wallet))
            assert await _gauges(instruments) == (2, 0, 2)
        assert await _gauges(instruments) == (2, 1, 1)
    assert await _gauges(instruments) == (2, 2, 0)

    await engine.dispose()
    assert await _gauges(instruments) == (0, 0, 0)


async def test_a_wait_in_vain_is_a_timeout(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect(), engine.connect():
        with pytest.raises(exc.TimeoutError):
            await engine.connect()

    assert instruments.total(database.ERRORS, operation="other", error_type="timeout") == 1
    assert await _gauges(instruments) == (2, 2, 0)


async def test_an_invalidated_connection_is_not_open(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.invalidate()
        assert await _gauges(instruments) == (0, 0, 0)
    assert await _gauges(instruments) == (0, 0, 0)
    async with engine.connect():
        assert await _gauges(instruments) == (1, 0, 1)


async def test_a_killed_backend_is_a_lost_connection(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect() as victim, engine.connect() as killer:
        backend = await victim.scalar(text("SELECT pg_backend_pid()"))
        await killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
        with pytest.raises(exc.DBAPIError):
            await victim.execute(select(Wallet))
        assert await _gauges(instruments) == (1, 0, 1)

    assert instruments.total(database.ERRORS, operation="select", error_type="connection") == 1
    assert await _gauges(instruments) == (1, 1, 0)


async def test_a_pool_replaced_while_connections_are_out(instruments: Instruments, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(select(Wallet))
        await engine.dispose()
        assert await _gauges(instruments) == (1, 0, 1)
        async with engine.connect():
            assert await _gauges(instruments) == (2, 0, 2)
        driver = (await connection.get_raw_connection()).driver_connection
    assert await _gauges(instruments) == (1, 1, 0), "the old pool keeps its connection for nobody"
    assert isinstance(driver, AsyncPsycopgConnection | asyncpg.Connection)
    await driver.close()
