"""Maintenance: planned time that spends no error budget."""

from dataclasses import dataclass

from steward.model.errors import CatalogueError
from steward.promql import Duration

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Weekly:
    """The same hours each week, in UTC, on one day."""

    weekday: int
    """0 is Sunday, as Prometheus counts."""
    start_minute: int
    """Minutes after midnight."""
    lasting: Duration

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6 or not 0 <= self.start_minute < _DAY_MINUTES:
            raise CatalogueError("weekly maintenance: a weekday is 0 to 6, a start minute 0 to 1439")
        if self.start_minute + self.lasting.seconds / 60 > _DAY_MINUTES:
            raise CatalogueError("weekly maintenance: it must end by midnight; declare another for the next day")


@dataclass(frozen=True, slots=True)
class Once:
    """One stretch of time."""

    start: int
    """Unix seconds."""
    lasting: Duration


@dataclass(frozen=True, slots=True)
class Announced:
    """Whenever a series says so."""

    expr: str
    """PromQL that gives a result exactly while there is maintenance."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned time in which some objectives do not count events."""

    name: str
    when: Weekly | Once | Announced
    slos: tuple[str, ...]
    """Names of the objectives that it concerns."""
    reason: str
