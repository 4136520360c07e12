"""What every way says alike, in plain text; each gives it a form, and escapes it."""

from steward.oncall.deliver.notification import AlertLine, Notification
from steward.oncall.deliver.text import duration, moment, one_line
from steward.oncall.domain.states import Kind

_TITLE = 300
_LABELS = 1_000


def headline(notification: Notification) -> str:
    """Return the line that a phone shows, e.g. `[CRITICAL] APIDown: the API does not answer`."""
    title = one_line(notification.title, _TITLE)
    match notification.kind:
        case Kind.PAGE:
            return f"[{one_line(notification.severity, 40).upper() or 'ON-CALL'}] {title}"
        case Kind.ACKNOWLEDGED | Kind.RESOLVED:
            return f"[{notification.kind.upper()}] {title}"
        case Kind.REMINDER:
            return f"[REMINDER] {title}"


def status(notification: Notification) -> str:
    """Return what has become of it, and who did that; empty for a reminder."""
    by = f" by {one_line(notification.actor, 100)}" if notification.actor else ""
    match notification.kind:
        case Kind.PAGE:
            return _told(notification)
        case Kind.ACKNOWLEDGED:
            return f"Acknowledged{by}: nobody else is told."
        case Kind.RESOLVED:
            return f"Resolved{by}." if by else "Resolved: its alerts have ended."
        case Kind.REMINDER:
            return ""


def facts(notification: Notification) -> tuple[tuple[str, str], ...]:
    """Return what to know at a glance, as names and values; only those that are known."""
    opened = moment(notification.opened_at) if notification.opened_at else ""
    late = f"late by {duration(notification.late_by)}" if notification.late_by.total_seconds() >= 1 else ""
    found = (
        ("Severity", one_line(notification.severity, 40)),
        ("Team", one_line(notification.team, 100)),
        ("Opened", opened),
        ("Alerts", alerts_count(notification)),
        ("This message", late),
    )
    return tuple((name, value) for name, value in found if value)


def alerts_count(notification: Notification) -> str:
    """Return how many alerts there are, e.g. `3 firing of 5`; empty where it is about none."""
    if not notification.alerts_total:
        return ""
    return f"{notification.alerts_firing} firing of {notification.alerts_total}"


def left_out(notification: Notification) -> str:
    """Return how many alerts are not shown; empty for none."""
    count = notification.alerts_total - len(notification.alerts)
    return f"and {count} more" if notification.alerts and count > 0 else ""


def state(alert: AlertLine) -> str:
    """Return whether an alert fires, and since when."""
    return f"{'firing' if alert.firing else 'resolved'}, since {moment(alert.starts_at)}"


def labels(alert: AlertLine) -> str:
    """Return the labels of an alert but its name, sorted, e.g. `cluster=eu team=sre`."""
    pairs = (f"{name}={value}" for name, value in sorted(alert.labels.items()) if name != "alertname")
    return one_line(" ".join(pairs), _LABELS)


def links(alert: AlertLine) -> tuple[tuple[str, str], ...]:
    """Return where to find more, as names and addresses."""
    found = (("Runbook", alert.runbook_url), ("Dashboard", alert.dashboard_url), ("Query", alert.query_url))
    return tuple((name, address) for name, address in found if address)


def _told(notification: Notification) -> str:
    who = ", ".join(one for one in (one_line(notification.person, 100), notification.step) if one)
    return f"Please answer: {who}." if who else ""
