from collections.abc import Callable

import pytest

from steward.check.expressions import join_matches_nothing, many_to_one
from steward.check.shape import Problem

Ask = Callable[..., list[Problem]]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("rate(requests_total[5m]) / rate(errors_total[5m])", "kind"),
        ("sum by (path) (requests_total) / sum by (status) (requests_total)", "path"),
        ("open / memory_max_bytes", "job"),
        ("open and on(job) memory_used_bytes", "job"),
        (
            'sum by (status) (requests_total{status="200"}) / sum by (status) (requests_total{status="500"})',
            "status",
        ),
        ("requests_total / on(kind) errors_total", "kind"),
        ("sum(requests_total) / sum by (job) (requests_total)", "job"),
        ("sum(errors_total) unless open", "job"),
    ],
)
def test_sides_that_never_meet_are_told_with_the_label(ask: Ask, text: str, label: str) -> None:
    (problem,) = ask(join_matches_nothing, text)

    assert f"`{label}`" in problem.message
    assert problem.span is not None
    assert problem.span.of(text) in {"/", "and", "unless"}


@pytest.mark.parametrize(
    "text",
    [
        'sum(rate(requests_total{status="500"}[5m])) / sum(rate(requests_total[5m]))',
        "sum by (path) (requests_total) / sum by (path) (requests_total)",
        "requests_total / on(job, instance) group_left() open",
        "requests_total and on() open",
        "open or memory_used_bytes",
        "memory_used_bytes / memory_max_bytes",
        "open / nosuch",
        "nosuch / other",
        "open > 5",
        "up{job='shop'} == 0 unless on(instance) open",
        "requests_total * on(instance) group_left(job) up",
        "vector(1) and on() open",
    ],
)
def test_sides_that_can_meet_are_left_alone(ask: Ask, text: str) -> None:
    assert ask(join_matches_nothing, text) == []


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("requests_total / on(instance) open", "left"),
        ("open / on(instance) requests_total", "right"),
        ("requests_total / on(instance) errors_total", "both"),
        ("rate(requests_total[5m]) / ignoring(path, status) open", "left"),
        ("open * on(instance) group_left() requests_total", "right"),
        ("requests_total > on(instance) open", "left"),
        ("tills / on() sum(open)", "left"),
        ("topk by (instance, path) (1, requests_total) / on (instance) open", "left"),
    ],
)
def test_several_for_one_need_a_group(ask: Ask, text: str, side: str) -> None:
    (problem,) = ask(many_to_one, text)

    assert side in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "requests_total / on(instance) group_left() sum by (instance) (open)",
        "sum by (instance) (requests_total) / on(instance) sum by (instance) (open)",
        'requests_total{path="/", status="200"} / on(job, instance) open',
        "requests_total and on(instance) open",
        "memory_used_bytes / memory_max_bytes",
        "topk(1, requests_total) / on() sum(open)",
        "newest * on() sum(open)",
        "topk by (instance) (1, requests_total) / on (instance, job) open",
        "nosuch / on(a) other",
    ],
)
def test_one_for_one_is_left_alone(ask: Ask, text: str) -> None:
    assert ask(many_to_one, text) == []
