"""What people read: a real Alertmanager tells Slack, PagerDuty and a mail server on this machine."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.oncall.domain.grouping import dedup_key

pytestmark = pytest.mark.slow

Tell = Callable[[list[dict[str, Any]]], Any]

STARTED = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=7)
SHOWN = STARTED.strftime("%Y-%m-%d %H:%M:%S UTC")
RUNBOOK = "https://runbooks.example/shop-slow?a=1&b=2"
DASHBOARD = "https://grafana.example/d/shop"


def alert(*, path: str = "/till", **changes: Any) -> dict[str, Any]:
    annotations = {
        "summary": "12% of requests to /till fail",
        "description": "Visitors cannot pay.",
        "runbook_url": RUNBOOK,
        "dashboard_url": DASHBOARD,
    } | changes.pop("annotations", {})
    return {
        "labels": {"alertname": "ShopSlow", "severity": "critical", "team": "sre", "path": path},
        "annotations": annotations,
        "startsAt": STARTED.isoformat(),
        "generatorURL": "http://prometheus.example/graph?g0.expr=up",
    } | changes


def test_slack_is_told_what_is_wrong_since_when_and_where_to_look(tell: Tell) -> None:
    told = tell([alert(), alert(path="/gate")])

    (message,) = told.slack
    (part,) = message["attachments"]
    assert message["channel"] == "#shop"
    assert part["title"] == "[FIRING:2] ShopSlow (critical)"
    assert part["color"] == "danger"
    assert part["fallback"] == "[FIRING:2] ShopSlow (critical): 12% of requests to /till fail"
    text = part["text"]
    assert "*Firing* 12% of requests to /till fail\nVisitors cannot pay.\n" in text
    assert f"Started {SHOWN}\n" in text
    assert "path=/till severity=critical team=sre" in text
    assert "path=/gate" in text
    assert "<https://runbooks.example/shop-slow?a=1&amp;b=2|Runbook>" in text
    assert f"<{DASHBOARD}|Dashboard>" in text
    assert "<http://prometheus.example/graph?g0.expr=up|Query>" in text


def test_slack_has_room_for_ten_alerts(tell: Tell) -> None:
    told = tell([alert(path=f"/till/{number}") for number in range(12)])

    (part,) = told.slack[0]["attachments"]
    assert part["title"] == "[FIRING:12] ShopSlow (critical)"
    assert part["text"].count("*Firing*") == 10
    assert part["text"].endswith("These are the first 10 of 12.")


def test_pagerduty_is_told_the_same_in_fields(tell: Tell) -> None:
    told = tell([alert()])

    (event,) = told.pagerduty
    assert event["routing_key"] == "value of pagerduty-service-key"
    assert event["event_action"] == "trigger"
    assert event["payload"]["summary"] == "[FIRING:1] ShopSlow (critical): 12% of requests to /till fail"
    details = event["payload"]["custom_details"]
    assert details["severity"] == "critical"
    assert details["team"] == "sre"
    assert details["description"] == "Visitors cannot pay."
    assert details["runbook"] == RUNBOOK
    assert details["dashboard"] == DASHBOARD
    assert details["started"] == SHOWN
    assert "path=/till" in details["firing"]


def test_oncall_is_told_of_the_group_that_pagerduty_knows(tell: Tell) -> None:
    """On-call uses the same key at PagerDuty, so that the two of them page once."""
    told = tell([alert()])

    (event,), (group,) = told.pagerduty, told.oncall
    assert dedup_key(group["groupKey"]) == event["dedup_key"]


def test_mail_has_a_subject_plain_text_and_html(tell: Tell) -> None:
    told = tell([alert()])

    (mail,) = told.mail
    assert (mail["To"], mail["From"]) == ("people@shop.example", "alerts@shop.example")
    assert mail["Subject"] == "[FIRING:1] ShopSlow (critical): 12% of requests to /till fail"
    text = mail.get_body(("plain",)).get_content()
    assert "Shop: 1 firing, 0 resolved" in text
    assert "FIRING ShopSlow (critical)" in text
    assert f"Started: {SHOWN}" in text
    assert f"Runbook: {RUNBOOK}" in text
    html = mail.get_body(("html",)).get_content()
    assert "<strong>12% of requests to /till fail</strong>" in html
    assert '<a href="https://runbooks.example/shop-slow?a=1&amp;b=2">Runbook</a>' in html


def test_text_from_outside_is_shown_and_never_obeyed(tell: Tell) -> None:
    bad = "</strong><script>x</script> <!channel> & <https://evil.example|click>"

    told = tell(
        [
            alert(
                path=bad,
                annotations={"summary": bad, "runbook_url": "javascript:x()", "dashboard_url": "http://a|b"},
            )
        ]
    )

    text = told.slack[0]["attachments"][0]["text"]
    assert "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;" in text
    assert text.count("<") == text.count("|Query>") == 1
    html = told.mail[0].get_body(("html",)).get_content()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "javascript:" not in html


def test_end_is_told_with_how_long_it_lasted(tell: Tell) -> None:
    tell([alert()])
    told = tell([alert(endsAt=(STARTED + timedelta(minutes=5, seconds=3)).isoformat())])

    part = told.slack[0]["attachments"][0]
    assert part["title"] == "[RESOLVED] ShopSlow (critical)"
    assert part["color"] == "good"
    assert f"Started {SHOWN}, resolved " in part["text"]
    assert "after 5m3s" in part["text"]
    assert told.pagerduty[0]["event_action"] == "resolve"
    assert told.mail[0]["Subject"].startswith("[RESOLVED] ShopSlow")
