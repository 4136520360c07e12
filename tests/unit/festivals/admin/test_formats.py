from datetime import UTC, datetime, timedelta, timezone

import pytest

from festivals.admin import formats


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0.00"), (7, "0.07"), (123_456, "1\u202f234.56"), (-5, "−0.05"), (100_000_000, "1\u202f000\u202f000.00")],
)
def test_amount(cents: int, text: str) -> None:
    assert formats.amount(cents) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (0, "0\u202f%"), (1, "100\u202f%"), (0.999, "99.9\u202f%"), (0.99999, "99.9\u202f%")],
)
def test_a_share_below_one_never_reads_as_one(share: float | None, text: str) -> None:
    assert formats.ratio(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0\u202fs"), (59, "59\u202fs"), (150, "2\u202fmin"), (7200, "2\u202fh"), (200_000, "2\u202fd")],
)
def test_duration(seconds: float, text: str) -> None:
    assert formats.duration(seconds) == text


def test_times_are_utc() -> None:
    berlin = timezone(timedelta(hours=2))
    assert formats.moment(datetime(2026, 7, 4, 1, 3, 59, tzinfo=berlin)) == "2026-07-03 23:03:59"
    assert formats.day(datetime(2026, 7, 4, tzinfo=UTC)) == "Saturday, 4 July 2026"


@pytest.mark.parametrize(("part", "whole", "text"), [(1, 3, "33.3"), (5, 0, "0"), (9, 3, "100.0"), (-1, 3, "0.0")])
def test_percent_of_stays_within_the_drawing(part: int, whole: int, text: str) -> None:
    assert formats.percent_of(part, whole) == text
