import pytest

from steward.promql import parse
from steward.promql.infer import infer
from steward.promql.matching import alternatives, takes
from steward.promql.nodes import MatchOperator
from steward.promql.schema import SeriesInfo


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "answer"),
    [
        ("=", "a", "a", True),
        ("=", "a", "b", False),
        ("!=", "a", "b", True),
        ("=~", "5..", "500", True),
        ("=~", "5", "500", False),
        ("=~", "00", "500", False),
        ("!~", "5", "500", True),
        ("=~", "a.b", "a\nb", True),
        ("=~", "", "", True),
        ("=~", r"\pL", "a", None),
        ("!~", r"\pL", "a", None),
    ],
)
def test_a_condition_takes_whole_values(
    operator: MatchOperator, wanted: str, value: str, answer: bool | None
) -> None:
    assert takes(operator, wanted, value) is answer


@pytest.mark.parametrize(
    ("pattern", "parts"), [("a|b", ("a", "b")), ("(a|b)c", ("(a|b)c",)), (r"a\|b", (r"a\|b",))]
)
def test_alternatives_are_parted_at_the_top_only(pattern: str, parts: tuple[str, ...]) -> None:
    assert alternatives(pattern) == parts


def test_a_pattern_that_is_beyond_us_excludes_nothing() -> None:
    schema = {"m": SeriesInfo("m", labels={"zone": frozenset({"a", "b"})})}

    assert infer(parse(r'm{zone=~"\\pL"}'), schema).label("zone").values == frozenset({"a", "b"})
