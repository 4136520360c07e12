"""The shape of a festival day, as data: phases one after another, each with its crowd.

Times are simulated seconds since the day began.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60.0
HOUR = 3600.0

_OPENING_HOUR = 11


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the day during which the crowd behaves alike."""

    name: str
    start: float
    end: float
    pace: float
    """Acts per hour of one visitor inside."""
    spending: float
    """Share of those acts that are purchases, between 0 and 1."""
    arrivals: float = 0.0
    """Visitors who come during the phase, in parts of the day's sum."""
    departures: float = 0.0
    """Visitors who go home during the phase, in parts of the day's sum."""

    @property
    def length(self) -> float:
        """Its seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Day:
    """Phases that cover a day without a gap."""

    phases: tuple[Phase, ...]

    def __post_init__(self) -> None:
        edges = [0.0, *(phase.end for phase in self.phases)]
        for phase, expected in zip(self.phases, edges, strict=False):
            if phase.start != expected or phase.end <= phase.start:
                raise ValueError(f"phase {phase.name!r} must start at {expected:g} s and end later")

    @property
    def length(self) -> float:
        """Its seconds."""
        return self.phases[-1].end

    def phase_at(self, at: float) -> Phase:
        """Return the phase of a moment; before the day it is the first one, after the day the last one."""
        index = bisect_right(self.phases, at, key=lambda phase: phase.start) - 1
        return self.phases[max(index, 0)]

    def after(self, at: float, acts: float) -> float:
        """Return when somebody inside since `at` has done `acts` acts, at the latest the end of the day."""
        for phase in self.phases:
            begin = max(at, phase.start)
            possible = max(phase.end - begin, 0.0) * phase.pace / HOUR
            if acts < possible:
                return begin + acts * HOUR / phase.pace
            acts -= possible
        return self.length

    def arrival(self, quantile: float) -> float:
        """Return when the visitor comes before whom the share `quantile` of all has come."""
        return self._spread(quantile, lambda phase: phase.arrivals)

    def departure(self, quantile: float) -> float:
        """Return when the visitor leaves before whom the share `quantile` of all has left."""
        return self._spread(quantile, lambda phase: phase.departures)

    def _spread(self, quantile: float, weight: Callable[[Phase], float]) -> float:
        left = quantile * sum(weight(phase) for phase in self.phases)
        for phase in self.phases:
            if weight(phase) and left <= weight(phase):
                return phase.start + phase.length * left / weight(phase)
            left -= weight(phase)
        return self.length


def time_of_day(at: float) -> str:
    """Write a moment as the festival's clock shows it, e.g. `14:05`."""
    minutes = int(at // MINUTE) + _OPENING_HOUR * 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _day(*rows: tuple[str, float, float, float, float, float]) -> Day:
    phases: list[Phase] = []
    start = 0.0
    for name, minutes, pace, spending, arrivals, departures in rows:
        end = start + minutes * MINUTE
        phases.append(Phase(name, start, end, pace, spending, arrivals, departures))
        start = end
    return Day(tuple(phases))


DAY = _day(
    # name, minutes, acts per hour, of them purchases, arrivals, departures
    ("soundcheck", 20, 2.0, 0.30, 0, 0),
    ("gates open", 40, 4.0, 0.30, 15, 0),
    ("rush", 120, 5.0, 0.35, 60, 0),
    ("first act", 60, 4.0, 0.25, 14, 0),
    ("changeover", 30, 11.0, 0.60, 4, 0),
    ("second act", 60, 4.0, 0.25, 3, 0),
    ("dinner", 90, 8.0, 0.55, 3, 2),
    ("third act", 80, 4.0, 0.25, 1, 3),
    ("long changeover", 40, 11.0, 0.60, 0, 1),
    ("headliner", 120, 1.5, 0.20, 0, 4),
    ("last orders", 60, 9.0, 0.60, 0, 35),
    ("night", 120, 2.5, 0.30, 0, 55),
)
"""Fourteen hours, from the soundcheck at 11:00 until the last visitor has left at 01:00."""
