"""What an alert's expression compares, read from the expression itself."""

import pytest

from steward.oncall.domain.conditions import Condition, charted, conditions

CASES = [
    ("up == 0", [Condition("up", "==", 0.0)]),
    ("up == bool 0", [Condition("up == bool 0")]),
    ("a > -1.5", [Condition("a", ">", -1.5)]),
    ("a > b", [Condition("a > b")]),
    ("a >= 2 and on () (b > 0)", [Condition("a", ">=", 2.0), Condition("b", ">", 0.0)]),
    ("a > 1 and b > 1 and c < 3", [Condition("a", ">", 1.0), Condition("b", ">", 1.0), Condition("c", "<", 3.0)]),
    ("a > 2 unless on () maintenance == 1", [Condition("a", ">", 2.0)]),
    ("a > 2 or b > 2", [Condition("a > 2 or b > 2")]),
    ("absent(up)\nor absent(down)", [Condition("absent(up)\nor absent(down)")]),
    ("sum(rate(a[5m])) / (sum(rate(b[5m])) > 0) > 0.05", [
        Condition("sum(rate(a[5m])) / (sum(rate(b[5m])) > 0)", ">", 0.05),
    ]),
    ("no PromQL (", [Condition("no PromQL (")]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_every_condition_is_found_with_its_threshold(query: str, expected: list[Condition]) -> None:
    assert list(conditions(query)) == expected


@pytest.mark.parametrize(
    ("comparison", "wrong", "well"),
    [(">", 2, 1), ("<", 0, 1), (">=", 1, 0.9), ("<=", 1, 1.1), ("==", 1, 0), ("!=", 0, 1)],
)
def test_a_value_is_held_against_the_threshold(comparison: str, wrong: float, well: float) -> None:
    condition = Condition("a", comparison, 1)
    assert condition.holds(wrong)
    assert not condition.holds(well)


def test_where_there_is_no_threshold_every_value_is_wrong() -> None:
    assert Condition("absent(up)").holds(0)


def test_neighbours_with_one_threshold_share_a_chart() -> None:
    found = conditions("long > 14.4 and short > 14.4 and bad >= 5 and other > 14.4")
    assert [[one.expr for one in some] for some in charted(found)] == [["long", "short"], ["bad"], ["other"]]
