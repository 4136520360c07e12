"""Local times as instants, through every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first instant, in UTC, at which clocks of `zone` show that time of that day or a later one.

    So a time that comes twice means the first of the two, and one that is skipped means the moment of the change.
    """
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), zone)
    before, after = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    return before if before <= after else _change(after, before, zone)


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return when the clocks change, to the second, in a stretch of time in which they do once."""
    old = low.astimezone(zone).utcoffset()
    low, high = low.replace(microsecond=0), high.replace(microsecond=0) + _SECOND
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high
