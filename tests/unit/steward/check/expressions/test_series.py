"""Checks of what is selected and what is done with it, held against a small schema."""

from collections.abc import Mapping

import pytest

from steward.check.expressions import (
    beyond_retention,
    cost,
    histogram_part,
    impossible_label_value,
    newer_function,
    no_such_bucket,
    quantile_without_le,
    rate_of_gauge,
    raw_counter,
    short_range,
    unknown_label,
    unknown_metric,
)
from steward.check.finding import Level, Place
from steward.check.shape import Budget, Context, ExpressionCheck, ExpressionSubject, Problem, Use
from steward.promql import parse
from steward.promql.schema import SeriesInfo, Values

LABELS: Mapping[str, Values] = {
    "status": frozenset({"200", "404", "500"}),
    "path": None,
    "job": frozenset({"shop"}),
}
SCHEMA = {
    info.name: info
    for info in (
        SeriesInfo("requests_total", "counter", labels=LABELS, bound=300),
        SeriesInfo("open", "gauge", labels={"job": frozenset({"shop"})}, bound=1),
        SeriesInfo("wait_bucket", "histogram", "bucket", {"le": frozenset({"0.5", "1.0", "+Inf"})}),
        SeriesInfo("wait_sum", "histogram", "sum", {}),
        SeriesInfo("wait_count", "histogram", "count", {}),
        SeriesInfo("loose", labels={"job": None}, complete=False),
    )
}
CONTEXT = Context(SCHEMA, version=(2, 42), budget=Budget(series=1000, samples=20_000))


def problems(check: ExpressionCheck, text: str, context: Context = CONTEXT) -> list[Problem]:
    subject = ExpressionSubject(Use.ALERT, "Broken", text, parse(text), Place("shop.yml", 1))
    return list(check.check(subject, context))


FOUND: list[tuple[ExpressionCheck, str, str, Level]] = [
    (unknown_metric, "rate(request_total[5m])", "request_total", Level.ERROR),
    (unknown_metric, '{__name__="request_total"}', '__name__="request_total"', Level.ERROR),
    (histogram_part, "rate(wait[5m])", "wait", Level.ERROR),
    (unknown_label, 'requests_total{code="500"}', 'code="500"', Level.ERROR),
    (unknown_label, 'requests_total{code!="500"}', 'code!="500"', Level.WARNING),
    (unknown_label, "sum by (code) (requests_total)", "sum", Level.WARNING),
    (unknown_label, "count by (status) (sum by (path) (requests_total))", "count", Level.WARNING),
    (unknown_label, "open and on(code) requests_total", "and", Level.WARNING),
    (impossible_label_value, 'requests_total{status="5xx"}', 'status="5xx"', Level.ERROR),
    (impossible_label_value, 'requests_total{status=~"5x.*"}', 'status=~"5x.*"', Level.ERROR),
    (impossible_label_value, 'requests_total{status=~"5..|3.."}', 'status=~"5..|3.."', Level.WARNING),
    (impossible_label_value, 'requests_total{status!="503"}', 'status!="503"', Level.WARNING),
    (impossible_label_value, 'requests_total{status!~".*"}', 'status!~".*"', Level.ERROR),
    (no_such_bucket, 'wait_bucket{le="0.3"}', 'le="0.3"', Level.ERROR),
    (no_such_bucket, 'wait_bucket{le="1"}', 'le="1"', Level.ERROR),
    (no_such_bucket, 'wait_bucket{le=~"2|3"}', 'le=~"2|3"', Level.ERROR),
    (rate_of_gauge, "increase(open[5m])", "open", Level.ERROR),
    (raw_counter, "requests_total > 5", "requests_total", Level.WARNING),
    (raw_counter, "wait_sum / wait_count", "wait_sum", Level.WARNING),
    (raw_counter, "max_over_time(requests_total[5m])", "requests_total", Level.WARNING),
    (quantile_without_le, "histogram_quantile(0.9, sum(rate(wait_bucket[5m])))", "sum", Level.ERROR),
    (quantile_without_le, "histogram_quantile(0.9, sum without (le) (wait_bucket))", "sum", Level.ERROR),
    (short_range, "rate(requests_total[45s])", "45s", Level.WARNING),
    (short_range, "rate(requests_total[15s])", "15s", Level.ERROR),
    (beyond_retention, "avg_over_time(open[36d])", "open[36d]", Level.ERROR),
    (beyond_retention, "open offset 36d", "open offset 36d", Level.ERROR),
    (beyond_retention, "max_over_time(open[20d:1h] offset 20d)", "open", Level.ERROR),
    (newer_function, "mad_over_time(open[5m])", "mad_over_time", Level.ERROR),
    (cost, "rate(requests_total[1h])", "rate(requests_total[1h])", Level.WARNING),
    (cost, "max_over_time(open[30d:5s])", "max_over_time(open[30d:5s])", Level.WARNING),
]


