"""Hooks into asyncpg where it is used without SQLAlchemy."""

import re
import time
from collections.abc import Callable, Coroutine
from functools import lru_cache, wraps
from typing import Any
from weakref import WeakKeyDictionary, finalize

from steward.instrument.instruments import Instruments
from steward.instrument.sql.account import Account, Series
from steward.instrument.sql.failure import TIMEOUT, kind_of
from steward.instrument.sql.gauges import Place, PoolGauges
from steward.instrument.sql.metrics import SqlMetrics
from steward.instrument.sql.statement import READ
from steward.model import OTHER

_TEXTS_REMEMBERED = 1024
_NEEDED = ("_acquire", "_get_new_connection", "_holders", "release")
_COUNTED = "_steward_counted"
"""Marks an error on its way from connecting to whoever waits for the connection."""

_RUNNERS = ("execute", "executemany", "fetch", "fetchmany", "fetchrow", "fetchval")
"""The methods of a connection that run a text. None calls another; asyncpg begins, commits and resets by them."""

Pool = Any
Connection = Any
"""A class of asyncpg, or an object of one: it tells no types, and is imported only when something is watched."""
Runner = Callable[..., Coroutine[Any, Any, Any]]

_TRANSACTION = re.compile(r"\s*(?:begin|commit|rollback(?!\s+to\b))\b", re.IGNORECASE)


def watch_asyncpg(target: Pool | Connection, instruments: Instruments, metrics: SqlMetrics) -> None:
    """Count from now on what goes through `target`, an asyncpg pool or a connection that is of no pool.

    Labels and kinds of errors are those of `watch_engine`. A pool may be watched before or after it is awaited.

    - Counted is each text given to `execute`, `executemany` and the `fetch` methods, not what goes through
      prepared statements, cursors and COPY. asyncpg's own query loggers tell of no more, and not of a statement
      that costs the connection.
    - What begins or ends a transaction, or resets a connection that is given back, is no query; its failure is an
      error.
    - A connection that was given back is idle, also while it is reset.

    Raises TypeError for anything else, and for a pool of a release of asyncpg that cannot be followed.
    """
    import asyncpg  # type: ignore[import-untyped]

    account = Account(instruments, metrics)
    follower = _Follower(
        account, PoolGauges(*map(instruments.gauge, (metrics.open, metrics.idle, metrics.in_use)))
    )
    if isinstance(target, asyncpg.Pool):
        _follow_pool(target, follower)
    elif isinstance(target, asyncpg.Connection) and not hasattr(target, "_holder"):
        follower.made(target)
        follower.taken(target)
    else:
        kind = f"{type(target).__module__}.{type(target).__qualname__}"
        raise TypeError(f"watch_asyncpg: give an asyncpg pool or a connection that is of no pool, not {kind}")


def _follow_pool(pool: Pool, follower: "_Follower") -> None:
    missing = [name for name in _NEEDED if not hasattr(pool, name)]
    if missing:
        raise TypeError(
            f"watch_asyncpg: a pool of this release of asyncpg has no {missing[0]}, so it cannot be followed; "
            "install one of which it can, such as 0.32"
        )
    for holder in pool._holders:
        if holder.is_connected():
            follower.made(holder._con)
            if not holder.is_idle():
                follower.taken(holder._con)
    pool.__class__ = _followed(type(pool), follower)


