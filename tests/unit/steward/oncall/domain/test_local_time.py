from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from steward.oncall.domain.local_time import instant

TABLE = [
    # An ordinary day, on either side of the year.
    ("Europe/Berlin", "2026-01-15 09:00", "2026-01-15T08:00:00Z"),
    ("Europe/Berlin", "2026-07-15 09:00", "2026-07-15T07:00:00Z"),
    ("America/New_York", "2026-01-15 09:00", "2026-01-15T14:00:00Z"),
    ("Australia/Lord_Howe", "2026-07-15 09:00", "2026-07-14T22:30:00Z"),
    ("Asia/Kathmandu", "2026-07-15 09:00", "2026-07-15T03:15:00Z"),
    # Clocks go forward: a skipped time means the moment of the change.
    ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29T00:59:00Z"),
    ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00Z"),
    ("America/New_York", "2026-03-08 02:59", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-03-08 03:01", "2026-03-08T07:01:00Z"),
    ("Australia/Lord_Howe", "2026-10-04 02:00", "2026-10-03T15:30:00Z"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z"),
    ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03T15:30:00Z"),
    # Clocks go back: of a time that comes twice, the first.
    ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"),
    ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00Z"),
    ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z"),
    ("America/New_York", "2026-11-01 02:00", "2026-11-01T07:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z"),
    ("Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04T15:30:00Z"),
    # A leap day, the end of a year, and a day that a whole country skipped.
    ("Europe/Berlin", "2028-02-29 09:00", "2028-02-29T08:00:00Z"),
    ("America/New_York", "2026-12-31 23:00", "2027-01-01T04:00:00Z"),
    ("Pacific/Apia", "2011-12-30 09:00", "2011-12-30T10:00:00Z"),
    ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30T10:00:00Z"),
]


@pytest.mark.parametrize(("zone", "local", "expected"), TABLE, ids=[f"{zone} {local}" for zone, local, _ in TABLE])
def test_a_local_time_is_an_instant(zone: str, local: str, expected: str) -> None:
    day, clock = local.split()

    found = instant(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))

    assert found == datetime.fromisoformat(expected)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
def test_later_local_times_are_never_earlier_instants(zone: str) -> None:
    for days in ((2026, 3, 29), (2026, 10, 25), (2026, 3, 8), (2026, 11, 1), (2026, 4, 5), (2026, 10, 4)):
        found = [
            instant(date(*days), time(hour, minute), ZoneInfo(zone))
            for hour in range(24)
            for minute in (0, 15, 45)
        ]
        assert found == sorted(found)
