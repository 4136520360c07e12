"""A notification as JSON: the same fields each time, with nothing left out because it is empty.

Texts are cut to what a program can be expected to take.

It holds no link that acts: whoever reads it is a program, not the person who was told.
"""

from datetime import UTC, datetime
from typing import Any

from steward.oncall.deliver.notification import AlertLine, Notification
from steward.oncall.deliver.text import one_line, several_lines

VERSION = "1"

_NAME, _LINE, _TEXT = 300, 1_000, 4_000
_LABELS = 50


def message(notification: Notification) -> dict[str, Any]:
    """Return the body."""
    return {
        "version": VERSION,
        "key": notification.key,
        "kind": notification.kind.value,
        "title": one_line(notification.title, _LINE),
        "text": several_lines(notification.text, _TEXT),
        "created_at": _written(notification.created_at),
        "actor": one_line(notification.actor, _NAME),
        "told": {
            "step": notification.step,
            "person": one_line(notification.person, _NAME),
            "late_by_seconds": notification.late_by.total_seconds(),
        },
        "page": None if notification.page_id is None else _page(notification),
    }


def _page(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.page_id,
        "url": notification.actions.page,
        "severity": one_line(notification.severity, _NAME),
        "team": one_line(notification.team, _NAME),
        "dedup_key": notification.dedup_key,
        "opened_at": _written(notification.opened_at) if notification.opened_at else None,
        "alerts_total": notification.alerts_total,
        "alerts_firing": notification.alerts_firing,
        "alerts": [_alert(one) for one in notification.alerts],
    }


def _alert(alert: AlertLine) -> dict[str, Any]:
    return {
        "name": one_line(alert.name, _NAME),
        "firing": alert.firing,
        "summary": one_line(alert.summary, _LINE),
        "description": several_lines(alert.description, _TEXT),
        "labels": {
            one_line(name, _NAME): one_line(value, _LINE) for name, value in sorted(alert.labels.items())[:_LABELS]
        },
        "starts_at": _written(alert.starts_at),
        "runbook_url": alert.runbook_url,
        "dashboard_url": alert.dashboard_url,
        "query_url": alert.query_url,
    }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
