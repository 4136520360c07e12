"""What the tests of all alerts have in common."""

import math
from dataclasses import dataclass

from steward.compile.proof.origin import Origin, origin_of
from steward.model import Catalogue, Collection, Duration, seconds


@dataclass(frozen=True, slots=True)
class World:
    """A catalogue, its targets, and the interval of scrapes and evaluations."""

    catalogue: Catalogue
    origin: Origin
    interval: Duration

    def steps(self, length: Duration) -> int:
        """Return how many intervals a length takes, a part of one counted as a whole."""
        return math.ceil(length.milliseconds / self.interval.milliseconds)


def world_of(catalogue: Catalogue, collection: Collection) -> World:
    """Return the world in which a catalogue's alerts are tested."""
    return World(catalogue, origin_of(catalogue), seconds(collection.interval))
