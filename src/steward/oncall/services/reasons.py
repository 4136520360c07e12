"""Why an alert fires, or does not: the values that it watches, now, against their thresholds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.oncall.domain.conditions import Condition
from steward.oncall.errors import Unavailable
from steward.oncall.prometheus import Prometheus, Sample

MOST = 50
"""Series of one condition that are shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one series, now."""

    labels: Mapping[str, str]
    value: float
    wrong: bool
    """Whether it fulfils the condition."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition with the values of its series."""

    condition: Condition
    readings: tuple[Reading, ...] = ()
    """Those that fulfil it first, then by how far they are from the threshold; at most `MOST`."""
    left_out: int = 0
    problem: str = ""
    """Why there is no value; empty where there is one."""

    @property
    def fulfilled(self) -> bool:
        """Whether any series fulfils it."""
        return any(one.wrong for one in self.readings)


def reasons(prometheus: Prometheus, conditions: Sequence[Condition]) -> tuple[Reason, ...]:
    """Ask for the values of conditions, now. Where Prometheus does not answer it is asked once only."""
    found: list[Reason] = []
    for condition in conditions:
        try:
            samples = prometheus.query(condition.expr)
        except Unavailable as error:
            return (*found, *(Reason(one, problem=str(error)) for one in conditions[len(found) :]))
        found.append(_reason(condition, samples))
    return tuple(found)


def _reason(condition: Condition, samples: Sequence[Sample]) -> Reason:
    if not samples:
        return Reason(condition, problem="it has no value now")
    readings = [Reading(_told(one.labels), one.value, condition.holds(one.value)) for one in samples]
    readings.sort(key=lambda one: (not one.wrong, _distance(condition, one.value)))
    return Reason(condition, tuple(readings[:MOST]), max(0, len(readings) - MOST))


def _told(labels: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in labels.items() if name != "__name__"}


def _distance(condition: Condition, value: float) -> float:
    if math.isnan(value):
        return math.inf
    return -value if condition.threshold is None else abs(value - condition.threshold)
