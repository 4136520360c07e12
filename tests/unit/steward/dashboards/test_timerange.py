"""Times in addresses, and the moments at which a range is asked."""

from datetime import UTC, datetime

import pytest

from steward.dashboards.errors import BadQuestion
from steward.dashboards.timerange import MOST_MOMENTS, grid, moment, nice, span

NOW = datetime(2026, 11, 25, 13, 45, 30, tzinfo=UTC).timestamp()  # a Wednesday


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", "2026-11-25T13:45:30"),
        ("now-1h", "2026-11-25T12:45:30"),
        ("now-90s", "2026-11-25T13:44:00"),
        ("now-1d+2h", "2026-11-24T15:45:30"),
        ("now/d", "2026-11-25T00:00:00"),
        ("now-1d/d", "2026-11-24T00:00:00"),
        ("now/h", "2026-11-25T13:00:00"),
        ("now/w", "2026-11-23T00:00:00"),
        ("now/M", "2026-11-01T00:00:00"),
        ("now/y", "2026-01-01T00:00:00"),
        ("1764078330000", "2025-11-25T13:45:30"),
        ("2026-11-24T18:00:00Z", "2026-11-24T18:00:00"),
        ("2026-11-24T18:00:00", "2026-11-24T18:00:00"),
        ("2026-11-24T18:00:00+02:00", "2026-11-24T16:00:00"),
        ("2026-11-24", "2026-11-24T00:00:00"),
    ],
)
def test_a_time_is_read(text: str, meant: str) -> None:
    assert datetime.fromtimestamp(moment(text, now=NOW), UTC) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "now-", "now-1", "now-1x", "now/q", "12", "now-1h;", "9" * 40, "-5"]
)
def test_what_is_no_time_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadQuestion, match="write now-1h"):
        moment(text, now=NOW)


@pytest.mark.parametrize("text", ["now-999999y", "now-99999y/d", "now+999999y/M"])
def test_a_time_out_of_all_bounds_is_refused(text: str) -> None:
    with pytest.raises(BadQuestion):
        span(text, "now", now=NOW)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadQuestion, match="ends before it begins"):
        span("now", "now-1h", now=NOW)


def test_a_range_over_years_is_refused() -> None:
    with pytest.raises(BadQuestion, match="longer than 400 days"):
        span("now-2y", "now", now=NOW)


@pytest.mark.parametrize(
    ("length", "width", "step"),
    [
        (3_600, 1_200, 15),  # as often as there are samples
        (6 * 3_600, 1_200, 20),
        (6 * 3_600, 400, 60),
        (86_400, 1_200, 120),
        (3 * 86_400, 17_280, 30),
        (30 * 86_400, 1_200, 3_600),
        (60, 1_200, 15),
    ],
)
def test_the_step_follows_from_the_width_and_is_readable(length: float, width: int, step: float) -> None:
    assert grid(NOW - length, NOW, width=width, scrape=15).step == step


def test_both_ends_are_whole_steps_so_that_viewers_ask_the_same() -> None:
    first = grid(NOW - 3_600, NOW, width=1_200, scrape=15)
    later = grid(NOW - 3_600 + 14, NOW + 14, width=1_180, scrape=15)
    assert (first.start, first.end, first.step) == (later.start, later.end, later.step)
    assert first.start % 15 == 0
    assert first.end % 15 == 0
    assert first.end <= NOW
    assert first.count == 241


def test_a_panel_may_ask_for_a_longer_step() -> None:
    assert grid(NOW - 3_600, NOW, width=1_200, scrape=15, least=300).step == 300


def test_no_range_has_more_moments_than_prometheus_answers() -> None:
    assert grid(NOW - 400 * 86_400, NOW, width=10**9, scrape=1).count <= MOST_MOMENTS + 1


def test_a_range_within_one_step_has_one_moment() -> None:
    assert grid(NOW + 1, NOW + 2, width=1_200, scrape=15).count == 1


def test_a_value_of_now_is_asked_at_a_moment_that_viewers_share() -> None:
    month = grid(NOW - 30 * 86_400, NOW, width=1_200, scrape=15)
    assert month.latest == NOW // 15 * 15


def test_steps_beyond_the_list_stay_as_they_are() -> None:
    assert nice(5_000_000) == 5_000_000
