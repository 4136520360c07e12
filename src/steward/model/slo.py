"""Service-level objectives, in the terms of the Google SRE workbook."""

import re
from dataclasses import dataclass

from steward.model.errors import CatalogueError
from steward.model.metric import Counter, Histogram
from steward.model.severity import Severity
from steward.model.team import Team
from steward.promql import Duration, PromqlError, days, hours, minutes, parse
from steward.promql.nodes import Selector

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Events:
    """Some of a counter's events: those that its matchers select."""

    counter: Counter
    matchers: str = ""
    """As in PromQL, without braces, e.g. `status=~"5.."`."""

    def __post_init__(self) -> None:
        try:
            node = parse(self.selector)
        except PromqlError as error:
            raise CatalogueError(f"events {self.selector}: {error.message}") from None
        if not isinstance(node, Selector):
            raise CatalogueError(f'events {self.selector}: write matchers only, such as status=~"5.."')

    @property
    def selector(self) -> str:
        """The PromQL that selects them."""
        return f"{self.counter.name}{{{self.matchers}}}" if self.matchers else self.counter.name


@dataclass(frozen=True, slots=True)
class Ratio:
    """The share of events that are not bad."""

    total: Events
    bad: Events


@dataclass(frozen=True, slots=True)
class Latency:
    """The share of observations that are not slower than a bound."""

    histogram: Histogram
    within: float
    """In the histogram's unit; one of its buckets."""
    matchers: str = ""

    def __post_init__(self) -> None:
        if self.within not in self.histogram.buckets:
            known = ", ".join(f"{bound:g}" for bound in self.histogram.buckets)
            raise CatalogueError(
                f"latency of {self.histogram.name}: {self.within:g} is none of its buckets ({known}), "
                "so how many are within it is not known"
            )


Indicator = Ratio | Latency


@dataclass(frozen=True, slots=True)
class BurnRate:
    """An alert on how fast the error budget is spent, seen in a long window and a short one."""

    name: str
    """Last part of the alert's name, e.g. `Page`."""
    factor: float
    """How many times faster than evenly over the objective's window."""
    long: Duration
    short: Duration
    """Has to burn too, so that the alert ends soon after the trouble."""
    severity: Severity


MONTH = days(30)

WORKBOOK = (
    BurnRate("Page", 14.4, hours(1), minutes(5), Severity.CRITICAL),
    BurnRate("Ticket", 6, hours(6), minutes(30), Severity.WARNING),
    BurnRate("Info", 1, days(3), hours(6), Severity.INFO),
)
"""The levels that the Google SRE workbook recommends for 30 days."""


@dataclass(frozen=True, slots=True)
class SLO:
    """One objective."""

    name: str
    """The value of the label `slo`, e.g. `api-availability`."""
    title: str
    indicator: Indicator
    objective: float
    """In percent, e.g. 99.9."""
    team: Team
    description: str
    runbook: str
    window: Duration = MONTH
    burn_rates: tuple[BurnRate, ...] = WORKBOOK
    by: tuple[str, ...] = ()
    """Labels that each have a budget of their own, e.g. a festival's identifier."""
    least_bad_events: int = 5
    """Fewer bad events than this in the long window tell nobody: a night with three visitors is no outage."""
    dashboard: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CatalogueError(f"SLO {self.name!r}: a name is lower-case words joined by dashes")
        if not 0 < self.objective < 100:
            raise CatalogueError(f"SLO {self.name}: an objective lies between 0 and 100 percent, exclusive")
        for level in self.burn_rates:
            self._check_level(level)

    @property
    def budget(self) -> float:
        """The share of events that may be bad, between 0 and 1."""
        return round(1 - self.objective / 100, 12)

    @property
    def stem(self) -> str:
        """The name as alerts carry it, e.g. `APIAvailability`."""
        return "".join("API" if word == "api" else word.capitalize() for word in self.name.split("-"))

    def _check_level(self, level: BurnRate) -> None:
        if level.factor * self.budget >= 1:
            raise CatalogueError(
                f"SLO {self.name}: {level.name} can never fire, since {level.factor:g} times a budget of "
                f"{self.budget:g} is more than every event"
            )
        if not level.short < level.long < self.window:
            raise CatalogueError(f"SLO {self.name}: {level.name} needs short < long < {self.window}")
