"""Calendars of others: their events, with every repetition, as they fall into a stretch of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from steward.oncall.domain.local_time import instant

LARGEST = 1_000_000
"""Characters."""
_MOST_EVENTS = 5_000
_EARLIEST = 1970
_DAY = timedelta(days=1)
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")


class Unreadable(ValueError):
    """It is no calendar, or one that cannot be meant for turns of people."""


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence of an event; both times are in UTC."""

    summary: str
    attendees: tuple[str, ...]
    """E-mail addresses of those who have not declined, in lower case."""
    starts_at: datetime
    ends_at: datetime


def read(content: str, begin: datetime, end: datetime, zone: ZoneInfo) -> tuple[Event, ...]:
    """Return the events at some time between two instants, by their beginning; raises Unreadable.

    Whole days and times without a zone are those of `zone`. Cancelled events are left out.
    """
    first, last = begin.astimezone(UTC), end.astimezone(UTC)
    # By whole days, so that a question asked again and again is answered from memory.
    whole = (_midnight(first), _midnight(last) + _DAY)
    return tuple(
        one for one in _occurrences(content, *whole, zone) if one.starts_at < last and one.ends_at > first
    )


@lru_cache(maxsize=16)
def _occurrences(content: str, begin: datetime, end: datetime, zone: ZoneInfo) -> tuple[Event, ...]:
    try:
        calendar = _checked(content)
        # The library compares times without a zone by their digits, so a day more on either side.
        found = recurring_ical_events.of(calendar).between(begin - _DAY, end + _DAY)
        events = [_event(one, zone) for one in found if one.get("STATUS") != "CANCELLED"]
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a stranger's text does to the parser, people are paged
        raise Unreadable(f"no iCalendar text that can be read: {type(error).__name__}") from None
    lasting = [one for one in events if one.starts_at < one.ends_at]
    return tuple(sorted(lasting, key=lambda one: (one.starts_at, -one.ends_at.timestamp(), one.summary)))


def _checked(content: str) -> Calendar:
    if len(content) > LARGEST:
        raise Unreadable(f"it has more than {LARGEST:,} characters")
    if "\0" in content:
        raise Unreadable("it has a zero character")
    if content.upper().count("BEGIN:VEVENT") > _MOST_EVENTS:
        raise Unreadable(f"it has more than {_MOST_EVENTS:,} events")
    calendar = Calendar.from_ical(content)
    if not isinstance(calendar, Calendar):
        raise Unreadable("it does not begin with BEGIN:VCALENDAR")
    for event in calendar.events:
        _check_event(event)
    return calendar


def _check_event(event: CalendarEvent) -> None:
    """Refuse what would take for ever to expand."""
    start = event.DTSTART
    if start is None or start.year < _EARLIEST:
        raise Unreadable(f"an event begins before {_EARLIEST}, or does not say when")
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        often = _TOO_OFTEN.intersection(str(one).upper() for one in rule.get("FREQ", ()))
        if often or any(len(rule.get(part, ())) > 1 for part in _WITHIN_A_DAY):
            raise Unreadable("an event comes more than once a day; turns last longer")


def _event(component: CalendarEvent, zone: ZoneInfo) -> Event:
    return Event(
        str(component.get("SUMMARY", "")).strip(),
        tuple(dict.fromkeys(_attendees(component))),
        _in_utc(component.start, zone),
        _in_utc(component.end, zone),
    )


def _attendees(component: CalendarEvent) -> Iterator[str]:
    given = component.get("ATTENDEE", [])
    for one in given if isinstance(given, list) else [given]:
        scheme, colon, address = str(one).partition(":")
        if str(one.params.get("PARTSTAT", "")).upper() != "DECLINED":
            yield (address if colon and scheme.lower() == "mailto" else str(one)).strip().lower()


def _in_utc(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return instant(moment, time(), zone)
    return instant(moment.date(), moment.time(), zone) if moment.tzinfo is None else moment.astimezone(UTC)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
