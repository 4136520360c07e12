import pytest

from steward.promql import parse
from steward.promql.infer import infer
from steward.promql.interval import interval
from steward.promql.schema import Schema


def labels_of(text: str, schema: Schema) -> str:
    """Return what is inferred, as one line: `name`, `name=values`, `?` where it can be missing, `...` if open."""
    found = infer(parse(text), schema)
    shown = []
    for name, state in sorted(found.labels.items()):
        values = "" if state.values is None else "=" + "|".join(sorted(state.values))
        if state.values is None or state.values:
            shown.append(name + values + ("?" if state.optional else ""))
    return ", ".join([*shown, *(["..."] if found.is_open else [])])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("requests_total", "instance, job=shop, path, status=200|404|500"),
        ('requests_total{status=~"5.."}', "instance, job=shop, path, status=500"),
        ('requests_total{status!="200"}', "instance, job=shop, path, status=404|500"),
        ('requests_total{status!~"4..|5.."}', "instance, job=shop, path, status=200"),
        ('requests_total{path="/a"}', "instance, job=shop, path=/a, status=200|404|500"),
        ("sum(requests_total)", ""),
        ("sum by (path, nosuch) (requests_total)", "path"),
        ("sum without (status, instance) (requests_total)", "job=shop, path"),
        ("topk(3, requests_total)", "instance, job=shop, path, status=200|404|500"),
        ('count_values("version", open)', "version"),
        ("rate(requests_total[5m])", "instance, job=shop, path, status=200|404|500"),
        ("max_over_time(sum by (path) (rate(requests_total[5m]))[1h:1m])", "path"),
        ("histogram_quantile(0.9, sum by (le, path) (rate(latency_seconds_bucket[5m])))", "path"),
        ('absent(up{job="shop", instance=~"a.*"})', "job=shop"),
        ("absent(sum(up))", ""),
        ("vector(1)", ""),
        ("time() - open", "instance, job=shop"),
        ("open > 1", "instance, job=shop"),
        ("requests_total / on(path) latency_seconds_count", "path"),
        ("requests_total / ignoring(status) latency_seconds_count", "instance, job=shop, path"),
        (
            "requests_total * on(path) group_left(zone) partly",
            "instance, job=shop, path, status=200|404|500, zone?",
        ),
        (
            "partly * on(path) group_right(zone) requests_total",
            "instance, job=shop, path, status=200|404|500, zone?",
        ),
        ("sum by (path) (requests_total) or sum by (status) (requests_total)", "path?, status=200|404|500?"),
        ("sum by (path) (requests_total) unless open", "path"),
        ('up and on(job) open{job="shop"}', "instance, job=shop"),
        ('label_replace(open, "side", "left", "job", ".*")', "instance, job=shop, side=left?"),
        ('label_replace(open, "side", "$1", "job", "(.*)")', "instance, job=shop, side?"),
        ('label_join(open, "both", "-", "job", "instance")', "both?, instance, job=shop"),
        ("nosuch", "..."),
        ('nosuch{a="b"}', "a=b, ..."),
        ("sum by (a) (nosuch)", "a?"),
        ("sum without (a) (nosuch)", "..."),
        ("-open", "instance, job=shop"),
    ],
)
def test_labels_of_a_result(text: str, wanted: str, schema: Schema) -> None:
    assert labels_of(text, schema) == wanted


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5", 5, 5),
        ("up", 0, 1),
        ("rate(requests_total[5m])", 0, float("inf")),
        ("open", float("-inf"), float("inf")),
        ("sum(rate(requests_total[5m])) / 2", 0, float("inf")),
        ("1 - up", 0, 1),
        ("up * 100", 0, 100),
        ("count(up)", 1, float("inf")),
        ("absent(up)", 1, 1),
        ("hour()", 0, 23),
        ("max(up) or vector(5)", 0, 5),
        ("open > bool 3", 0, 1),
        ("-up", float("-inf"), float("inf")),
        ("nosuch ^ 2", float("-inf"), float("inf")),
        ("avg_over_time(up[5m])", 0, 1),
    ],
)
def test_values_lie_between(text: str, low: float, high: float, schema: Schema) -> None:
    found = interval(parse(text), schema)

    assert (found.low, found.high) == (low, high)
