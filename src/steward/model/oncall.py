"""On-call: who is asked first, whom it goes to next and when, and by which ways people are told."""

from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from steward.model.errors import CatalogueError
from steward.model.service import Secret
from steward.model.severity import Severity
from steward.promql import ZERO, Duration, days, hours, minutes

_WEEK = days(7)
_SHORT = minutes(5)
_HOUR = hours(1)


def zone(name: str, where: str) -> ZoneInfo:
    """Return a time zone; raises CatalogueError, which says `where` it was named."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CatalogueError(f"{where}: no time zone is called {name!r}; write e.g. Europe/Berlin") from None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told."""

    name: str
    """Short and unique, e.g. `ada`; accounts and overrides name people so."""
    title: str
    """As people know them."""
    email: str
    slack: str = ""
    """Slack's member id, e.g. `U012AB3CD`, so that a message can mention them."""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns; each turn begins at the same local time."""

    people: tuple[Person, ...]
    since: date
    """The day on which the first person's first turn begins."""
    every_days: int = 7
    handover: time = time(9)
    """Local time of the schedule's zone; where that time is skipped or comes twice, the first instant after."""
    hours: tuple[time, time] | None = None
    """Only between these local times of each day, e.g. by day; None for round the clock. It may span midnight."""
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """Only on these days, Monday is 0; the day on which `hours` begin counts."""

    def __post_init__(self) -> None:
        if self.every_days < 1:
            raise CatalogueError("rotation: a turn lasts at least one day")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who is on call when."""

    name: str
    title: str
    timezone: str
    """IANA name, e.g. `Europe/Berlin`."""
    layers: tuple[Rotation, ...] = ()
    """Where several have somebody at a time, the last one counts."""
    calendar: str = ""
    """An iCalendar feed (https address, or a file's path) whose events count before the layers: an event names a
    person by e-mail address (attendee) or by its summary."""

    def __post_init__(self) -> None:
        zone(self.timezone, f"schedule {self.name}")


class Way(Enum):
    """How somebody is told."""

    PAGERDUTY = "pagerduty"
    SLACK = "slack"
    EMAIL = "email"
    WEBHOOK = "webhook"

    @property
    def title(self) -> str:
        """Return what people call it, e.g. `PagerDuty`."""
        return {Way.PAGERDUTY: "PagerDuty", Way.SLACK: "Slack", Way.EMAIL: "e-mail"}.get(self, self.value)


class Target(Enum):
    """Whom a step of a policy tells."""

    ON_CALL = "on-call engineer"
    """Whoever the schedule of the alert's team names at that moment."""
    LEAD = "team lead"
    """The lead of the alert's team."""
    HEAD = "VP Engineering"
    """The person whom the catalogue's `OnCall.head` names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One level of an escalation, taken unless somebody has acknowledged before."""

    to: Target
    by: tuple[Way, ...]
    after: Duration = ZERO
    """Counted from when the page opened."""
    on_business_day: bool = False
    """Not before the next business day begins."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens to alerts of one severity."""

    severity: Severity
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        delays = [step.after for step in self.steps]
        if not delays or delays != sorted(delays):
            raise CatalogueError(f"policy {self.severity.value}: it needs steps, each not before the one above it")


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """When ordinary work is done."""

    timezone: str = "UTC"
    opens: time = time(9)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Monday is 0."""
    country: str = ""
    """ISO 3166 code whose public holidays are no business days; empty for none."""
    subdivision: str = ""
    closed: tuple[date, ...] = ()
    """More days off."""

    def __post_init__(self) -> None:
        zone(self.timezone, "business days")


@dataclass(frozen=True, slots=True)
class OnCall:
    """The whole of it."""

    people: tuple[Person, ...]
    schedules: tuple[Schedule, ...]
    policies: tuple[Policy, ...]
    head: Person | None = None
    business: BusinessDays = BusinessDays()
    room: str = "#incidents"
    """The Slack channel in which pages are announced and incidents are worked on."""
    slack: Secret | None = None
    """An incoming webhook's address."""
    pagerduty: Secret | None = None
    """An Events API key."""
    longest_silence: Duration = _WEEK
    watchdog: str = "Watchdog"
    """The alert that always fires; its absence is paged."""
    watchdog_within: Duration = _SHORT
    """How long it may stay away."""
    settles_after: Duration = _SHORT
    """An alert that ends and comes again within this time is the same page."""
    storm_pages: int = 10
    """How many pages a team may get within `storm_within`; whatever comes besides is counted on one page."""
    storm_within: Duration = _SHORT
    incident_gathers_for: Duration = _HOUR
    """For so long after it was opened, an incident takes in critical pages of the same team and service."""
    incident_quiet_for: Duration = _HOUR
    """When none of its alerts has fired for so long, an incident that is only monitored is resolved."""

    def __post_init__(self) -> None:
        for what, names in (
            ("person", [one.name for one in self.people]),
            ("schedule", [one.name for one in self.schedules]),
            ("policy", [one.severity.value for one in self.policies]),
        ):
            for name in names:
                if names.count(name) > 1:
                    raise CatalogueError(f"{what} {name}: declared twice")

    def policy(self, severity: Severity) -> Policy | None:
        """Return what happens to alerts of that severity; None where nobody is told."""
        return next((one for one in self.policies if one.severity is severity), None)

    def person(self, name: str) -> Person | None:
        """Return the person called `name`."""
        return next((one for one in self.people if one.name == name), None)
