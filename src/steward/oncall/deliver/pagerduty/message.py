"""A notification as an event of PagerDuty's.

https://developer.pagerduty.com/docs/send-alert-event
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from steward.oncall.deliver import wording
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.text import clipped, one_line, several_lines
from steward.oncall.domain.states import Kind

Event = dict[str, Any]

_ACTIONS = {
    Kind.PAGE: "trigger",
    Kind.ACKNOWLEDGED: "acknowledge",
    Kind.RESOLVED: "resolve",
    Kind.REMINDER: "trigger",
}
_SEVERITIES = {"critical": "critical", "warning": "warning"}
_SUMMARY, _DEDUP_KEY, _SOURCE = 1024, 255, 255


def event(notification: Notification, *, key: str) -> Event:
    """Return the event; `key` is that of the Events API."""
    action = _ACTIONS[notification.kind]
    content: Event = {
        "routing_key": key,
        "event_action": action,
        "dedup_key": dedup_key(notification),
        "payload": _payload(notification),
        "client": "Steward",
        "links": list(_links(notification)),
    }
    if notification.actions.page:
        content["client_url"] = notification.actions.page
    return content


def dedup_key(notification: Notification) -> str:
    """Return the key by which PagerDuty joins events: the page's, or one of its own where it is about no page."""
    key = notification.dedup_key or notification.key
    return key if len(key) <= _DEDUP_KEY else hashlib.sha256(key.encode()).hexdigest()


def _payload(notification: Notification) -> Event:
    opened = (notification.opened_at or notification.created_at).astimezone(UTC)
    first = notification.alerts[0].labels if notification.alerts else {}
    return {
        "summary": clipped(wording.headline(notification), _SUMMARY),
        "source": one_line(first.get("instance") or first.get("service") or notification.team, _SOURCE)
        or "on-call",
        "severity": _SEVERITIES.get(notification.severity, "info"),
        "timestamp": opened.isoformat(timespec="seconds"),
        "component": one_line(first.get("service", ""), _SOURCE),
        "group": one_line(notification.team, _SOURCE),
        "class": one_line(first.get("alertname", ""), _SOURCE),
        "custom_details": _details(notification),
    }


def _details(notification: Notification) -> Event:
    told = ", ".join(one for one in (one_line(notification.person, 200), notification.step) if one)
    found = {
        "notification": notification.key,
        "status": wording.status(notification),
        "told": told,
        **{name.lower().replace(" ", "_"): value for name, value in wording.facts(notification)},
        "text": several_lines(notification.text, 2_000),
        "firing": [
            several_lines(
                f"{one_line(alert.name, 200)} {wording.labels(alert)}\n{one_line(alert.summary, 500)}", 1_600
            )
            for alert in notification.alerts
            if alert.firing
        ],
        "left_out": wording.left_out(notification),
    }
    return {name: value for name, value in found.items() if value}


def _links(notification: Notification) -> Iterator[dict[str, str]]:
    shown: set[str] = set()
    for alert in notification.alerts:
        for name, address in wording.links(alert):
            if address not in shown:
                shown.add(address)
                yield {"href": address, "text": f"{name}: {one_line(alert.name, 100)}"}
