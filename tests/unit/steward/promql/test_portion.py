import pytest

from steward.promql import parse
from steward.promql.portion import is_part


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ('sum(rate(m{a="b"}[5m]))', "sum(rate(m[5m]))"),
        ('sum by (x, y) (increase(m{a="b", c="d"}[1h]))', 'sum by (y, x) (increase(m{c="d"}[1h]))'),
        ('sum(rate(m_bucket{le="0.5"}[5m]))', "sum(rate(m_count[5m]))"),
        ('m{a="b"} offset 5m', "m offset 5m"),
        ("count(m)", "count(m)"),
    ],
)
def test_fewer_series_counted_the_same_way_are_a_part(part: str, whole: str) -> None:
    assert is_part(parse(part), parse(whole))


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("sum(rate(m[5m]))", 'sum(rate(m{a="b"}[5m]))'),
        ('sum(rate(m{a="b"}[5m]))', "sum(rate(n[5m]))"),
        ('sum(rate(m{a="b"}[5m]))', "sum(rate(m[1h]))"),
        ('sum(rate(m{a="b"}[5m]))', "sum(rate(m[5m] offset 1d))"),
        ('sum(increase(m{a="b"}[5m]))', "sum(rate(m[5m]))"),
        ('sum(rate(m{a="b"}[5m]))', "sum by (x) (rate(m[5m]))"),
        ('sum(rate(m{a="b"}[5m]))', "max(rate(m[5m]))"),
        ('avg(rate(m{a="b"}[5m]))', "avg(rate(m[5m]))"),
        ('sum(m{a="b"} @ 100)', "sum(m @ 200)"),
        ("sum(rate(m_bucket[5m]))", "sum(rate(m_count[5m]))"),
        ('sum(rate(m_bucket{le="0.5"}[5m]))', "sum(rate(n_count[5m]))"),
        ('sum(rate({a="b"}[5m]))', "sum(rate({a=~'.+'}[5m]))"),
        ("1", "2"),
    ],
)
def test_what_may_be_more_is_no_part(part: str, whole: str) -> None:
    assert not is_part(parse(part), parse(whole))
