"""Everybody's wishes for one day as a single stream, from nothing but a seed."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from festivals.traffic import crew
from festivals.traffic.intentions import Step
from festivals.traffic.itinerary import live
from festivals.traffic.profile import Day

_GROUP = 4
_LEAST_CREW = 8
_REQUESTS_PER_VISITOR = 75
_SHARE_OF_RATE = 0.7
"""How much of the rate an average moment may take, so that the peaks keep their shape."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part in a day."""

    visitors: tuple[str, ...]
    crew: tuple[str, ...]

    def friends(self, place: int) -> tuple[str, ...]:
        """Return who came with the visitor at `place`, or their neighbour where they came alone; never nobody."""
        first = place - place % _GROUP
        group = self.visitors[first : first + _GROUP]
        others = tuple(name for name in group if name != self.visitors[place])
        return others or (self.visitors[place - 1],)

    @property
    def everybody(self) -> tuple[str, ...]:
        """Return every name, the organiser's and the warm-up's included."""
        return (crew.ORGANISER, *crew.WARM_UP_CREW, *self.crew, *self.visitors)


def assemble(visitors: int) -> Cast:
    """Name the visitors, at least two, and as much crew as they need."""
    hands = max(_LEAST_CREW, visitors // 16)
    return Cast(
        visitors=tuple(f"visitor-{number}" for number in range(1, max(visitors, 2) + 1)),
        crew=tuple(f"crew-{number}" for number in range(1, hands + 1)),
    )


def affordable_visitors(wanted: int, *, rate: int, seconds: float) -> int:
    """Return how many of the wanted visitors can have their day in `seconds` of real time under `rate`."""
    return max(2, min(wanted, int(rate * seconds * _SHARE_OF_RATE / _REQUESTS_PER_VISITOR)))


def plan_day(
    cast: Cast, day: Day, *, seed: int, number: int, warm_up: bool, visits_admin: bool = False
) -> Iterator[Step]:
    """Yield the steps of day `number` in the order of time; the same arguments yield the same steps."""

    def draw(name: str) -> Random:
        return Random(f"{seed}/{number}/{name}")

    streams = [live(name, cast.friends(place), day, draw(name)) for place, name in enumerate(cast.visitors)]
    streams += [crew.shift(name, place, day, draw(name)) for place, name in enumerate(cast.crew)]
    streams.append(crew.organise(day, visits_admin=visits_admin))
    if warm_up:
        streams.append(crew.warm_up())
    return heapq.merge(*streams, key=lambda step: step.at)
