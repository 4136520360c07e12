"""Hooks into a SQLAlchemy engine."""

import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.compiler import Compiled

from steward.instrument.handles import BoundCounter, BoundHistogram
from steward.instrument.instruments import Instruments
from steward.instrument.notices import Notices
from steward.instrument.shape import allowed, expect_labels, expect_summed, label_of
from steward.instrument.sql.failure import kind_of
from steward.instrument.sql.pool import PoolGauges, watch_waits
from steward.instrument.sql.statement import NOTHING, Statement, of_compiled, of_text
from steward.model import OTHER, Counter, Gauge, Histogram

_STARTED = "steward.instrument.started"


@dataclass(frozen=True, slots=True)
class SqlMetrics:
    """The metrics that an engine's work is counted in."""

    queries: Counter
    """With labels operation, table, status (`success`, `error`)."""
    duration: Histogram
    """Seconds, with labels operation, table."""
    errors: Counter
    """With labels operation, error_type."""
    open: Gauge
    idle: Gauge
    in_use: Gauge

    def __post_init__(self) -> None:
        expect_labels(self.queries, "operation", "table", "status")
        expect_labels(self.duration, "operation", "table")
        expect_labels(self.errors, "operation", "error_type")
        for gauge in (self.open, self.idle, self.in_use):
            expect_summed(gauge)


def watch_engine(engine: AsyncEngine | Engine, instruments: Instruments, metrics: SqlMetrics) -> None:
    """Count from now on every statement that goes through `engine`, its failures, and its connections.

    - `operation` is what the statement does, `other` where the label does not declare that.
    - `table` is the first table of the statement that the label declares, else `other`.
    - `error_type` is connection, timeout, deadlock, serialization, integrity, data or other. Failures to connect,
      and waits for a free connection that ended in a timeout, count there too, with operation `other`.
    - A statement that fails is a query with status `error` as well, and its time is in the duration. So is one
      that was cancelled, though that is no error of the database.
    - A connection handed out is in use; one that the pool keeps is idle; open are both.
    """
    synchronous = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    queries = _Queries(instruments, metrics)
    event.listen(synchronous, "before_cursor_execute", queries.before)
    event.listen(synchronous, "after_cursor_execute", queries.after)
    event.listen(synchronous, "handle_error", queries.failed)
    gauges = [instruments.gauge(gauge).bind() for gauge in (metrics.open, metrics.idle, metrics.in_use)]
    PoolGauges(*gauges).watch(synchronous)
    watch_waits(synchronous, queries.waited_in_vain)


@dataclass(frozen=True, slots=True)
class _Series:
    success: BoundCounter
    error: BoundCounter
    duration: BoundHistogram


class _Queries:
    """Books statements; what fails here is logged once and never reaches the application."""

    def __init__(self, instruments: Instruments, metrics: SqlMetrics) -> None:
        self._queries = instruments.counter(metrics.queries)
        self._duration = instruments.histogram(metrics.duration)
        self._errors = instruments.counter(metrics.errors)
        self._operation = label_of(metrics.queries, "operation")
        self._table = label_of(metrics.queries, "table")
        self._notices: Notices = instruments.notices
        self._described: WeakKeyDictionary[Compiled, Statement] = WeakKeyDictionary()
        self._series: dict[tuple[str, str], _Series] = {}

    def before(
        self,
        _connection: Connection,
        _cursor: DBAPICursor,
        _text: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: bool,
    ) -> None:
        """Take the time before a statement."""
        if context is not None:
            vars(context)[_STARTED] = time.perf_counter()

    def after(
        self,
        _connection: Connection,
        _cursor: DBAPICursor,
        text: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: bool,
    ) -> None:
        """Count a statement that succeeded."""
        try:
            if context is not None:
                series = self._of(self._describe(context, text))
                series.success.inc()
                series.duration.observe(time.perf_counter() - vars(context)[_STARTED])
        except Exception as error:  # noqa: BLE001 - whatever it is, the statement has succeeded
            self._notices.once(("sql", type(error)), "a statement could not be counted", error=error)

    def failed(self, context: ExceptionContext) -> None:
        """Count a statement, a commit or an attempt to connect that failed."""
        try:
            self._count_failure(context)
        except Exception as error:  # noqa: BLE001 - raised from here it would replace the failure itself
            self._notices.once(("sql", type(error)), "a failed statement could not be counted", error=error)

    def waited_in_vain(self) -> None:
        """Count a wait for a free connection of the pool that ended in a timeout."""
        self._errors.inc(operation=OTHER, error_type="timeout")

    def _count_failure(self, context: ExceptionContext) -> None:
        statement = NOTHING
        if context.statement is not None:
            statement = self._describe(context.execution_context, context.statement)
        execution = context.execution_context
        started = None if execution is None else vars(execution).get(_STARTED)
        if started is not None:
            series = self._of(statement)
            series.error.inc()
            series.duration.observe(time.perf_counter() - started)
        if not isinstance(context.original_exception, Exception):
            return
        error_type = kind_of(
            context.original_exception,
            context.sqlalchemy_exception,
            connected=context.connection is not None,
            lost=context.is_disconnect,
        )
        self._errors.inc(operation=allowed(self._operation, statement.operation), error_type=error_type)

    def _describe(self, context: ExecutionContext | None, text: str) -> Statement:
        compiled = context.compiled if context is not None else None
        if compiled is None:
            return of_text(text)
        known = self._described.get(compiled)
        if known is None:
            known = self._described[compiled] = of_compiled(compiled) or of_text(text)
        return known

    def _of(self, statement: Statement) -> _Series:
        operation = allowed(self._operation, statement.operation)
        table = next((name for name in statement.tables if self._table.allows(name)), OTHER)
        series = self._series.get((operation, table))
        if series is None:
            series = self._series[operation, table] = _Series(
                success=self._queries.bind(operation=operation, table=table, status="success"),
                error=self._queries.bind(operation=operation, table=table, status="error"),
                duration=self._duration.bind(operation=operation, table=table),
            )
        return series
