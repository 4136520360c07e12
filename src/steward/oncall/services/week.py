"""One week of a schedule: who is on call when, when nobody is, and what was put over the rotation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue, Schedule
from steward.oncall.domain.overrides import Override
from steward.oncall.domain.schedule import Shift, gaps
from steward.oncall.services import overrides, roster
from steward.oncall.store import feeds

LENGTH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A schedule from one Monday, 0:00 UTC, to the next."""

    schedule: Schedule
    begins: datetime
    shifts: tuple[Shift, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    overrides: tuple[Override, ...]
    """Those that still count, of this week and of the next months."""
    problem: str = ""
    """Why its calendar could not be read; empty where it could, or has none."""

    def place(self, at: datetime) -> float:
        """Return where an instant is in the week, as percent of it."""
        return (at - self.begins) / LENGTH * 100


def monday(at: datetime) -> datetime:
    """Return the Monday, 0:00 UTC, of the week that an instant is in."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def weeks(connection: Connection, begins: datetime, *, now: datetime, catalogue: Catalogue) -> Iterator[Week]:
    """Yield that week of every schedule, in the catalogue's order."""
    ends = begins + LENGTH
    for schedule in catalogue.oncall.schedules if catalogue.oncall else ():
        name = schedule.name
        shifts = roster.shifts(connection, name, begin=begins, end=ends, catalogue=catalogue)
        far = max(ends, now) + timedelta(days=366)
        standing = overrides.standing(connection, name, begin=min(begins, now), end=far, catalogue=catalogue)
        feed = feeds.find(connection, name) if schedule.calendar else None
        yield Week(
            schedule,
            begins,
            shifts,
            gaps(shifts, begins, ends),
            tuple(one for one in standing if one.ends_at > now),
            feed.error if feed else "",
        )
