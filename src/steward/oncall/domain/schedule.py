"""Who is on call: the layers of a schedule, and what people and calendars put over them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise

from steward.model import Person, Schedule
from steward.model.oncall import zone
from steward.oncall.domain.rotation import changes, turn_of


class Origin(StrEnum):
    """Why somebody is on call."""

    ROTATION = "rotation"
    CALENDAR = "calendar"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody is on call, for a reason."""

    person: Person
    origin: Origin = Origin.ROTATION


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody is on call from an instant, inclusive, to another, exclusive; both in UTC."""

    duty: Duty
    starts_at: datetime
    ends_at: datetime

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.duty.person

    def covers(self, at: datetime) -> bool:
        """Tell whether an instant is in it."""
        return self.starts_at <= at < self.ends_at


def on_duty(schedule: Schedule, at: datetime, over: Sequence[Shift] = ()) -> Duty | None:
    """Return who is on call at an instant, and why; None for nobody.

    Of the shifts in `over` the last that covers the instant counts, then the last layer that has somebody.
    """
    for shift in reversed(over):
        if shift.covers(at):
            return shift.duty
    local = zone(schedule.timezone, f"schedule {schedule.name}")
    for rotation in reversed(schedule.layers):
        person = turn_of(rotation, at, local)
        if person is not None:
            return Duty(person)
    return None


def on_call(schedule: Schedule, at: datetime, over: Sequence[Shift] = ()) -> Person | None:
    """Return who is on call at an instant; see `on_duty`."""
    duty = on_duty(schedule, at, over)
    return duty.person if duty else None


def shifts(schedule: Schedule, begin: datetime, end: datetime, over: Sequence[Shift] = ()) -> tuple[Shift, ...]:
    """Return who is on call when between two instants, in order; where nobody is, no shift is.

    The first and the last are cut at `begin` and `end`; somebody's turns that follow each other are one shift.
    """
    first, last = begin.astimezone(UTC), end.astimezone(UTC)
    if first >= last:
        return ()
    found: list[Shift] = []
    for start, stop in pairwise(sorted({first, *_changes(schedule, first, last, over), last})):
        duty = on_duty(schedule, start, over)
        if duty is None:
            continue
        goes_on = bool(found) and found[-1].duty == duty and found[-1].ends_at == start
        found.append(Shift(duty, found.pop().starts_at if goes_on else start, stop))
    return tuple(found)


def gaps(found: Sequence[Shift], begin: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return when nobody is on call between two instants, given the shifts between them."""
    edges = [begin.astimezone(UTC), *(edge for one in found for edge in (one.starts_at, one.ends_at))]
    edges.append(end.astimezone(UTC))
    return tuple((start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True) if start < stop)


def _changes(schedule: Schedule, begin: datetime, end: datetime, over: Sequence[Shift]) -> Iterator[datetime]:
    local = zone(schedule.timezone, f"schedule {schedule.name}")
    for rotation in schedule.layers:
        yield from changes(rotation, begin, end, local)
    for shift in over:
        yield from (moment for moment in (shift.starts_at, shift.ends_at) if begin < moment < end)
