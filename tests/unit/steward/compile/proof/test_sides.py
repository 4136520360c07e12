from collections.abc import Sequence
from typing import Any

import pytest

from steward.compile.proof.sides import blind_spots, check_sides
from steward.model import Alert, CatalogueError, Severity, Team, Threshold, above, below, equal, given

TEAM = Team("clerks", "Clerks", "Ann", "Bob")


def alert(threshold: Threshold | None, fires: Sequence[float | None], silent: Sequence[float | None]) -> Alert:
    return Alert(
        "Queue",
        Severity.WARNING,
        TEAM,
        "shop_queue",
        threshold,
        "Long",
        "Open a till.",
        "queue",
        fires=tuple(given(value=value) for value in fires),
        silent=tuple(given(value=value) for value in silent),
    )


@pytest.mark.parametrize(
    ("threshold", "fires", "silent"),
    [(above(10), 12, 6), (below(10), 8, 14), (equal(0), 0, 1), (None, 1, None), (above(10), 12, None)],
)
def test_examples_on_their_sides_are_fine(threshold: Any, fires: float, silent: float | None) -> None:
    check_sides(alert(threshold, [fires], [silent]))
    assert not list(blind_spots(alert(threshold, [fires], [silent, 6 if threshold == above(10) else silent])))


@pytest.mark.parametrize(
    ("threshold", "fires", "silent", "message"),
    [
        (above(10), 10, 6, "alert Queue: a firing example has the value 10, which > 10 makes silent"),
        (above(10), 12, 11, "alert Queue: a silent example has the value 11, which > 10 makes firing"),
        (below(10), 11, 14, "a firing example has the value 11"),
        (equal(0), 1, 2, "a firing example has the value 1"),
        (above(10), None, 6, "alert Queue: say in a firing example what the expression comes to"),
    ],
)
def test_examples_on_the_wrong_side_are_refused(
    threshold: Threshold, fires: float | None, silent: float, message: str
) -> None:
    with pytest.raises(CatalogueError, match=message):
        check_sides(alert(threshold, [fires], [silent]))


@pytest.mark.parametrize(
    ("threshold", "fires", "silent", "spot"),
    [
        (above(10), 25, 6, "a threshold twice as high: give a firing example with a value below 20"),
        (above(10), 12, 4, "a threshold half as high: give a silent example with a value above 5"),
        (below(10), 8, 20, "a threshold twice as high: give a silent example with a value below 20"),
        (below(10), 4, 14, "a threshold half as high: give a firing example with a value above 5"),
    ],
)
def test_examples_too_far_from_the_threshold_leave_a_blind_spot(
    threshold: Threshold, fires: float, silent: float, spot: str
) -> None:
    assert [": ".join(one) for one in blind_spots(alert(threshold, [fires], [silent]))] == [spot]
