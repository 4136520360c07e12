"""Timing statements by SQLAlchemy's events: for engines whose statements cannot be timed at their dialect."""

import time
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.sql.compiler import Compiled

from steward.instrument.sql.account import Account, Series


def listen(engine: Engine, account: Account) -> None:
    """Count from now on each statement that `engine` runs, with its time."""
    statements = _Statements(account)
    event.listen(engine, "before_cursor_execute", statements.before)
    event.listen(engine, "after_cursor_execute", statements.after)
    event.listen(engine, "handle_error", statements.failed)


class _Statements:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: WeakKeyDictionary[Compiled, Series] = WeakKeyDictionary()
        self._started = f"steward.instrument.started.{id(self)}"
        """Where a context carries the time; several may watch one engine."""

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
            vars(context)[self._started] = time.perf_counter()

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
                seconds = time.perf_counter() - vars(context).pop(self._started)
                series = self._of(context, text)
                series.success.inc()
                series.duration.observe(seconds)
        except Exception as error:  # noqa: BLE001 - whatever it is, the statement has succeeded
            self._account.uncounted(error)

    def failed(self, failure: ExceptionContext) -> None:
        """Count a statement that failed, if it was one."""
        try:
            context, text = failure.execution_context, failure.statement
            started = None if context is None else vars(context).pop(self._started, None)
            if context is not None and text is not None and started is not None:
                series = self._of(context, text)
                series.error.inc()
                series.duration.observe(time.perf_counter() - started)
        except Exception as error:  # noqa: BLE001 - raised from here it would replace the failure itself
            self._account.uncounted(error)

    def _of(self, context: ExecutionContext, text: str) -> Series:
        compiled = context.compiled
        if compiled is None:
            return self._account.of_text(text)
        series = self._known.get(compiled)
        if series is None:
            series = self._known[compiled] = self._account.of_compiled(compiled, text)
        return series
