"""The hook on an engine that is not asynchronous and has another kind of pool; PostgreSQL has its own tests."""

import gc
import sqlite3
from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, QueuePool, Table, create_engine, event, exc, select, text
from sqlalchemy.pool import NullPool, StaticPool

from steward.instrument import Instruments, SqlMetrics, watch_engine
from steward.model import OTHER, Across, CatalogueError, Counter, Gauge, Histogram, Label

Exposed = Callable[[Instruments], Awaitable[list[str]]]

OPERATION = Label.closed("operation", "select", "insert", "update", "delete", OTHER)
TABLE = Label.closed("table", "wallets", OTHER)
QUERIES = Counter("queries_total", "x", (OPERATION, TABLE, Label.closed("status", "success", "error")))
DURATION = Histogram("duration", "x", (OPERATION, TABLE), buckets=(60,))
ERRORS = Counter("errors_total", "x", (OPERATION, Label.closed("error_type", "timeout", "integrity", OTHER)))
GAUGES = (Gauge("open", "x"), Gauge("idle", "x"), Gauge("in_use", "x"))
METRICS = SqlMetrics(QUERIES, DURATION, ERRORS, *GAUGES)

WALLETS = Table("wallets", MetaData(), Column("id", Integer, primary_key=True))
STRANGERS = Table("strangers", WALLETS.metadata, Column("id", Integer, primary_key=True))


@pytest.fixture
def instruments() -> Instruments:
    return Instruments([QUERIES, DURATION, ERRORS, *GAUGES])


@pytest.fixture
def engine(instruments: Instruments) -> Iterator[Engine]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    WALLETS.metadata.create_all(engine)
    watch_engine(engine, instruments, METRICS)
    yield engine
    engine.dispose()


def _counted(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(("queries", "errors")) and not line.endswith(" 0.0")]


async def test_statements_are_counted_by_what_they_do_and_where(
    instruments: Instruments, engine: Engine, exposed: Exposed
) -> None:
    with engine.begin() as connection:
        connection.execute(WALLETS.insert(), [{"id": 1}, {"id": 2}])
        connection.execute(select(WALLETS))
        connection.execute(select(STRANGERS))
        connection.execute(text("SELECT * FROM wallets"))
        connection.exec_driver_sql("PRAGMA user_version")

    lines = await exposed(instruments)
    assert _counted(lines) == [
        'queries_total{operation="insert",status="success",table="wallets"} 1.0',
        'queries_total{operation="other",status="success",table="other"} 1.0',
        'queries_total{operation="select",status="success",table="other"} 1.0',
        'queries_total{operation="select",status="success",table="wallets"} 2.0',
    ]
    assert 'duration_count{operation="select",table="wallets"} 2.0' in lines


async def test_a_failure_is_counted_and_raised_as_it_was(
    instruments: Instruments, engine: Engine, exposed: Exposed
) -> None:
    with engine.begin() as connection:
        connection.execute(WALLETS.insert(), [{"id": 1}])
        with pytest.raises(exc.IntegrityError):
            connection.execute(WALLETS.insert(), [{"id": 1}])

    assert _counted(await exposed(instruments)) == [
        'queries_total{operation="insert",status="error",table="wallets"} 1.0',
        'queries_total{operation="insert",status="success",table="wallets"} 1.0',
        'errors_total{error_type="integrity",operation="insert"} 1.0',
    ]


async def test_a_statement_that_never_ran_is_an_error_but_no_query(
    instruments: Instruments, engine: Engine, exposed: Exposed
) -> None:
    with engine.begin() as connection:
        connection.execute(select(WALLETS))
        with pytest.raises(exc.StatementError):
            connection.execute(text("SELECT * FROM wallets WHERE id = :id"))

    assert _counted(await exposed(instruments)) == [
        'queries_total{operation="select",status="success",table="wallets"} 1.0',
        'errors_total{error_type="other",operation="select"} 1.0',
    ]


