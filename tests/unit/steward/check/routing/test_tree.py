import pytest

from steward.check.routing.tree import holds, receivers_for
from steward.model import LabelMatch, Route, where

TREE = Route(
    "rest",
    routes=(
        Route("objectives", (LabelMatch("slo", "=~", ".+"),), goes_on=True),
        Route("pager", (where("severity", "critical"),), routes=(Route("database", (where("team", "dba"),)),)),
        Route("never", (where("severity", "critical"),)),
    ),
)


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({}, ("rest",)),
        ({"severity": "critical"}, ("pager",)),
        ({"severity": "critical", "team": "dba"}, ("database",)),
        ({"severity": "critical", "slo": "availability"}, ("objectives", "pager")),
        ({"slo": "availability"}, ("objectives",)),
    ],
)
def test_an_alert_takes_the_first_branch_and_goes_on_where_one_says_so(
    labels: dict[str, str], receivers: tuple[str, ...]
) -> None:
    assert receivers_for(TREE, labels) == receivers


def test_a_pattern_that_is_beyond_us_matches_nothing() -> None:
    assert not holds(LabelMatch("team", "=~", r"\pL+"), "dba")
    assert holds(LabelMatch("team", "!~", r"\pL+"), "dba")
