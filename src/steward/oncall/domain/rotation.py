"""Turns of a rotation: whose it is at an instant, and when that may change."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from steward.model import Person, Rotation
from steward.oncall.domain.local_time import instant

_DAY = timedelta(days=1)
_MIDNIGHT = time()
_WEEK = 7


def turn_of(rotation: Rotation, at: datetime, zone: ZoneInfo) -> Person | None:
    """Return whose turn it is; None before the first turn, outside the hours, and where nobody takes turns."""
    if not rotation.people or not _in_hours(rotation, at, zone):
        return None
    number = _turn_number(rotation, at, zone)
    return rotation.people[number % len(rotation.people)] if number >= 0 else None


def changes(rotation: Rotation, begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants after `begin` and before `end` at which somebody's turn may begin or end."""
    if not rotation.people:
        return
    day, last = _local_day(begin, zone) - _DAY, _local_day(end, zone) + _DAY
    while day <= last:
        for moment in _changes_of_day(rotation, day, zone):
            if begin < moment < end:
                yield moment
        day += _DAY


def _turn_number(rotation: Rotation, at: datetime, zone: ZoneInfo) -> int:
    """Return how many turns have ended before; negative before the first begins."""
    number = (_local_day(at, zone) - rotation.since).days // rotation.every_days
    while _begin(rotation, number, zone) > at:
        number -= 1
    while _begin(rotation, number + 1, zone) <= at:
        number += 1
    return number


def _begin(rotation: Rotation, number: int, zone: ZoneInfo) -> datetime:
    return instant(rotation.since + number * rotation.every_days * _DAY, rotation.handover, zone)


def _in_hours(rotation: Rotation, at: datetime, zone: ZoneInfo) -> bool:
    if _round_the_clock(rotation):
        return True
    today = _local_day(at, zone)
    # Hours that span midnight began the day before; and clocks that are set back over midnight show a day again.
    return any(
        day.weekday() in rotation.weekdays and _opens(rotation, day, zone) <= at < _closes(rotation, day, zone)
        for day in (today - _DAY, today, today + _DAY)
    )


def _opens(rotation: Rotation, day: date, zone: ZoneInfo) -> datetime:
    return instant(day, rotation.hours[0] if rotation.hours else _MIDNIGHT, zone)


def _closes(rotation: Rotation, day: date, zone: ZoneInfo) -> datetime:
    begin, end = rotation.hours or (_MIDNIGHT, _MIDNIGHT)
    return instant(day if begin < end else day + _DAY, end, zone)


def _changes_of_day(rotation: Rotation, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    since = (day - rotation.since).days
    if since >= 0 and since % rotation.every_days == 0:
        yield instant(day, rotation.handover, zone)
    if not _round_the_clock(rotation) and day.weekday() in rotation.weekdays:
        yield _opens(rotation, day, zone)
        yield _closes(rotation, day, zone)


def _round_the_clock(rotation: Rotation) -> bool:
    return rotation.hours is None and len(set(rotation.weekdays)) == _WEEK


def _local_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
