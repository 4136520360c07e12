"""The gauges of an engine's pool, on pools of each kind."""

import gc
import sqlite3
import threading
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine, QueuePool, create_engine, event, exc
from sqlalchemy.pool import NullPool, SingletonThreadPool, StaticPool

from steward.instrument import Instruments, SqlMetrics, watch_engine
from steward.model import OTHER, Counter, Gauge, Histogram, Label

Exposed = Callable[[Instruments], Awaitable[list[str]]]
Shown = Callable[[], Awaitable[tuple[int, int, int]]]

OPERATION, TABLE = Label.closed("operation", OTHER), Label.closed("table", OTHER)
QUERIES = Counter("queries_total", "x", (OPERATION, TABLE, Label.closed("status", "success", "error")))
DURATION = Histogram("duration", "x", (OPERATION, TABLE), buckets=(60,))
ERRORS = Counter("errors_total", "x", (OPERATION, Label.closed("error_type", "timeout", OTHER)))
GAUGES = (Gauge("open", "x"), Gauge("idle", "x"), Gauge("in_use", "x"))
METRICS = SqlMetrics(QUERIES, DURATION, ERRORS, *GAUGES)


@pytest.fixture
def instruments() -> Instruments:
    return Instruments([QUERIES, DURATION, ERRORS, *GAUGES])


@pytest.fixture
def shown(instruments: Instruments, exposed: Exposed) -> Shown:
    """Return a function that gives (open, idle, in use) as exposed."""

    async def gauges() -> tuple[int, int, int]:
        values = dict(line.split() for line in await exposed(instruments) if "{" not in line)
        open_, idle, in_use = (int(float(values[name])) for name in ("open", "idle", "in_use"))
        return open_, idle, in_use

    return gauges


def _engine(instruments: Instruments, poolclass: type = QueuePool, **settings: object) -> Engine:
    engine = create_engine("sqlite://", poolclass=poolclass, **settings)
    watch_engine(engine, instruments, METRICS)
    return engine


