from datetime import timedelta

import pytest

from steward.oncall.deliver.pagerduty.message import dedup_key, event
from steward.oncall.domain.states import Kind
from steward.testing.notifications import alert_line, notification


@pytest.mark.parametrize(
    ("kind", "action"),
    [(Kind.PAGE, "trigger"), (Kind.ACKNOWLEDGED, "acknowledge"), (Kind.RESOLVED, "resolve")],
)
def test_kinds(kind: Kind, action: str) -> None:
    content = event(notification(kind), key="k")
    assert (content["event_action"], content["dedup_key"]) == (action, "0f" * 32)


@pytest.mark.parametrize(
    ("severity", "shown"), [("critical", "critical"), ("warning", "warning"), ("info", "info"), ("odd", "info")]
)
def test_severities(severity: str, shown: str) -> None:
    assert event(notification(severity=severity), key="k")["payload"]["severity"] == shown


def test_a_long_summary_is_cut() -> None:
    assert len(event(notification(title="x" * 5_000), key="k")["payload"]["summary"]) <= 1024


def test_a_long_key_is_replaced_by_its_digest_and_a_missing_one_by_the_notification() -> None:
    assert len(dedup_key(notification(dedup_key="x" * 256))) == 64
    assert dedup_key(notification(dedup_key="x" * 255)) == "x" * 255
    assert dedup_key(notification(dedup_key="")) == notification().key


def test_names_the_source() -> None:
    def source(**labels: str) -> str:
        found: str = event(notification(alerts=(alert_line(labels=labels),)), key="k")["payload"]["source"]
        return found

    assert source(instance="10.0.0.1:80", service="api") == "10.0.0.1:80"
    assert source(service="api") == "api"
    assert source() == "sre"
    assert event(notification(alerts=(), team=""), key="k")["payload"]["source"] == "on-call"


def test_says_how_late_it_is_and_shows_each_link_once() -> None:
    late = notification(alerts=(alert_line(), alert_line()), late_by=timedelta(seconds=90))
    content = event(late, key="k")
    assert content["payload"]["custom_details"]["this_message"] == "late by 1 min 30 s"
    assert len(content["links"]) == 3
    assert "/act/" not in str(content)