@pytest.mark.parametrize(("check", "text", "place", "level"), FOUND)
def test_it_is_found_where_it_stands(check: ExpressionCheck, text: str, place: str, level: Level) -> None:
    found = problems(check, text)

    assert found
    assert found[0].span is not None
    assert (found[0].span.of(text), found[0].level) == (place, level)


IN_PEACE: list[tuple[ExpressionCheck, str]] = [
    (unknown_metric, "loose"),
    (unknown_metric, '{__name__=~"request.*"}'),
    (unknown_label, 'loose{anything="x"}'),
    (unknown_label, "sum by (path) (requests_total)"),
    (unknown_label, "sum by (anything) (loose)"),
    (unknown_label, "sum without (anything) (requests_total)"),
    (unknown_label, "open and on(path) requests_total"),
    (unknown_label, "open and on() requests_total"),
    (impossible_label_value, 'requests_total{path="/x"}'),
    (impossible_label_value, 'requests_total{status=~"5.."}'),
    (impossible_label_value, 'requests_total{status=~"(4|5).."}'),
    (impossible_label_value, 'requests_total{status!~"4.."}'),
    (impossible_label_value, r'requests_total{status=~"\\pN+"}'),
    (no_such_bucket, 'wait_bucket{le="0.5"}'),
    (no_such_bucket, r'wait_bucket{le=~"1|1\\.0"}'),
    (rate_of_gauge, "rate(requests_total[5m])"),
    (rate_of_gauge, "deriv(open[5m])"),
    (raw_counter, "sum(rate(requests_total[5m]))"),
    (raw_counter, "absent(requests_total)"),
    (raw_counter, "count by (path) (requests_total)"),
    (raw_counter, "open and requests_total"),
    (raw_counter, "requests_total - requests_total offset 5m"),
    (raw_counter, "requests_total unless requests_total offset 5m"),
    (raw_counter, "requests_total == 0"),
    (quantile_without_le, "histogram_quantile(0.9, sum by (le) (rate(wait_bucket[5m])))"),
    (quantile_without_le, "histogram_quantile(0.9, sum without (path) (rate(wait_bucket[5m])))"),
    (quantile_without_le, "histogram_quantile(0.9, sum(rate(wait[5m])))"),
    (short_range, "rate(requests_total[1m])"),
    (short_range, "max_over_time(open[15s])"),
    (beyond_retention, "avg_over_time(open[35d])"),
    (beyond_retention, "open @ 1700000000 offset 40d"),
    (newer_function, "last_over_time(open[5m] @ end())"),
    (cost, 'rate(requests_total{status="500"}[45m])'),
]


@pytest.mark.parametrize(("check", "text"), IN_PEACE)
def test_it_is_left_in_peace(check: ExpressionCheck, text: str) -> None:
    assert problems(check, text) == []


@pytest.mark.parametrize(
    "check", [unknown_metric, histogram_part, unknown_label, impossible_label_value, raw_counter, beyond_retention]
)
@pytest.mark.parametrize("text", ['max_over_time(nothing{a="b"}[90d])', "requests_total"])
def test_nothing_is_said_where_nothing_is_known(check: ExpressionCheck, text: str) -> None:
    assert problems(check, text, Context()) == []


def test_a_metric_of_a_job_that_is_not_known_is_only_mentioned() -> None:
    context = Context(SCHEMA, opaque=("till",))

    assert [one.level for one in problems(unknown_metric, "till_open", context)] == [Level.INFO]
    assert [one.level for one in problems(unknown_metric, "requests_totals", context)] == [Level.ERROR]
    assert problems(unknown_metric, 'anything{job="till"}', context) == []
