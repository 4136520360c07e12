"""Hooks into a SQLAlchemy engine."""

from sqlalchemy import Engine, event, exc
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from steward.instrument.instruments import Instruments
from steward.instrument.sql import dialect, events
from steward.instrument.sql.account import Account
from steward.instrument.sql.failure import kind_of
from steward.instrument.sql.gauges import PoolGauges
from steward.instrument.sql.metrics import SqlMetrics
from steward.instrument.sql.pool import watch_pool
from steward.model import OTHER


def watch_engine(engine: AsyncEngine | Engine, instruments: Instruments, metrics: SqlMetrics) -> None:
    """Count from now on every statement that goes through `engine`, its failures, and its connections.

    - `operation` is what the statement does, `other` where the label does not declare that.
    - `table` is the first table of the statement that the label declares, else `other`.
    - `error_type` is connection, timeout, deadlock, serialization, integrity, data or other. Failures to connect,
      and waits for a free connection that ended in a timeout, count there too, with operation `other`.
    - A statement that fails is a query with status `error` as well, and its time is in the duration. So is one
      that was cancelled, though that is no error of the database.
    - A connection handed out is in use; one that the pool keeps is idle; open are both.

    Engines made of this one by `execution_options` are counted with it.
    """
    synchronous = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    account = Account(instruments, metrics)
    if dialect.can_be_wrapped(synchronous):
        dialect.wrap(synchronous, account)
    else:
        events.listen(synchronous, account)
    failures = _Failures(synchronous, account)
    event.listen(synchronous, "handle_error", failures.count)
    gauges = PoolGauges(*map(instruments.gauge, (metrics.open, metrics.idle, metrics.in_use)))
    watch_pool(synchronous, gauges, failures.no_connection)


class _Failures:
    """Counts errors by their kind; what fails here is logged once and never reaches the application."""

    def __init__(self, engine: Engine, account: Account) -> None:
        self._engine = engine
        self._account = account

    def count(self, failure: ExceptionContext) -> None:
        """Count a statement, a commit or an attempt to connect that failed."""
        try:
            if isinstance(failure.original_exception, Exception) and self._is_ours(failure.engine):
                self._account.failed(self._operation(failure), self._kind(failure))
        except Exception as error:  # noqa: BLE001 - raised from here it would replace the failure itself
            self._account.uncounted(error, "a failed statement")

    def no_connection(self, error: Exception) -> None:
        """Count a wait in vain for a connection, and what an awaited driver raises in its own way."""
        try:
            known = isinstance(error, exc.TimeoutError | OSError) or hasattr(error, "sqlstate")
            heard = isinstance(error, getattr(self._engine.dialect.dbapi, "Error", ()))
            if known and not heard:
                self._account.failed(OTHER, kind_of(error, connected=False))
        except Exception as failure:  # noqa: BLE001 - raised from here it would replace the failure itself
            self._account.uncounted(failure, "a failure to connect")

    def _is_ours(self, engine: Engine | None) -> bool:
        """Tell apart the engines that share a dialect, and so its errors; a ping does not say whose it is."""
        own = self._engine
        return engine is None or engine is own or (type(own) is Engine and engine.pool is own.pool)

    def _operation(self, failure: ExceptionContext) -> str:
        text, context = failure.statement, failure.execution_context
        if text is None:
            return OTHER
        compiled = None if context is None else context.compiled
        account = self._account
        return (account.of_text(text) if compiled is None else account.of_compiled(compiled, text)).operation

    @staticmethod
    def _kind(failure: ExceptionContext) -> str:
        assert isinstance(failure.original_exception, Exception)  # noqa: S101
        return kind_of(
            failure.original_exception,
            failure.sqlalchemy_exception,
            connected=failure.connection is not None,
            lost=failure.is_disconnect,
        )
