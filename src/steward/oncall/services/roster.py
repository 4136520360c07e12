"""Who is on call, and whom a step of a policy tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue, OnCall, Person, Schedule, Target, Team
from steward.oncall.domain import schedule as schedules
from steward.oncall.domain.overrides import as_shifts
from steward.oncall.domain.schedule import Duty, Shift
from steward.oncall.errors import NotFound
from steward.oncall.services.calendars import calendar_shifts
from steward.oncall.store import overrides

_INSTANT = timedelta(microseconds=1)
_AHEAD = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Post:
    """A team's duty at an instant."""

    team: Team
    duty: Duty | None
    """None where nobody is on call."""
    until: datetime | None
    """When that ends; None where it is further off than a month."""
    follows: Person | None
    """Who is on call then."""


def people_for(
    connection: Connection, target: Target, team: str, *, at: datetime, catalogue: Catalogue
) -> tuple[Person, ...]:
    """Return whom a step tells about alerts of that team; empty where nobody is at that level."""
    oncall, owner = _oncall(catalogue), find_team(catalogue, team)
    match target:
        case Target.ON_CALL if owner and owner.schedule:
            person = on_call(connection, owner.schedule, at=at, catalogue=catalogue)
        case Target.LEAD if owner:
            person = owner.lead
        case Target.HEAD:
            person = oncall.head
        case _:
            person = None
    return (person,) if person else ()


def stand_ins(connection: Connection, team: str, *, at: datetime, catalogue: Catalogue) -> tuple[Person, ...]:
    """Return who stands in where none of a policy's levels has anybody, as the team's `contact` says.

    That is a person, or another team: whoever is on call there, else its lead, else its own contact.
    """
    contact, asked = _contact(catalogue, team), set[str]()
    while contact and contact not in asked:
        asked.add(contact)
        if person := _oncall(catalogue).person(contact):
            return (person,)
        for target in (Target.ON_CALL, Target.LEAD):
            if found := people_for(connection, target, contact, at=at, catalogue=catalogue):
                return found
        contact = _contact(catalogue, contact)
    return ()


def on_call(connection: Connection, schedule: str, *, at: datetime, catalogue: Catalogue) -> Person | None:
    """Return who is on call; None for nobody. Raises NotFound where there is no such schedule."""
    found = find_schedule(catalogue, schedule)
    return schedules.on_call(found, at, _over(connection, found, at, at + _INSTANT, catalogue))


def shifts(
    connection: Connection, schedule: str, *, begin: datetime, end: datetime, catalogue: Catalogue
) -> tuple[Shift, ...]:
    """Return who is on call when between two instants; raises NotFound where there is no such schedule."""
    found = find_schedule(catalogue, schedule)
    return schedules.shifts(found, begin, end, _over(connection, found, begin, end, catalogue))


def posts(connection: Connection, *, at: datetime, catalogue: Catalogue) -> tuple[Post, ...]:
    """Return who is on call for each team that has a schedule, in the catalogue's order."""
    return tuple(_post(connection, team, at=at, catalogue=catalogue) for team in catalogue.teams if team.schedule)


def find_schedule(catalogue: Catalogue, name: str) -> Schedule:
    """Return the schedule called `name`; raises NotFound."""
    known = _oncall(catalogue).schedules
    for one in known:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in known) or "none"
    raise NotFound(f"no schedule is called {name!r}; known: {names}")


def find_team(catalogue: Catalogue, name: str) -> Team | None:
    """Return the team called `name`."""
    return next((one for one in catalogue.teams if one.name == name), None)


def _contact(catalogue: Catalogue, team: str) -> str:
    found = find_team(catalogue, team)
    return found.contact if found else ""


def _post(connection: Connection, team: Team, *, at: datetime, catalogue: Catalogue) -> Post:
    ahead = shifts(connection, team.schedule, begin=at, end=at + _AHEAD, catalogue=catalogue)
    now = ahead[0] if ahead and ahead[0].starts_at <= at else None
    behind = ahead[1:] if now else ahead
    if now is None:
        return Post(team, None, behind[0].starts_at if behind else None, behind[0].person if behind else None)
    until = now.ends_at if now.ends_at < at + _AHEAD else None
    follows = behind[0].person if behind and behind[0].starts_at == until else None
    return Post(team, now.duty, until, follows)


def _over(
    connection: Connection, schedule: Schedule, begin: datetime, end: datetime, catalogue: Catalogue
) -> tuple[Shift, ...]:
    """Return what counts before the layers, the calendar first, so that an override beats it."""
    oncall = _oncall(catalogue)
    made = overrides.overlapping(connection, schedule.name, begin, end)
    return (*calendar_shifts(connection, schedule, oncall, begin, end), *as_shifts(made, oncall))


def _oncall(catalogue: Catalogue) -> OnCall:
    if catalogue.oncall is None:
        raise NotFound("the catalogue declares no on-call; give it `oncall=`")
    return catalogue.oncall
