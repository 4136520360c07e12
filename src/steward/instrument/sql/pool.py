"""How many connections an engine's pool holds, and how many of them are in use."""

import os
import threading
from collections.abc import Callable
from weakref import WeakSet

from sqlalchemy import Engine, event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool, PoolProxiedConnection

from steward.instrument.handles import BoundGauge


class PoolGauges:
    """Keeps three gauges right at every event of an engine's pools.

    Connections are followed one by one, because a pool's own figures count a place whose connection was
    invalidated as a connection, and forget those that were out when the pool was replaced. The gauges are moved by
    differences, so several engines can share them.
    """

    def __init__(self, open_: BoundGauge, idle: BoundGauge, in_use: BoundGauge) -> None:
        self._gauges = (open_, idle, in_use)
        self._lock = threading.RLock()
        self._begin()

    def watch(self, engine: Engine) -> None:
        """Follow the pool of `engine` and those that replace it."""
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "checkout", self._checked_out)
        event.listen(engine, "checkin", self._checked_in)
        event.listen(engine, "close", self._closed)
        event.listen(engine, "detach", self._closed)
        event.listen(engine, "engine_disposed", self._pool_replaced)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._open: WeakSet[ConnectionPoolEntry] = WeakSet()
        self._out: WeakSet[ConnectionPoolEntry] = WeakSet()
        self._of_old_pool: WeakSet[ConnectionPoolEntry] = WeakSet()
        self._shown = (0, 0, 0)

    def _connected(self, _connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        with self._lock:
            self._follow()
            self._open.add(entry)
            self._show()

    def _checked_out(
        self, _connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        with self._lock:
            self._follow()
            self._out.add(entry)
            self._show()

    def _checked_in(self, _connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        with self._lock:
            self._follow()
            self._out.discard(entry)
            if entry in self._of_old_pool:
                # Nothing will ever take it out again, nor say that it was closed.
                self._open.discard(entry)
            self._show()

    def _closed(self, _connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        with self._lock:
            self._follow()
            self._open.discard(entry)
            self._out.discard(entry)
            self._show()

    def _pool_replaced(self, _engine: Engine) -> None:
        with self._lock:
            self._follow()
            self._open &= self._out
            self._of_old_pool |= self._out
            self._show()

    def _follow(self) -> None:
        """Forget, in a forked child, the connections of the parent: its numbers begin at 0 as well."""
        if self._process != os.getpid():
            self._begin()

    def _show(self) -> None:
        in_use = len(self._out)
        now = (len(self._open), len(self._open) - in_use, in_use)
        for gauge, value, before in zip(self._gauges, now, self._shown, strict=True):
            gauge.inc(value - before)
        self._shown = now


def watch_waits(engine: Engine, timed_out: Callable[[], None]) -> None:
    """Call `timed_out` when no connection came free in time; SQLAlchemy has no event for that."""

    def wrap(pool: Pool) -> None:
        connect = pool.connect

        def counted() -> PoolProxiedConnection:
            try:
                return connect()
            except exc.TimeoutError:
                timed_out()
                raise

        pool.connect = counted  # type: ignore[method-assign]

    wrap(engine.pool)
    event.listen(engine, "engine_disposed", lambda disposed: wrap(disposed.pool))
