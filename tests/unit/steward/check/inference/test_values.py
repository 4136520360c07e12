from collections.abc import Callable

import pytest

from steward.check.expressions import constant_comparison, division_by_zero, template_label
from steward.check.shape import Problem, Use

Ask = Callable[..., list[Problem]]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("rate(requests_total[5m]) < 0", "never"),
        ("rate(requests_total[5m]) >= 0", "always"),
        ("up > 1", "never"),
        ("up == 2", "never"),
        ("up != 2", "always"),
        ("absent(up) == 0", "never"),
        ("0 > sum(rate(requests_total[5m]))", "never"),
        ("1 - avg(up) > 1", "never"),
        ("count(up) < 1", "never"),
        ("sum(rate(requests_total[5m])) * 100 < 0", "never"),
    ],
)
def test_comparison_that_cannot_change_is_told(ask: Ask, text: str, verdict: str) -> None:
    (problem,) = ask(constant_comparison, text)

    assert f"{verdict} true" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "up == 0",
        "rate(requests_total[5m]) > 0",
        "rate(requests_total[5m]) == 0",
        "open < 0",
        "nosuch < 0",
        "count(up) < 2",
        "hour() >= 9",
        "rate(requests_total[5m]) - 5 < 0",
        "rate(requests_total[5m]) / rate(errors_total[5m]) > 1",
        "open > bool 1",
    ],
)
def test_comparison_that_can_change_is_left_alone(ask: Ask, text: str) -> None:
    assert ask(constant_comparison, text) == []


def test_division_by_a_limit_that_is_not_set_is_told(ask: Ask) -> None:
    (problem,) = ask(division_by_zero, "memory_used_bytes / memory_max_bytes > 0.8")

    assert "memory_max_bytes > 0" in problem.mend


@pytest.mark.parametrize(
    "text",
    [
        "memory_used_bytes / (memory_max_bytes > 0) > 0.8",
        "memory_used_bytes / sum(memory_max_bytes > 0) > 0.8",
        "rate(errors_total[5m]) / rate(requests_total[5m]) > 0.1",
        "open / open",
    ],
)
def test_guarded_division_is_left_alone(ask: Ask, text: str) -> None:
    assert ask(division_by_zero, text) == []


def test_a_panel_may_show_infinity(ask: Ask) -> None:
    assert ask(division_by_zero, "memory_used_bytes / memory_max_bytes", Use.PANEL) == []


@pytest.mark.parametrize(
    ("text", "summary", "missing"),
    [
        ("sum(requests_total)", "{{ $labels.path }} fails", ["path"]),
        ("sum by (path) (requests_total)", "{{ $labels.path }} on {{ $labels.instance }}", ["instance"]),
        ("sum by (path) (requests_total)", "{{ $labels.path }} {{ $value | humanize }}", []),
        ("requests_total", "{{ $labels.job }} {{ $labels.nosuch }}", ["nosuch"]),
        ("nosuch", "{{ $labels.path }}", []),
        ("absent(up{job='shop'})", "{{ $labels.job }}, not {{ $labels.instance }}", ["instance"]),
        ("sum(requests_total)", "written $labels.path, not shown", []),
    ],
)
def test_text_shows_labels_that_the_expression_keeps(
    ask: Ask, text: str, summary: str, missing: list[str]
) -> None:
    found = ask(template_label, text, summary=summary)

    assert [problem.message.split("$labels.")[1].split(",")[0] for problem in found] == missing
