"""A schedule as a calendar that others subscribe to."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from steward.model import Schedule
from steward.oncall.domain.schedule import Shift

_PRODUCT = "-//steward//on-call//EN"
_REFRESH = timedelta(hours=1)


def write(schedule: Schedule, shifts: Iterable[Shift], *, now: datetime) -> bytes:
    """Return an iCalendar file, one event a shift, that names the person by e-mail address; times are in UTC.

    A shift keeps its `UID` for as long as its person and its beginning stay the same.
    """
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", schedule.title)
    calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    for shift in shifts:
        calendar.add_component(_event(schedule, shift, now))
    return bytes(calendar.to_ical())


def _event(schedule: Schedule, shift: Shift, now: datetime) -> Event:
    event = Event()
    event.add("UID", _uid(schedule, shift))
    event.add("DTSTAMP", now)
    event.add("DTSTART", shift.starts_at)
    event.add("DTEND", shift.ends_at)
    event.add("SUMMARY", f"{shift.person.title}: {schedule.title}")
    event.add("CATEGORIES", [shift.duty.origin.value])
    event.add("TRANSP", "TRANSPARENT")
    attendee = vCalAddress(f"mailto:{shift.person.email}")
    attendee.params["CN"] = vText(shift.person.title)
    event.add("ATTENDEE", attendee)
    return event


def _uid(schedule: Schedule, shift: Shift) -> str:
    said = f"{schedule.name}\n{shift.person.name}\n{shift.starts_at.isoformat()}"
    return f"{hashlib.sha256(said.encode()).hexdigest()[:32]}@steward"
