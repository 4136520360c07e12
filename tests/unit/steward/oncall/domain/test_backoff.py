"""How long to wait before another attempt."""

import pytest

from steward.oncall.domain.backoff import LONGEST_SECONDS, pause_seconds


def test_pause_doubles_up_to_five_minutes() -> None:
    assert [pause_seconds(failures, chance=0) for failures in (1, 2, 3, 8, 9, 500)] == [2, 4, 8, 256, 300, 300]


def test_what_failed_together_is_tried_again_apart() -> None:
    assert pause_seconds(3, chance=1) == 6


@pytest.mark.parametrize(("asked", "pause"), [(10, 10), (-1, 0), (86_400, LONGEST_SECONDS)])
def test_pause_that_is_asked_for_is_granted_within_reason(asked: float, pause: float) -> None:
    assert pause_seconds(1, chance=0.5, asked=asked) == pause
