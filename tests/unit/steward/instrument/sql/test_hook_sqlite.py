"""The hook on an engine that is not asynchronous, by both ways to time statements."""

import gc
import sqlite3
from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    bindparam,
    create_engine,
    event,
    exc,
    select,
    text,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import StaticPool

from steward.instrument import Instruments, SqlMetrics, watch_engine
from steward.instrument.sql import dialect
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


@pytest.fixture(params=["wrapped", "events"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Time statements at the dialect, or by SQLAlchemy's events."""
    way = str(request.param)
    if way == "events":
        monkeypatch.setattr(dialect, "can_be_wrapped", lambda _engine: False)
    return way


@pytest.fixture
def instruments() -> Instruments:
    return Instruments([QUERIES, DURATION, ERRORS, *GAUGES])


@pytest.fixture
def engine(instruments: Instruments, way: str) -> Iterator[Engine]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    WALLETS.metadata.create_all(engine)
    watch_engine(engine, instruments, METRICS)
    yield engine
    engine.dispose()


def _counted(lines: list[str]) -> set[str]:
    return {line for line in lines if line.startswith(("queries", "errors")) and not line.endswith(" 0.0")}


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
    assert _counted(lines) == {
        'queries_total{operation="insert",table="wallets",status="success"} 1.0',
        'queries_total{operation="other",table="other",status="success"} 1.0',
        'queries_total{operation="select",table="other",status="success"} 1.0',
        'queries_total{operation="select",table="wallets",status="success"} 2.0',
    }
    assert 'duration_count{operation="select",table="wallets"} 2.0' in lines


async def test_a_failure_is_counted_and_raised_as_it_was(
    instruments: Instruments, engine: Engine, exposed: Exposed
) -> None:
    with engine.begin() as connection:
        connection.execute(WALLETS.insert(), [{"id": 1}])
        with pytest.raises(exc.IntegrityError):
            connection.execute(WALLETS.insert(), [{"id": 1}])

    assert _counted(await exposed(instruments)) == {
        'queries_total{operation="insert",table="wallets",status="error"} 1.0',
        'queries_total{operation="insert",table="wallets",status="success"} 1.0',
        'errors_total{operation="insert",error_type="integrity"} 1.0',
    }


async def test_a_statement_that_never_ran_is_an_error_but_no_query(
    instruments: Instruments, engine: Engine, exposed: Exposed
) -> None:
    with engine.begin() as connection:
        connection.execute(select(WALLETS))
        with pytest.raises(exc.StatementError):
            connection.execute(text("SELECT * FROM wallets WHERE id = :id"))

    assert _counted(await exposed(instruments)) == {
        'queries_total{operation="select",table="wallets",status="success"} 1.0',
        'errors_total{operation="select",error_type="other"} 1.0',
    }


async def test_a_failure_of_the_accounting_does_not_reach_the_statement(
    instruments: Instruments, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("broken")

    monkeypatch.setattr("steward.instrument.sql.account.of_compiled", broken)
    with engine.begin() as connection:
        for _ in range(2):
            assert connection.execute(select(WALLETS)).all() == []
        with pytest.raises(exc.OperationalError, match="no such table"):
            connection.execute(text("SELECT * FROM missing"))

    assert [record.message for record in caplog.records] == ["a statement could not be counted"]


def test_statements_that_are_gone_are_forgotten(instruments: Instruments, engine: Engine) -> None:
    with engine.execution_options(compiled_cache=None).begin() as connection:
        for _ in range(50):
            for table in (WALLETS, STRANGERS):
                connection.execute(select(table))
                gc.collect(0)

    assert instruments.total(QUERIES, status="success", table="wallets") == 50
    assert instruments.total(QUERIES, status="success", table=OTHER) == 50


async def test_each_way_to_hand_over_many_rows(instruments: Instruments, engine: Engine, exposed: Exposed) -> None:
    rows = [{"id": number} for number in range(5)]
    with engine.begin() as connection:
        connection.execute(WALLETS.insert(), rows)
        assert instruments.total(QUERIES) == 1
        paged = STRANGERS.insert().returning(STRANGERS.c.id).execution_options(insertmanyvalues_page_size=2)
        connection.execute(paged, rows)
        assert instruments.total(QUERIES) == 4, "three pages"
        connection.execute(
            WALLETS.delete().where(WALLETS.c.id == bindparam("which")), [{"which": 1}, {"which": 2}]
        )
        connection.exec_driver_sql("SELECT 1", execution_options={"no_parameters": True})

    assert _counted(await exposed(instruments)) == {
        'queries_total{operation="delete",table="wallets",status="success"} 1.0',
        'queries_total{operation="insert",table="other",status="success"} 3.0',
        'queries_total{operation="insert",table="wallets",status="success"} 1.0',
        'queries_total{operation="select",table="other",status="success"} 1.0',
    }


async def test_many_rows_of_which_one_fails(instruments: Instruments, engine: Engine, exposed: Exposed) -> None:
    with engine.begin() as connection, pytest.raises(exc.IntegrityError):
        connection.execute(WALLETS.insert(), [{"id": 1}, {"id": 1}])

    assert _counted(await exposed(instruments)) == {
        'queries_total{operation="insert",table="wallets",status="error"} 1.0',
        'errors_total{operation="insert",error_type="integrity"} 1.0',
    }


async def test_savepoints_are_other_statements(instruments: Instruments, engine: Engine, exposed: Exposed) -> None:
    with engine.begin() as connection, connection.begin_nested():
        connection.execute(select(WALLETS))

    assert instruments.total(QUERIES, operation=OTHER) == 2


async def test_engines_made_of_this_one_count_with_it(
    instruments: Instruments, engine: Engine, exposed: Exposed
) -> None:
    child = engine.execution_options(logging_token="child")
    for connected in (engine, child, child.execution_options(logging_token="grandchild")):
        with connected.connect() as connection:
            connection.execute(select(WALLETS))
            with pytest.raises(exc.OperationalError):
                connection.execute(text("SELECT * FROM missing"))

    assert instruments.total(QUERIES, table="wallets") == 3
    assert instruments.total(ERRORS) == 3


async def test_an_engine_made_of_another_counts_alone(instruments: Instruments) -> None:
    parent = create_engine("sqlite://", poolclass=StaticPool)
    watched, other = parent.execution_options(), parent.execution_options()
    watch_engine(watched, instruments, METRICS)
    for engine in (parent, other, watched):
        with engine.connect() as connection, pytest.raises(exc.OperationalError):
            connection.execute(text("SELECT * FROM missing"))

    assert instruments.total(QUERIES) == 1
    assert instruments.total(ERRORS) == 1
    parent.dispose()


def test_an_engine_with_the_same_dialect_is_another(instruments: Instruments, engine: Engine) -> None:
    other = Engine(create_engine("sqlite://", poolclass=StaticPool).pool, engine.dialect, engine.url)
    with other.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        connection.execute(select(bindparam("one", 1)))
        with pytest.raises(exc.OperationalError):
            connection.execute(text("SELECT * FROM missing"))
    other.dispose()

    assert instruments.total(QUERIES) == 0
    assert instruments.total(ERRORS) == 0


def test_several_may_watch_one_engine(instruments: Instruments, engine: Engine) -> None:
    others = Instruments([QUERIES, DURATION, ERRORS, *GAUGES])
    watch_engine(engine, others, METRICS)
    with engine.connect() as connection:
        connection.execute(select(WALLETS))
        with pytest.raises(exc.OperationalError):
            connection.execute(text("SELECT * FROM missing"))

    for each in (instruments, others):
        assert each.total(QUERIES, status="success") == 1
        assert each.total(QUERIES, status="error") == 1
        assert each.total(ERRORS) == 1


def test_an_error_after_the_statement_is_no_failed_statement(instruments: Instruments, engine: Engine) -> None:
    @event.listens_for(engine, "after_cursor_execute")
    def spoil(*_arguments: object) -> None:
        raise ValueError("spoilt")

    with engine.connect() as connection, pytest.raises(ValueError, match="spoilt"):
        connection.execute(select(WALLETS))

    assert instruments.total(QUERIES, status="success") == 1
    assert instruments.total(QUERIES, status="error") == 0
    assert instruments.total(ERRORS) == 1


@pytest.mark.parametrize("way", ["wrapped"], indirect=True)
def test_a_statement_of_the_dialects_own_is_run_and_not_counted(
    instruments: Instruments, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        engine.dialect.do_execute(cursor, "SELECT 7", ())
        assert cursor.fetchall() == [(7,)]
        with pytest.raises(sqlite3.OperationalError):
            engine.dialect.do_execute(cursor, "SELECT * FROM missing", ())

    assert instruments.total(QUERIES) == 0
    assert caplog.records == []


def test_listeners_of_others_still_hear(engine: Engine) -> None:
    heard: list[str] = []

    @event.listens_for(engine, "after_cursor_execute")
    def after(*arguments: object) -> None:
        heard.append(str(arguments[2]))

    with engine.begin() as connection:
        connection.execute(select(WALLETS))

    assert heard == ["SELECT wallets.id \nFROM wallets"]


class TestWhichWay:
    """Whether statements are timed at the dialect is found out by what the installed SQLAlchemy does."""

    @pytest.fixture(autouse=True)
    def _asked_anew(self) -> Iterator[None]:
        dialect._are_called.cache_clear()
        yield
        dialect._are_called.cache_clear()

    def _is_wrapped(self, instruments: Instruments) -> bool:
        engine = create_engine("sqlite://", poolclass=StaticPool)
        watch_engine(engine, instruments, METRICS)
        with engine.connect() as connection:
            connection.execute(select(bindparam("one", 1)))
        assert instruments.total(QUERIES) == 1
        engine.dispose()
        return "do_execute" in vars(engine.dialect)

    def test_this_sqlalchemy_can_be_wrapped(self, instruments: Instruments) -> None:
        assert self._is_wrapped(instruments)

    def test_methods_that_are_not_called(self, instruments: Instruments, monkeypatch: pytest.MonkeyPatch) -> None:
        run: Callable[..., None] = DefaultDialect.do_execute

        def own(self: DefaultDialect) -> Callable[..., None]:
            def execute(cursor: object, statement: str, parameters: object, context: object = None) -> None:
                run(self, cursor, statement, parameters, context)

            return execute

        monkeypatch.setattr(DefaultDialect, "do_execute", property(own, lambda _self, _other: None))

        assert not self._is_wrapped(instruments)

    def test_methods_without_a_context(self, instruments: Instruments, monkeypatch: pytest.MonkeyPatch) -> None:
        run: Callable[..., None] = DefaultDialect.do_execute

        def execute(self: DefaultDialect, *arguments: object) -> None:
            run(self, *arguments)

        monkeypatch.setattr(DefaultDialect, "do_execute", execute)

        assert not self._is_wrapped(instruments)

    def test_no_driver_to_ask(self, instruments: Instruments, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(*_: object, **__: object) -> None:
            raise ImportError("sqlite3")

        monkeypatch.setattr(dialect, "create_engine", missing)

        assert not self._is_wrapped(instruments)

    def test_an_engine_made_of_another(self) -> None:
        engine = create_engine("sqlite://")
        assert dialect.can_be_wrapped(engine)
        assert not dialect.can_be_wrapped(engine.execution_options())


def test_a_gauge_that_cannot_be_counted_down_is_refused() -> None:
    with pytest.raises(CatalogueError, match="gauge open: this hook counts up and down"):
        SqlMetrics(QUERIES, DURATION, ERRORS, Gauge("open", "x", across=Across.LATEST), *GAUGES[1:])
