"""When an alert would fire if everything goes on as it is."""

import pytest

from steward.oncall.domain.burning import Course, fires_in, lasts

HOUR = 3_600


@pytest.mark.parametrize(
    ("value", "towards", "expected"),
    [
        pytest.param(0, 20, 0.72 * HOUR, id="it rises to twenty within the hour"),
        pytest.param(10, 20, 0.44 * HOUR, id="some of it is in the window already"),
        pytest.param(15, 20, 0, id="it is above and stays there"),
        pytest.param(15, 10, None, id="it is above and falls"),
        pytest.param(0, 14.4, None, id="it never comes above what it must be above"),
        pytest.param(0, 0, None, id="nothing happens"),
    ],
)
def test_a_value_moves_in_a_straight_line_until_its_window_has_passed(
    value: float, towards: float, expected: float | None
) -> None:
    assert Course(HOUR, value, towards, limit=14.4).passes() == (
        None if expected is None else pytest.approx(expected)
    )


def test_an_alert_fires_when_its_last_condition_holds() -> None:
    soon, late = Course(60, 0, 20, 10), Course(HOUR, 0, 20, 10)

    assert fires_in([soon, late]) == 1_800
    assert fires_in([soon, Course(60, 20, 0, 10)]) is None
    assert fires_in([]) is None


@pytest.mark.parametrize(
    ("remaining", "burn", "expected"), [(1, 1, 100), (0.5, 10, 5), (0.5, 0, None), (0, 1, 0), (-0.3, 0, 0)]
)
def test_a_budget_lasts_as_long_as_it_is_not_spent(remaining: float, burn: float, expected: float | None) -> None:
    assert lasts(remaining, 100, burn) == expected
