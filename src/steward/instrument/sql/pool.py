"""Following the connections of an engine's pool."""

from collections.abc import Callable
from weakref import finalize

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool, PoolProxiedConnection

from steward.instrument.sql.gauges import Place, PoolGauges


def watch_pool(engine: Engine, gauges: PoolGauges, gave_none: Callable[[Exception], None]) -> None:
    """Follow the pool of `engine` and those that replace it.

    A pool's own figures would not do: they count a place whose connection was invalidated as a connection, and
    forget those that were out when the pool was replaced.

    `gave_none` is called with what a pool raised instead of a connection; SQLAlchemy has no event for all of that.
    """
    follower = _Follower(gauges, gave_none)
    follower.wrap(engine.pool)
    event.listen(engine, "connect", follower.connected)
    event.listen(engine, "checkin", follower.checked_in)
    event.listen(engine, "close", follower.closed)
    event.listen(engine, "detach", follower.closed)


class _Follower:
    """Keeps the place of each connection in its pool entry, under the gauges that it is counted in."""

    def __init__(self, gauges: PoolGauges, gave_none: Callable[[Exception], None]) -> None:
        self._gauges = gauges
        self._gave_none = gave_none

    def wrap(self, pool: Pool) -> None:
        """Hear what `pool` hands out, and of the pool that replaces it.

        The events of both cost more. That of a checkout makes each take a longer way; that of a replaced pool is
        the engine's, and with a listener to one of those each statement looks for others.
        """
        connect, recreate, gauges = pool.connect, pool.recreate, self._gauges

        def counted() -> PoolProxiedConnection:
            try:
                connection = connect()
            except Exception as error:
                self._gave_none(error)
                raise
            info = connection.record_info
            if info is not None:
                place = info.get(gauges)
                if place is None:  # made before anyone watched
                    place = info[gauges] = Place()
                gauges.taken(place)
            return connection

        def recreated() -> Pool:
            gauges.replaced()
            successor = recreate()
            self.wrap(successor)
            return successor

        pool.connect = counted  # type: ignore[method-assign]
        pool.recreate = recreated  # type: ignore[method-assign]

    def connected(self, _connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        """Give a new connection its place."""
        info = entry.record_info
        if info is not None:
            place = info[self._gauges] = Place()
            self._gauges.opened(place)
            # A pool can be left to its fate, and another's listener can refuse the connection.
            finalize(entry, self._gauges.closed, place).atexit = False

    def checked_in(self, _connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        """Hear that a connection came back; there may have been none."""
        gauges = self._gauges
        place = (entry.record_info or {}).get(gauges)
        if place is not None:
            gauges.given_back(place)

    def closed(self, _connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        """Hear that a connection was closed, or is no longer the pool's."""
        place = (entry.record_info or {}).pop(self._gauges, None)
        if place is not None:
            self._gauges.closed(place)
