"""Comparisons and divisions that are wrong by what the numbers mean."""

from collections.abc import Callable

import pytest

from steward.check.expressions import constant_comparison, division_by_zero, template_label
from steward.check.finding import Level
from steward.check.shape import Problem

Ask = Callable[..., list[Problem]]

_SHARE = 'sum(rate(requests_total{status="500"}[5m])) / sum(rate(requests_total[5m]))'


@pytest.mark.parametrize("text", [f"{_SHARE} > 5", f"{_SHARE} * 100 > 100", f"(1 - {_SHARE}) / 0.1 > 14.4"])
def test_share_never_passes_what_was_meant_as_a_percentage(ask: Ask, text: str) -> None:
    (problem,) = ask(constant_comparison, text)

    assert problem.level is Level.ERROR


@pytest.mark.parametrize("text", [f"{_SHARE} > 0.05", f"{_SHARE} * 100 > 5", f"(1 - {_SHARE}) / 0.01 > 14.4"])
def test_share_can_pass_a_threshold_within_it(ask: Ask, text: str) -> None:
    assert ask(constant_comparison, text) == []


def test_what_is_always_true_is_told_more_softly(ask: Ask) -> None:
    (problem,) = ask(constant_comparison, "rate(requests_total[5m]) >= 0")

    assert problem.level is Level.WARNING


@pytest.mark.parametrize("text", ["count(up) > 0", "absent(up) == 1", "0 < count(up)", "group(up) == 1"])
def test_asking_whether_there_is_any_is_no_mistake(ask: Ask, text: str) -> None:
    assert ask(constant_comparison, text) == []


def test_division_by_the_number_0_is_an_error(ask: Ask) -> None:
    (problem,) = ask(division_by_zero, "open / 0")

    assert problem.level is Level.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "memory_used_bytes / memory_max_bytes > 0.8 and memory_max_bytes > 0",
        "memory_used_bytes / max_over_time(memory_max_bytes[5m]) > 0.8 unless memory_max_bytes == 0",
        "process_open_fds / process_max_fds > 0.8",
    ],
)
def test_limit_that_is_held_against_a_number_elsewhere_is_guarded(ask: Ask, text: str) -> None:
    assert ask(division_by_zero, text) == []


def test_limit_below_an_aggregation_is_still_one(ask: Ask) -> None:
    assert (
        len(ask(division_by_zero, "sum(memory_used_bytes) / sum(max_over_time(memory_max_bytes[5m])) > 0.8")) == 1
    )


def test_labels_of_a_query_within_a_text_are_its_own(ask: Ask) -> None:
    text = '{{ range query "up" }}{{ .Labels.instance }}{{ end }}'

    assert ask(template_label, "sum(open)", summary=text) == []
