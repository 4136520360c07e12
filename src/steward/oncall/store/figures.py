"""Numbers about the whole store, for the metrics."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from steward.oncall.domain.states import IncidentStatus, PageState
from steward.oncall.store.outbox import waits_since
from steward.oncall.store.tables import heartbeat, incident, page


@dataclass(frozen=True, slots=True)
class Figures:
    """What the store holds at one instant."""

    step_overdue: float
    """Seconds since the oldest step that is not taken was due; 0 when none is due."""
    outbox_age: float
    """Seconds since the oldest message that may go out now was due; 0 when there is none."""
    pages_open: dict[str, int]
    """Severity -> pages that are not resolved."""
    incidents_open: dict[str, int]
    """Severity -> incidents that are not resolved."""
    watchdog_age: float | None
    """Seconds since the alert that always fires was heard; None before the first time."""


def figures(connection: Connection, *, now: datetime, watchdog: str) -> Figures:
    """Count them; `watchdog` is the name of the alert that always fires."""
    step = connection.scalar(select(func.min(page.c.next_at)).where(page.c.next_at <= now))
    waiting = waits_since(connection, now=now)
    heard = connection.scalar(select(heartbeat.c.last_at).where(heartbeat.c.name == watchdog))
    return Figures(
        step_overdue=_seconds(step, now) or 0.0,
        outbox_age=_seconds(waiting, now) or 0.0,
        pages_open=_pages_open(connection),
        incidents_open=_incidents_open(connection),
        watchdog_age=_seconds(heard, now),
    )


def _pages_open(connection: Connection) -> dict[str, int]:
    unresolved = [state for state in PageState if state is not PageState.RESOLVED]
    counted = select(page.c.severity, func.count()).where(page.c.state.in_(unresolved)).group_by(page.c.severity)
    return dict(connection.execute(counted).all())


def _incidents_open(connection: Connection) -> dict[str, int]:
    counted = select(incident.c.severity, func.count()).where(incident.c.status != IncidentStatus.RESOLVED)
    return dict(connection.execute(counted.group_by(incident.c.severity)).all())


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max((now - since).total_seconds(), 0.0)