def _followed(kind: Pool, follower: "_Follower") -> type:
    """Return the class of a pool that tells `follower`: pools have slots, so no method of one can be replaced."""

    class Followed(kind):  # type: ignore[misc]
        __slots__ = ()

        async def _get_new_connection(self) -> Connection:
            try:
                connection = await super()._get_new_connection()
            except Exception as error:
                follower.not_connected(error)
                raise
            follower.made(connection)
            return connection

        async def _acquire(self, timeout: float | None) -> Connection:  # noqa: ASYNC109
            try:
                proxy = await super()._acquire(timeout)
            except TimeoutError as error:
                follower.waited(error)
                raise
            follower.taken(proxy._con)
            return proxy

        async def release(self, connection: Connection, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
            # Before: when it is over, another may have taken the connection already.
            follower.given_back(getattr(connection, "_con", None))
            await super().release(connection, timeout=timeout)

    Followed.__name__, Followed.__qualname__, Followed.__module__ = (
        kind.__name__,
        kind.__qualname__,
        kind.__module__,
    )
    return Followed


def _counted(kind: Connection, follower: "_Follower") -> Connection:
    """Return the class of a connection that tells `follower` what it runs."""
    runners = {name: _timed(getattr(kind, name), follower) for name in _RUNNERS if hasattr(kind, name)}
    return type(kind)(kind.__name__, (kind,), {"__slots__": (), "__module__": kind.__module__, **runners})


def _timed(run: Runner, follower: "_Follower") -> Runner:
    clock = time.perf_counter

    @wraps(run)
    async def timed(connection: Connection, *arguments: object, **options: object) -> object:
        text = str(arguments[0] if arguments else options.get("query", options.get("command")))
        started = clock()
        try:
            result = await run(connection, *arguments, **options)
        except BaseException as error:
            follower.ran(text, clock() - started, error)
            raise
        follower.ran(text, clock() - started)
        return result

    return timed


class _Follower:
    """Books what connections do; what fails here is logged once and never reaches the application."""

    def __init__(self, account: Account, gauges: PoolGauges) -> None:
        self._account = account
        self._gauges = gauges
        self._places: WeakKeyDictionary[Connection, Place] = WeakKeyDictionary()
        self._kinds: dict[Connection, Connection] = {}
        self._resets: set[str] = set()
        self._of_beginning = lru_cache(_TEXTS_REMEMBERED)(self._describe)

    def made(self, connection: Connection) -> None:
        """Hear from now on what `connection` runs, and when it is closed."""
        if hasattr(connection, "get_reset_query"):
            self._resets.add(connection.get_reset_query()[:READ])
        place = self._places[connection] = Place()
        self._gauges.opened(place)
        connection.add_termination_listener(lambda _connection: self._gauges.closed(place))
        # A pool drops one that the server closed without another word.
        finalize(connection, self._gauges.closed, place).atexit = False
        kind = type(connection)
        if kind not in self._kinds:
            self._kinds[kind] = _counted(kind, self)
        connection.__class__ = self._kinds[kind]

    def taken(self, connection: Connection) -> None:
        """Count a connection as in use, unless it was closed meanwhile."""
        place = self._places.get(connection)
        if place is not None and not connection.is_closed():
            self._gauges.taken(place)

    def given_back(self, connection: Connection) -> None:
        """Count a connection as idle; None is one that was given back before."""
        place = None if connection is None else self._places.get(connection)
        if place is not None:
            self._gauges.given_back(place)

    def not_connected(self, error: Exception) -> None:
        """Count a failure to connect."""
        vars(error)[_COUNTED] = True
        self._account.failed(OTHER, kind_of(error, connected=False))

    def waited(self, error: TimeoutError) -> None:
        """Count a wait for a free connection that ended in a timeout."""
        if _COUNTED not in vars(error):
            self._account.failed(OTHER, TIMEOUT)

    def ran(self, text: str, seconds: float, error: BaseException | None = None) -> None:
        """Count a statement and its failure."""
        try:
            series = self._of_beginning(text[:READ])
            if series is not None:
                (series.success if error is None else series.error).inc()
                series.duration.observe(seconds)
            if isinstance(error, Exception):
                operation = OTHER if series is None else series.operation
                self._account.failed(operation, kind_of(error, lost=isinstance(error, OSError)))
        except Exception as failure:  # noqa: BLE001 - whatever it is, the statement has been run
            self._account.uncounted(failure)

    def _describe(self, text: str) -> Series | None:
        return None if text in self._resets or _TRANSACTION.match(text) else self._account.of_text(text)
