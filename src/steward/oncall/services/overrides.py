"""Taking a turn that a schedule gives to another, and giving it back."""

from datetime import datetime

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.domain.overrides import Override, check
from steward.oncall.errors import Invalid, NotFound
from steward.oncall.services.roster import find_schedule
from steward.oncall.store import events, overrides


def make(
    connection: Connection,
    schedule: str,
    *,
    person: str,
    starts_at: datetime,
    ends_at: datetime,
    actor: str,
    now: datetime,
    catalogue: Catalogue,
) -> Override:
    """Let a person be on call for a time, whoever's turn it is; raises NotFound, Invalid.

    Times are kept to the second. Where overrides overlap, the one made later counts.
    """
    found = find_schedule(catalogue, schedule)
    known = catalogue.oncall.people if catalogue.oncall else ()
    if person not in {one.name for one in known}:
        raise Invalid(f"no person is called {person!r}; known: {', '.join(one.name for one in known)}")
    starts_at, ends_at = starts_at.replace(microsecond=0), ends_at.replace(microsecond=0)
    check(starts_at, ends_at, now=now)
    made = overrides.add(
        connection, schedule=found.name, person=person, starts_at=starts_at, ends_at=ends_at, actor=actor, now=now
    )
    _record(connection, "override.made", made, f"{person} takes {found.title}", at=now, actor=actor)
    return made


def cancel(
    connection: Connection, schedule: str, number: int, *, actor: str, now: datetime, catalogue: Catalogue
) -> None:
    """Give the turn back to its owner for the time that is left; raises NotFound."""
    found = find_schedule(catalogue, schedule)
    kept = overrides.find(connection, found.name, number)
    if (
        kept is None
        or kept.ends_at <= now
        or not overrides.cancel(connection, number, now=now.replace(microsecond=0))
    ):
        raise NotFound(f"schedule {found.name} has no override {number} that still counts")
    _record(connection, "override.cancelled", kept, f"{kept.person} gives {found.title} back", at=now, actor=actor)


def standing(
    connection: Connection, schedule: str, *, begin: datetime, end: datetime, catalogue: Catalogue
) -> tuple[Override, ...]:
    """Return those of a schedule that are for some time between two instants and not cancelled, as made."""
    found = overrides.overlapping(connection, find_schedule(catalogue, schedule).name, begin, end)
    return tuple(one for one in found if one.cancelled_at is None)


def _record(connection: Connection, kind: str, override: Override, what: str, *, at: datetime, actor: str) -> None:
    begin, end = (one.strftime("%Y-%m-%d %H:%M") for one in (override.starts_at, override.ends_at))
    data = {"override": override.id, "schedule": override.schedule, "person": override.person}
    events.record(connection, kind, f"{what}, {begin} to {end} UTC", at=at, actor=actor, data=data)