async def test_a_failure_of_the_accounting_does_not_reach_the_statement(
    instruments: Instruments, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("broken")

    monkeypatch.setattr("steward.instrument.sql.hook.of_compiled", broken)
    with engine.begin() as connection:
        for _ in range(2):
            assert connection.execute(select(WALLETS)).all() == []
        with pytest.raises(exc.OperationalError, match="no such table"):
            connection.execute(text("SELECT * FROM missing"))

    assert [record.message for record in caplog.records] == ["a statement could not be counted"]


async def test_statements_do_not_pile_up(instruments: Instruments, engine: Engine) -> None:
    with engine.begin() as connection:
        for number in range(50):
            table = Table(f"t{number}", MetaData(), Column("id", Integer))
            table.create(connection)
            connection.execute(select(table))
    gc.collect()

    assert instruments.total(QUERIES, status="success") == 100
    assert instruments.total(QUERIES, table=OTHER) == 100


async def _gauges(instruments: Instruments, exposed: Exposed) -> tuple[str, ...]:
    lines = await exposed(instruments)
    return tuple(line.split()[1] for line in lines if line.startswith(("open", "idle", "in_use")))


async def test_a_pool_that_keeps_nothing(instruments: Instruments, exposed: Exposed) -> None:
    engine = create_engine("sqlite://", poolclass=NullPool)
    watch_engine(engine, instruments, METRICS)
    with engine.connect(), engine.connect():
        assert await _gauges(instruments, exposed) == ("2.0", "0.0", "2.0")
    assert await _gauges(instruments, exposed) == ("0.0", "0.0", "0.0")


async def test_two_engines_share_the_gauges(instruments: Instruments, exposed: Exposed) -> None:
    engines = [create_engine("sqlite://", poolclass=QueuePool) for _ in range(2)]
    for engine in engines:
        watch_engine(engine, instruments, METRICS)
    with engines[0].connect(), engines[1].connect():
        assert await _gauges(instruments, exposed) == ("2.0", "0.0", "2.0")
    engines[0].dispose()
    assert await _gauges(instruments, exposed) == ("1.0", "1.0", "0.0")
    engines[1].dispose()
    assert await _gauges(instruments, exposed) == ("0.0", "0.0", "0.0")


async def test_a_pool_left_to_its_fate_is_not_ours(instruments: Instruments, exposed: Exposed) -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool)
    watch_engine(engine, instruments, METRICS)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert await _gauges(instruments, exposed) == ("1.0", "1.0", "0.0")

    engine.dispose(close=False)

    assert await _gauges(instruments, exposed) == ("0.0", "0.0", "0.0")
    assert isinstance(driver, sqlite3.Connection)
    driver.close()


async def test_a_wait_in_vain_for_a_connection_is_a_timeout(instruments: Instruments, exposed: Exposed) -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    watch_engine(engine, instruments, METRICS)
    engine.dispose()

    with engine.connect():
        for _ in range(2):
            with pytest.raises(exc.TimeoutError):
                engine.connect()

    assert _counted(await exposed(instruments)) == ['errors_total{error_type="timeout",operation="other"} 2.0']
    engine.dispose()


def test_listeners_of_others_still_hear(engine: Engine) -> None:
    heard: list[str] = []

    @event.listens_for(engine, "after_cursor_execute")
    def after(*arguments: object) -> None:
        heard.append(str(arguments[2]))

    with engine.begin() as connection:
        connection.execute(select(WALLETS))

    assert heard == ["SELECT wallets.id \nFROM wallets"]


def test_a_gauge_that_cannot_be_counted_down_is_refused() -> None:
    with pytest.raises(CatalogueError, match="gauge open: this hook counts up and down"):
        SqlMetrics(QUERIES, DURATION, ERRORS, Gauge("open", "x", across=Across.LATEST), *GAUGES[1:])
