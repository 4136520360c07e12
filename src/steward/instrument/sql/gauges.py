"""How many connections there are, and how many of them are in use."""

from steward.instrument.forking import in_child
from steward.instrument.handles import BoundGauge


class Place:
    """A connection of a pool, from when it was made until it is closed or the pool no longer keeps it."""

    __slots__ = ("of_old_pool",)

    def __init__(self) -> None:
        self.of_old_pool = False
        """Whether its pool was replaced: nothing takes it out again, nor says that it was closed."""


class PoolGauges:
    """Three gauges that follow connections one by one.

    They are moved up and down, so several pools can share them.

    No lock is taken: whoever removes a connection from a set, which one thread can, counts its leaving that state.
    """

    def __init__(self, open_: BoundGauge, idle: BoundGauge, in_use: BoundGauge) -> None:
        self._open = open_
        self._idle = idle
        self._in_use = in_use
        self._kept: set[Place] = set()
        self._out: set[Place] = set()
        in_child(self.forget)

    def opened(self, place: Place) -> None:
        """Count a connection that was made, as idle until it is taken."""
        self._kept.add(place)
        self._open.inc()
        self._idle.inc()

    def taken(self, place: Place) -> None:
        """Count a connection as in use."""
        try:
            self._kept.remove(place)
        except KeyError:
            if place in self._out:
                return
            # Made before anyone watched or before a fork, or taken while its pool was replaced.
            self._open.inc()
        else:
            self._idle.dec()
        self._out.add(place)
        self._in_use.inc()

    def given_back(self, place: Place) -> None:
        """Count a connection as idle again."""
        try:
            self._out.remove(place)
        except KeyError:
            return
        self._in_use.dec()
        if place.of_old_pool:
            self._open.dec()
        else:
            self._kept.add(place)
            self._idle.inc()

    def closed(self, place: Place) -> None:
        """Count a connection no longer; safe to say twice."""
        for places, gauge in ((self._kept, self._idle), (self._out, self._in_use)):
            try:
                places.remove(place)
            except KeyError:
                continue
            gauge.dec()
            self._open.dec()

    def replaced(self) -> None:
        """Forget what the old pool keeps; what it has handed out counts until it comes back."""
        for place in tuple(self._kept):
            self.closed(place)
        for place in tuple(self._out):
            place.of_old_pool = True

    def forget(self) -> None:
        """Begin anew in a forked child: its numbers begin at 0, and the connections are the parent's."""
        self._kept = set()
        self._out = set()
