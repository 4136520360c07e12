"""How many series there can be, and what tells them apart."""

import pytest

from steward.promql import parse
from steward.promql.infer import infer
from steward.promql.interval import interval
from steward.promql.labels import UNKNOWN, LabelState
from steward.promql.schema import Schema, SeriesInfo


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("sum(requests_total)", 1),
        ("sum by (status) (requests_total)", 3),
        ('sum by (status) (requests_total{status!="200"})', 2),
        ("sum by (status, job) (requests_total)", 3),
        ("vector(1)", 1),
        ("requests_total", None),
        ("sum by (path) (requests_total)", None),
        ("topk(1, requests_total)", 1),
        ("topk(2, requests_total)", None),
        ("max_over_time(topk(1, requests_total)[1h:1m])", None),
        ("nosuch", None),
        ("count(up) or sum by (job) (up)", 3),
    ],
)
def test_there_are_at_most(text: str, most: int | None, schema: Schema) -> None:
    assert infer(parse(text), schema).most == most


def test_bound_of_a_metric_holds_for_what_is_selected_of_it() -> None:
    schema = {"m": SeriesInfo("m", labels={"path": None}, bound=4)}

    assert infer(parse('rate(m{path!="a"}[5m]) > 1'), schema).most == 4


def test_bound_of_each_target_says_nothing_of_all_of_them() -> None:
    schema = {"m": SeriesInfo("m", labels={"instance": None}, bound=1)}

    assert infer(parse("m"), schema).most is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("topk by (path) (1, requests_total)", {"path"}),
        ("topk by (path) (1, requests_total) > 5", {"path"}),
        ("topk by (path) (1, requests_total) * on (job) group_left () open", {"path"}),
        ("topk by (path) (1, requests_total) * on (job) group_left (path) open", None),
        ("sum without (path) (topk by (path) (1, requests_total))", None),
        ("topk by (path) (2, requests_total)", None),
        ("topk without (path) (1, requests_total)", None),
        ('label_replace(topk by (path) (1, requests_total), "path", "", "", "")', None),
    ],
)
def test_one_of_each_group_is_told_by_the_group(text: str, key: set[str] | None, schema: Schema) -> None:
    assert infer(parse(text), schema).key == key


def test_empty_value_stands_for_a_missing_label() -> None:
    schema = {"m": SeriesInfo("m", labels={"zone": frozenset({"", "a"})})}

    assert infer(parse("m"), schema).label("zone") == LabelState(frozenset({"a"}), optional=True)
    assert infer(parse('m{zone!=""}'), schema).label("zone") == LabelState(frozenset({"a"}))
    assert not infer(parse('m{zone=""}'), schema).keeps("zone")


def test_label_that_is_asked_for_twice_is_not_made_up(schema: Schema) -> None:
    assert not infer(parse('absent(up{job="shop", job!="node"})'), schema).keeps("job")
    assert not infer(parse('absent_over_time(up{job="shop"}[5m:1m])'), schema).keeps("job")


def test_nothing_is_claimed_of_names(schema: Schema) -> None:
    assert infer(parse("count by (__name__) (up)"), schema).label("__name__") == UNKNOWN


def test_number_on_the_left_is_not_what_a_filter_keeps(schema: Schema) -> None:
    found = interval(parse("5 > up"), schema)

    assert (found.low, found.high) == (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        'sum(rate(requests_total{status="500"}[5m])) / sum(rate(requests_total[5m]))',
        'sum(rate(unknown{status="500"}[5m])) / sum(rate(unknown[5m]))',
        'sum(rate(latency_seconds_bucket{le="0.5"}[5m])) / sum(rate(latency_seconds_count[5m]))',
    ],
)
def test_share_lies_between_0_and_1(text: str, schema: Schema) -> None:
    found = interval(parse(text), schema)

    assert (found.low, found.high) == (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        'rate(requests_total{status="500"}[5m]) / on(job) group_left rate(requests_total[5m])',
        'sum by (a, b) (rate(m{c="d"}[5m])) / on(a) sum by (a, b) (rate(m[5m]))',
    ],
)
def test_ratio_with_other_series_is_no_share(text: str, schema: Schema) -> None:
    assert interval(parse(text), schema).high == float("inf")


def test_share_of_a_gauge_can_be_anything(schema: Schema) -> None:
    assert interval(parse('sum(open{job="shop"}) / sum(open)'), schema).high == float("inf")
