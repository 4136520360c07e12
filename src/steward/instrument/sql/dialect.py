"""Timing statements where an engine hands them to its driver: a sixth of what SQLAlchemy's events cost."""

import inspect
import time
from collections.abc import Callable
from functools import cache

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, StaticPool, Table, create_engine
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

from steward.instrument.sql.account import Account, Series
from steward.instrument.sql.alive import WhileAlive

_METHODS = ("do_execute", "do_executemany", "do_execute_no_params")

Execute = Callable[..., None]


def can_be_wrapped(engine: Engine) -> bool:
    """Tell whether every statement of `engine`, and no other's, passes the methods of its dialect.

    An engine made by `execution_options` shares its parent's dialect.
    """
    if type(engine) is not Engine or not hasattr(engine.dialect, "__dict__"):
        return False
    return all(_takes_context(getattr(engine.dialect, name)) for name in _METHODS) and _are_called()


def wrap(engine: Engine, account: Account) -> None:
    """Count from now on each statement that `engine` runs, with its time."""
    dialect = engine.dialect
    statements = _Statements(engine, account)
    no_params, initialize = dialect.do_execute_no_params, dialect.initialize
    dialect.do_execute = statements.timed(dialect.do_execute)  # type: ignore[method-assign]
    dialect.do_executemany = statements.timed(dialect.do_executemany)  # type: ignore[method-assign]
    timed = statements.timed(lambda cursor, text, _none, context: no_params(cursor, text, context))

    def do_execute_no_params(cursor: DBAPICursor, statement: str, context: ExecutionContext | None = None) -> None:
        timed(cursor, statement, (), context)

    def initialise(connection: Connection) -> None:
        statements.uncounted = connection
        try:
            initialize(connection)
        finally:
            statements.uncounted = None

    dialect.do_execute_no_params = do_execute_no_params  # type: ignore[method-assign]
    dialect.initialize = initialise  # type: ignore[method-assign]


class _Statements:
    """What the statements of an engine are counted in, by what SQLAlchemy compiled.

    That is the same object for each length of an IN list, while it lives, and costs less to find than a text.
    """

    def __init__(self, engine: Engine, account: Account) -> None:
        self._engine = engine
        self._account = account
        self._known = WhileAlive[Series]()
        self.uncounted: Connection | None = None
        """The connection by which SQLAlchemy asks a server what it is."""

    def timed(self, execute: Execute) -> Execute:
        """Return `execute`, a dialect's method, with its statements counted."""
        account, find, known, clock = self._account, self._find, self._known.by_id, time.perf_counter

        def counted(
            cursor: DBAPICursor, statement: str, parameters: object, context: ExecutionContext | None = None
        ) -> None:
            started = clock()
            try:
                execute(cursor, statement, parameters, context)
            except BaseException:
                self._failed(statement, context, clock() - started)
                raise
            seconds = clock() - started
            if context is None:
                return
            try:
                series = known.get(id(context.compiled)) or find(statement, context)
                if series is not None:
                    series.success.inc()
                    series.duration.observe(seconds)
            except Exception as error:  # noqa: BLE001 - whatever it is, the statement has succeeded
                account.uncounted(error)

        return counted

    def _failed(self, text: str, context: ExecutionContext | None, seconds: float) -> None:
        try:
            if context is None:
                return
            series = self._known.by_id.get(id(context.compiled)) or self._find(text, context)
            if series is not None:
                series.error.inc()
                series.duration.observe(seconds)
        except Exception as error:  # noqa: BLE001 - raised from here it would replace the failure itself
            self._account.uncounted(error)

    def _find(self, text: str, context: ExecutionContext) -> Series | None:
        """Return the series of a statement that is not known yet; None for one that is not the engine's own."""
        connection = context.root_connection
        if connection is self.uncounted or connection.engine.pool is not self._engine.pool:
            return None
        compiled = context.compiled
        if compiled is None:
            return self._account.of_text(text)
        series = self._account.of_compiled(compiled, text)
        self._known.keep(compiled, series)
        return series


def _takes_context(method: Execute) -> bool:
    try:
        return "context" in inspect.signature(method).parameters
    except (TypeError, ValueError):  # one that is not Python's
        return False


@cache
def _are_called() -> bool:
    """Tell whether this SQLAlchemy runs statements by those methods of a dialect, with their contexts."""
    called: list[tuple[str, bool]] = []

    def recorded(name: str, method: Execute) -> Execute:
        def record(*arguments: object) -> None:
            context = arguments[-1]
            called.append((name, getattr(context, "root_connection", None) is connection))
            method(*arguments)

        return record

    table = Table("probe", MetaData(), Column("id", Integer))
    try:
        engine = create_engine("sqlite://", poolclass=StaticPool)
        dialect: Dialect = engine.dialect
        with engine.connect() as connection:
            for name in _METHODS:
                setattr(dialect, name, recorded(name, getattr(dialect, name)))
            table.create(connection, checkfirst=False)
            connection.execute(table.insert(), [{"id": 1}, {"id": 2}])
            connection.exec_driver_sql("SELECT 1", execution_options={"no_parameters": True})
        engine.dispose()
    except Exception:  # noqa: BLE001 - no driver, or another SQLAlchemy than is known
        return False
    return called == [(name, True) for name in _METHODS]
