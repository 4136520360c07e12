"""What becomes of answers."""

import pytest

from steward.dashboards.asking import AnnotationQuery, Target
from steward.dashboards.prometheus import Answer, Found, Value
from steward.dashboards.shaping import buckets, marks, series
from steward.dashboards.timerange import grid
from steward.dashboards.wire import Series

MOMENTS = grid(100, 160, width=1_200, scrape=10)
ALERTS = AnnotationQuery("Alerts", "ALERTS", "red", "{{alertname}} fires")


def answer(*labels: dict[str, str]) -> Answer:
    return Answer(tuple(Found(one, [1.0]) for one in labels))


def named(legend: str, *labels: dict[str, str]) -> list[str]:
    return [one.name for one in series(Target("A", "up", legend), answer(*labels), {})]


def test_a_legend_gives_the_names() -> None:
    assert named("{{job}}!", {"job": "api"}, {"job": "worker"}) == ["api!", "worker!"]


@pytest.mark.parametrize("legend", ["", "__auto"])
def test_without_a_legend_the_label_that_tells_them_apart_is_the_name(legend: str) -> None:
    assert named(legend, {"job": "api", "zone": "a"}, {"job": "worker", "zone": "a"}) == ["api", "worker"]


def test_where_several_labels_do_all_are_written() -> None:
    found = named("", {"__name__": "up", "job": "api", "zone": "a"}, {"__name__": "up", "job": "b", "zone": "c"})
    assert found == ['up{job="api", zone="a"}', 'up{job="b", zone="c"}']


def test_a_series_without_labels_is_called_like_its_panel_else_as_it_is_asked() -> None:
    assert named("", {}) == ["up"]
    assert [one.name for one in series(Target("A", "up"), answer({}), {}, "Services")] == ["Services"]


def bucket(edge: str, *values: Value, **labels: str) -> Series:
    return Series("", "A", {"le": edge, **labels}, list(values))


def test_each_bucket_holds_what_is_in_it_alone_from_the_lowest_up() -> None:
    found = buckets([bucket("+Inf", 9.0, 4.0), bucket("0.5", 5.0, None), bucket("10", 7.0, 4.0)])
    assert [(one.name, one.values) for one in found] == [
        ("0.5", [5.0, None]),
        ("10", [2.0, 4.0]),
        ("+Inf", [2.0, 0.0]),
    ]


def test_buckets_of_different_histograms_are_not_mixed() -> None:
    found = buckets([bucket("1", 5.0, job="a"), bucket("2", 6.0, job="a"), bucket("2", 3.0, job="b")])
    assert [(one.labels["job"], one.values) for one in found] == [("a", [5.0]), ("a", [1.0]), ("b", [3.0])]


def test_a_bucket_never_holds_less_than_nothing() -> None:
    assert buckets([bucket("1", 5.0), bucket("2", 4.0)])[1].values == [0.0]


def test_series_without_an_edge_are_left_out() -> None:
    assert buckets([Series("", "A", {"job": "a"}, [1.0]), bucket("none", 1.0)]) == []


def marked(annotation: AnnotationQuery, *values: Value) -> list[tuple[float, float]]:
    found = Answer((Found({"alertname": "Slow"}, list(values)),))
    return [(mark.start, mark.end) for mark in marks(annotation, found, MOMENTS)]


def test_samples_without_a_gap_are_one_mark() -> None:
    assert marked(ALERTS, None, 1.0, 1.0, None, 1.0, 0.0, 1.0) == [(110, 120), (140, 140), (160, 160)]


def test_marks_say_what_the_annotation_writes() -> None:
    found = Answer((Found({"alertname": "Slow"}, [1.0] * 7),))
    (mark,) = marks(ALERTS, found, MOMENTS)
    assert (mark.name, mark.text, mark.color) == ("Alerts", "Slow fires", "red")


def test_a_value_may_be_the_moment() -> None:
    deploys = AnnotationQuery("Deploys", "started * 1000", moment_is_value=True)
    assert marked(deploys, 50_000.0, 50_000.0, 125_000.0, None, 125_000.0) == [(125, 125)]