async def test_a_pool_that_keeps_connections(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    assert await shown() == (0, 0, 0)
    with engine.connect():
        assert await shown() == (1, 0, 1)
        with engine.connect():
            assert await shown() == (2, 0, 2)
        assert await shown() == (2, 1, 1)
    assert await shown() == (2, 2, 0)
    engine.dispose()
    assert await shown() == (0, 0, 0)


async def test_connections_beyond_the_pools_size(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments, pool_size=1)
    with engine.connect(), engine.connect(), engine.connect():
        assert await shown() == (3, 0, 3)
    assert await shown() == (1, 1, 0)
    engine.dispose()


async def test_a_pool_that_keeps_nothing(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments, NullPool)
    with engine.connect(), engine.connect():
        assert await shown() == (2, 0, 2)
    assert await shown() == (0, 0, 0)


@pytest.mark.parametrize("poolclass", [StaticPool, SingletonThreadPool])
async def test_one_connection_that_is_taken_twice(instruments: Instruments, shown: Shown, poolclass: type) -> None:
    engine = _engine(instruments, poolclass)
    one, other = engine.connect(), engine.connect()
    assert await shown() == (1, 0, 1)
    other.close()
    one.close()
    assert await shown() == (1, 1, 0)
    engine.dispose()
    assert await shown() == (0, 0, 0)


async def test_two_engines_share_the_gauges(instruments: Instruments, shown: Shown) -> None:
    engines = [_engine(instruments) for _ in range(2)]
    with engines[0].connect(), engines[1].connect():
        assert await shown() == (2, 0, 2)
    engines[0].dispose()
    assert await shown() == (1, 1, 0)
    engines[1].dispose()
    assert await shown() == (0, 0, 0)


async def test_several_watch_one_pool(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    watch_engine(engine, Instruments([QUERIES, DURATION, ERRORS, *GAUGES]), METRICS)
    with engine.connect():
        assert await shown() == (1, 0, 1)
    assert await shown() == (1, 1, 0)
    engine.dispose()


async def test_a_pool_left_to_its_fate_is_not_ours(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert await shown() == (1, 1, 0)

    engine.dispose(close=False)

    assert await shown() == (0, 0, 0)
    assert isinstance(driver, sqlite3.Connection)
    driver.close()


async def test_a_pool_replaced_while_connections_are_out(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        engine.dispose()
        assert await shown() == (1, 0, 1)
        with engine.connect():
            assert await shown() == (2, 0, 2)
    assert await shown() == (1, 1, 0), "the old pool keeps its connection for nobody"
    engine.dispose()
    assert await shown() == (0, 0, 0)
    assert isinstance(driver, sqlite3.Connection)
    driver.close()


async def test_an_engine_that_is_dropped(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert await shown() == (1, 1, 0)

    del engine, connection
    gc.collect()

    assert await shown() == (0, 0, 0)
    assert isinstance(driver, sqlite3.Connection)
    driver.close()


async def test_invalidated_and_detached(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    with engine.connect() as connection:
        connection.invalidate()
        assert await shown() == (0, 0, 0)
    with engine.connect() as connection:
        assert await shown() == (1, 0, 1)
        connection.detach()
        assert await shown() == (0, 0, 0)
    assert await shown() == (0, 0, 0)
    with engine.connect():
        assert await shown() == (1, 0, 1)
    engine.dispose()


async def test_a_connection_that_is_never_given_back(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    lost = engine.connect()
    assert await shown() == (1, 0, 1)
    del lost
    gc.collect()
    assert await shown() == (1, 1, 0)
    engine.dispose()


async def test_connections_that_another_refuses(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)

    @event.listens_for(engine, "connect")
    def refuse(*_: object) -> None:
        raise ValueError("refused")

    for _ in range(2):
        with pytest.raises(ValueError, match="refused"):
            engine.connect()
    gc.collect()

    assert await shown() == (0, 0, 0)


async def test_a_checkout_that_another_refuses(instruments: Instruments, shown: Shown) -> None:
    engine = _engine(instruments)
    refuse = [exc.DisconnectionError("gone"), None, ValueError("refused"), None]

    @event.listens_for(engine, "checkout")
    def check(*_: object) -> None:
        if (error := refuse.pop(0)) is not None:
            raise error

    with engine.connect():
        assert await shown() == (1, 0, 1), "made anew"
    with pytest.raises(ValueError, match="refused"):
        engine.connect()
    assert await shown() == (0, 0, 0)
    with engine.connect():
        assert await shown() == (1, 0, 1)
    engine.dispose()


async def test_a_server_that_does_not_answer_for_a_while(instruments: Instruments, shown: Shown) -> None:
    answers = [True, False, True]

    def connect() -> sqlite3.Connection:
        if answers.pop(0):
            return sqlite3.connect(":memory:")
        raise sqlite3.OperationalError("no answer")

    engine = _engine(instruments, creator=connect)
    with engine.connect() as connection:
        connection.invalidate()
    with pytest.raises(exc.OperationalError):
        engine.connect()
    assert await shown() == (0, 0, 0)
    with engine.connect():
        assert await shown() == (1, 0, 1)
    engine.dispose()


# A pool that is replaced while a connection goes back to it is left with it, and Python 3.13 says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_many_threads(instruments: Instruments, shown: Shown) -> None:
    engine = create_engine("sqlite:///:memory:", poolclass=QueuePool, connect_args={"check_same_thread": False})
    watch_engine(engine, instruments, METRICS)

    def work() -> None:
        for number in range(50):
            connection = engine.raw_connection()
            if number % 7 == 0:
                connection.invalidate()
            connection.close()
            if number % 20 == 0:
                engine.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    open_, idle, in_use = await shown()
    assert (open_, in_use) == (idle, 0)
    engine.dispose()
    gc.collect()
    assert await shown() == (0, 0, 0)


async def test_a_pool_in_use_before_it_was_watched(instruments: Instruments, shown: Shown) -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool)
    held, idle = engine.connect(), engine.connect()
    idle.close()
    watch_engine(engine, instruments, METRICS)
    assert await shown() == (0, 0, 0)
    with engine.connect():
        assert await shown() == (1, 0, 1)
    held.close()
    assert await shown() == (1, 1, 0)
    with engine.connect(), engine.connect():
        assert await shown() == (2, 0, 2)
    engine.dispose()
    assert await shown() == (0, 0, 0)


async def test_a_wait_in_vain_for_a_connection_is_a_timeout(instruments: Instruments) -> None:
    engine = _engine(instruments, pool_size=1, max_overflow=0, pool_timeout=0.01)
    for _ in range(2):
        with engine.connect(), pytest.raises(exc.TimeoutError):
            engine.connect()
        engine.dispose()

    assert instruments.total(ERRORS, operation=OTHER, error_type="timeout") == 2
    assert instruments.total(ERRORS) == 2
