"""What counting adds to a query: SQLAlchemy with SQLite in memory, whose answers cost the least."""

import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Literal, TypeAlias

from instrumentation import peers
from instrumentation.child import Child, Work
from instrumentation.comparison import Comparison
from instrumentation.otel import meter_provider, no_traces, traces
from instrumentation.pairs import Added, Pair, Pass
from measure import Measured, in_turn
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    StaticPool,
    String,
    Table,
    create_engine,
    insert,
    select,
    text,
)
from sqlalchemy.sql import Executable

from steward.instrument import Instruments, SqlMetrics, watch_engine
from steward.model import Counter, Gauge, Histogram, Label, Unit

CALLS = 50
_LIMIT = 1 / 15
_WITHOUT_TRACES = "OpenTelemetry with a tracer that makes no spans, so that no query is counted"

Kind: TypeAlias = Literal["compiled statement", "text"]
_KINDS: tuple[Kind, ...] = ("compiled statement", "text")

_SHOPS = Table("shops", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
_STATEMENTS: dict[Kind, Executable] = {
    "compiled statement": select(_SHOPS.c.name).where(_SHOPS.c.id == 7),
    "text": text("SELECT name FROM shops WHERE id = :id").bindparams(id=7),
}


def _ours(engine: Engine) -> None:
    operation = Label.closed("operation", "select", "insert", "update", "delete", "other")
    table = Label.closed("table", "shops", "other")
    errors = ("connection", "timeout", "deadlock", "serialization", "integrity", "data", "other")
    metrics = SqlMetrics(
        queries=Counter(
            "db_queries_total", "Queries.", (operation, table, Label.closed("status", "success", "error"))
        ),
        duration=Histogram("db_query_duration_seconds", "Their time.", (operation, table), Unit.SECONDS),
        errors=Counter("db_errors_total", "Errors.", (operation, Label.closed("error_type", *errors))),
        open=Gauge("db_connections_open", "Connections."),
        idle=Gauge("db_connections_idle", "Connections that nobody uses."),
        in_use=Gauge("db_connections_in_use", "Connections that somebody uses."),
    )
    every = (metrics.queries, metrics.duration, metrics.errors, metrics.open, metrics.idle, metrics.in_use)
    watch_engine(engine, Instruments(every), metrics)


def _otel(engine: Engine) -> None:
    _instrument(engine, traces())


def _otel_without_traces(engine: Engine) -> None:
    _instrument(engine, no_traces())


def _instrument(engine: Engine, provider: Any) -> None:  # noqa: ANN401 - not installed where types are checked
    module: Any = importlib.import_module("opentelemetry.instrumentation.sqlalchemy")
    # It says that it does not support the newest SQLAlchemy, with which it works.
    module.SQLAlchemyInstrumentor().instrument(
        engine=engine, tracer_provider=provider, meter_provider=meter_provider(), skip_dep_check=True
    )


_WAYS: dict[str, Callable[[Engine], None]] = {
    peers.OURS: _ours,
    peers.OTEL: _otel,
    _WITHOUT_TRACES: _otel_without_traces,
}


def compare(*, rounds: int, calls: int) -> Iterator[Comparison]:
    """Measure each kind of statement, on a connection that is in hand."""
    for kind in _KINDS:
        with ExitStack() as stack:
            children = {name: stack.enter_context(Child(paired, {"way": name, "kind": kind})) for name in _WAYS}
            ways = {name: Added(child.ready(), max(1, calls // CALLS)) for name, child in children.items()}
            title = f"SQLAlchemy, {kind}: added to a query"
            ours, *others = in_turn(ways, rounds=rounds, unit="µs", terse=title)
            bare = tuple(one for way in ways.values() for one in way.bare)
            others.append(Measured("the bare query itself", "µs", bare))
            yield Comparison(title, ours, others, {peers.OTEL: _LIMIT})


def paired(way: str, kind: Kind) -> Work:
    """Be the child: two engines, one of which is watched."""
    statement = _STATEMENTS[kind]
    bare = _connect(_engine())
    watched = _engine()
    _WAYS[way](watched)
    counting = _connect(watched)
    return Pair(_pass(bare, statement), _pass(counting, statement), calls=CALLS)


def _engine() -> Engine:
    return create_engine("sqlite://", poolclass=StaticPool)


def _connect(engine: Engine) -> Connection:
    connection = engine.connect()
    _SHOPS.create(connection)
    connection.execute(insert(_SHOPS), [{"id": number, "name": f"shop {number}"} for number in range(10)])
    return connection


def _pass(connection: Connection, statement: Executable) -> Pass:
    async def run() -> int:
        started = time.thread_time_ns()
        for _ in range(CALLS):
            connection.execute(statement)
        return time.thread_time_ns() - started

    return run
