"""Who is on call, as the API takes and shows it."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from steward.model import Person
from steward.oncall.domain.schedule import Origin, Shift
from steward.oncall.services.roster import Post

_YEARS = range(1970, 2200)


def _usable(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError(f"the year must be {_YEARS.start} to {_YEARS.stop - 1}")
    return moment.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_usable)]


class PersonView(BaseModel):
    """Somebody who can be told."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    email: str
    slack: str
    phone: str

    @classmethod
    def of(cls, person: Person | None) -> Self | None:
        """Show a person, or nobody."""
        return cls.model_validate(person) if person else None


class PostView(BaseModel):
    """Who is on call for a team."""

    team: str
    title: str
    schedule: str
    on_call: PersonView | None
    origin: Origin | None
    """Why it is them."""
    until: datetime | None
    """When this ends; null: not within the next month."""
    follows: PersonView | None
    lead: PersonView | None

    @classmethod
    def of(cls, post: Post) -> Self:
        """Show one."""
        return cls(
            team=post.team.name,
            title=post.team.title,
            schedule=post.team.schedule,
            on_call=PersonView.of(post.duty.person if post.duty else None),
            origin=post.duty.origin if post.duty else None,
            until=post.until,
            follows=PersonView.of(post.follows),
            lead=PersonView.of(post.team.lead),
        )


class OnCallNow(BaseModel):
    """Who is on call at an instant."""

    at: datetime
    teams: list[PostView]
    head: PersonView | None


class ScheduleView(BaseModel):
    """A schedule."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    timezone: str


class Schedules(BaseModel):
    """Every schedule."""

    schedules: list[ScheduleView]


class ShiftView(BaseModel):
    """Somebody is on call from an instant to another."""

    person: str
    title: str
    origin: Origin
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, shift: Shift) -> Self:
        """Show a shift."""
        return cls(
            person=shift.person.name,
            title=shift.person.title,
            origin=shift.duty.origin,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )


class GapView(BaseModel):
    """Nobody is on call from an instant to another."""

    starts_at: datetime
    ends_at: datetime


class OverrideView(BaseModel):
    """Somebody takes a turn that the schedule gives to another."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    person: str
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_at: datetime


class CalendarView(BaseModel):
    """How reading the schedule's calendar went."""

    fetched_at: datetime | None
    error: str


class Plan(BaseModel):
    """A schedule in a stretch of time."""

    schedule: ScheduleView
    starts_at: datetime
    ends_at: datetime
    shifts: list[ShiftView]
    gaps: list[GapView]
    overrides: list[OverrideView]
    calendar: CalendarView | None


class Subscription(BaseModel):
    """Where a calendar program finds a schedule."""

    url: str


class NewOverride(BaseModel):
    """A turn to take."""

    model_config = ConfigDict(extra="forbid")

    person: Annotated[str, Field(min_length=1, max_length=100, description="short name, as in the catalogue")]
    starts_at: Annotated[Instant | None, Field(description="now, when left out")] = None
    ends_at: Instant
