"""Notifications to hand to a channel."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from steward.oncall.deliver.notification import Actions, AlertLine, Notification
from steward.oncall.domain.states import Kind
from steward.testing.oncall import MONDAY

ADDRESSES = {"slack": "#incidents", "pagerduty": "", "email": "ann@shop.example", "webhook": ""}
"""Way -> an address that it understands."""

HOSTILE = (
    "<!channel> <@U0EVE> <http://evil.example|Runbook> & *bold*",
    "</h1><script>alert(1)</script><img src=x onerror=alert(1)>",
    "line\r\nBcc: evil@evil.example\r\n\r\nanother body",
    "\u202eright to left\u2066, a\x00zero, a lone \ud800 and \u2028",
    "&<>" * 4_000,
    "\N{FIRE}" * 6_000,
    "{{ ''.__class__ }} ${7*7} %s %n",
    ".\r\n.\r\nQUIT",
)
"""What labels, annotations and people may hold."""


def alert_line(name: str = "APIDown", **changes: Any) -> AlertLine:  # noqa: ANN401 - fields of any type
    """Return an alert that fires, with these fields changed."""
    line = AlertLine(
        name=name,
        summary="The API does not answer",
        description="No instance of the API has answered for a minute.",
        labels={"alertname": name, "severity": "critical", "team": "sre", "service": "api"},
        starts_at=MONDAY - timedelta(minutes=1),
        firing=True,
        runbook_url="http://oncall.example/runbooks/api-down",
        dashboard_url="http://grafana.example/d/api?from=1&to=2",
        query_url="http://prometheus.example/graph?g0.expr=up&g0.tab=1",
    )
    return replace(line, **changes)


def notification(kind: Kind = Kind.PAGE, way: str = "slack", **changes: Any) -> Notification:  # noqa: ANN401
    """Return one about page 7, to ann, by that way, with these fields changed."""
    made = Notification(
        key=f"page:7:0:{way}:{kind}",
        kind=kind,
        address=ADDRESSES[way],
        created_at=MONDAY,
        title="APIDown: The API does not answer",
        page_id=7,
        dedup_key="0f" * 32,
        severity="critical",
        team="sre",
        opened_at=MONDAY,
        alerts=(alert_line(),),
        alerts_total=3,
        alerts_firing=2,
        step="on-call engineer",
        person="Ann Alder",
        mention="U0ANN",
        actor="" if kind is Kind.PAGE else "bob",
        actions=Actions(
            "http://oncall.example/pages/7", "http://oncall.example/act/one", "http://oncall.example/act/two"
        ),
    )
    return replace(made, **changes)


def hostile(text: str, way: str = "slack", kind: Kind = Kind.PAGE) -> Notification:
    """Return one in which everything that comes from outside is `text`."""
    line = alert_line(
        text,
        summary=text,
        description=text,
        labels={"alertname": text, "service": text, "instance": text, "evil": text},
    )
    return notification(
        kind,
        way,
        title=text,
        text=text,
        team=text,
        person=text,
        actor=text,
        severity=text[:300],
        alerts=(line,) * 10,
    )
