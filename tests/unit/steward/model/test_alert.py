from collections.abc import Callable
from typing import Any

import pytest

from steward.model import Accepted, Alert, CatalogueError, Counter, RecordingRule, Severity, flow


def test_alert_that_nothing_can_silence_needs_no_silent_example(alert: Callable[..., Alert]) -> None:
    watchdog = alert(name="Watchdog", severity=Severity.NONE, threshold=None, expr="vector(1)", silent=())

    assert watchdog.always_fires


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "shop_fails"}, "starts with a capital"),
        ({"runbook": "Shop Fails"}, "slug"),
        ({"summary": " "}, "summary"),
        ({"description": ""}, "description"),
        ({"fires": ()}, "example in which it fires"),
        ({"silent": ()}, "example in which it is silent"),
        ({"labels": (("severity", "info"),)}, "field of its own"),
    ],
)
def test_incomplete_alert_is_refused_by_name(
    alert: Callable[..., Alert], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(CatalogueError, match=message):
        alert(**changes)


def test_finding_is_accepted_with_a_reason_only() -> None:
    with pytest.raises(CatalogueError, match="say why"):
        Accepted("raw-counter", " ")


@pytest.mark.parametrize("name", ["shop_requests", "shop:", "1shop:requests:rate5m"])
def test_recorded_name_says_level_metric_and_operation(name: str) -> None:
    with pytest.raises(CatalogueError, match="level:metric:operation"):
        RecordingRule(name, "vector(1)", "One.")


def test_recording_rule_without_expression_is_refused() -> None:
    with pytest.raises(CatalogueError, match="empty"):
        RecordingRule("shop:requests:rate5m", " ", "Nothing.")


def test_example_with_an_undeclared_label_is_refused(requests: Counter) -> None:
    with pytest.raises(CatalogueError, match="no label path"):
        flow(requests, 1, path="/")


def test_example_with_an_impossible_value_is_refused(requests: Counter) -> None:
    with pytest.raises(CatalogueError, match="cannot be '404'"):
        flow(requests, 1, status="404")
