"""Calendars of schedules: what their events say of who is on call."""

import re
from datetime import datetime

import structlog
from sqlalchemy import Connection

from steward.model import OnCall, Person, Schedule
from steward.model.oncall import zone
from steward.oncall.calendars.reading import Event, Unreadable, read
from steward.oncall.domain.schedule import Duty, Origin, Shift
from steward.oncall.store import feeds

_LOG = structlog.stdlib.get_logger(__name__)
_WORD = re.compile(r"[\w@.+-]+")


def calendar_shifts(
    connection: Connection, schedule: Schedule, oncall: OnCall, begin: datetime, end: datetime
) -> tuple[Shift, ...]:
    """Return the shifts that the events of a schedule's calendar give at some time between two instants.

    They are in the order of their beginnings, so the one that began last counts. An event that names nobody of the
    catalogue, and a calendar that cannot be read, give none: the layers count then.
    """
    kept = feeds.find(connection, schedule.name) if schedule.calendar else None
    if kept is None or not kept.content:
        return ()
    try:
        events = read(kept.content, begin, end, zone(schedule.timezone, f"schedule {schedule.name}"))
    except Unreadable as error:
        _LOG.warning("calendar not readable", schedule=schedule.name, error=str(error))
        return ()
    named = ((one, person_of(one, oncall)) for one in events)
    return tuple(
        Shift(Duty(person, Origin.CALENDAR), one.starts_at, one.ends_at) for one, person in named if person
    )


def person_of(event: Event, oncall: OnCall) -> Person | None:
    """Return whom an event names: the first attendee that is known, else the only one whom its summary names."""
    by_email = {one.email.lower(): one for one in oncall.people}
    for address in event.attendees:
        if address in by_email:
            return by_email[address]
    words = _words(event.summary)
    named = [one for one in oncall.people if any(_in(_words(name), words) for name in _names(one))]
    return named[0] if len(named) == 1 else None


def _names(person: Person) -> tuple[str, ...]:
    return (person.name, person.title, person.email)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _in(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Tell whether some words stand in others, in a row."""
    return bool(part) and any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))
