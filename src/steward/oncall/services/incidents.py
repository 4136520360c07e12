"""Incidents as they come and go by themselves: critical pages of one cause gather in one, and quiet ones end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from steward.model import Catalogue, OnCall, Severity
from steward.oncall.domain.incidents import gathering_key, judge
from steward.oncall.domain.states import IncidentStatus
from steward.oncall.errors import NotFound
from steward.oncall.store import incidents as store
from steward.oncall.store.events import SYSTEM, record
from steward.oncall.store.incidents import IncidentRow
from steward.oncall.store.tables import page

OPENED = "incident.opened"
JOINED = "incident.page_joined"
STATUS = "incident.status_changed"

_USUAL = OnCall(people=(), schedules=(), policies=())


def page_opened(connection: Connection, page_id: int, *, now: datetime, catalogue: Catalogue) -> None:
    """Count a new page to the open incident of its cause, or open one; raises NotFound.

    Call it after the page's alerts name the page.
    """
    row = connection.execute(select(page).where(page.c.id == page_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no page {page_id}")
    key = gathering_key(row.team, store.labels_of_page(connection, page_id), row.key)
    opened_before = now - _gathers_for(catalogue)
    store.stop_gathering(connection, key, opened_before=opened_before, new_key=f"{key}#{page_id}")
    draft = {
        "key": key,
        "title": row.title,
        "severity": row.severity,
        "status": IncidentStatus.INVESTIGATING,
        "team": row.team,
        "opened_at": now,
        "opened_by": SYSTEM,
    }
    store.put_page(connection, page_id, _open_or_join(connection, draft, page_id, now))


def page_changed(connection: Connection, page_id: int, *, now: datetime, catalogue: Catalogue) -> None:
    """Let the incident of a page follow what became of it: more alerts, acknowledged, resolved."""
    own = connection.scalar(select(page.c.incident_id).where(page.c.id == page_id))
    if own is not None:
        store.put_page(connection, page_id, own)
        _follow(connection, own, now, catalogue)


def tick(connection: Connection, *, now: datetime, catalogue: Catalogue) -> int:
    """Let every open incident follow its alerts and the clock; return how many changed."""
    quiet_for = _quiet_for(catalogue)
    due = [
        incident_id
        for incident_id, standing in sorted(store.open_standings(connection).items())
        if judge(standing, quiet_for=quiet_for, now=now)
    ]
    return sum(_follow(connection, incident_id, now, catalogue) for incident_id in due)


def _open_or_join(connection: Connection, draft: Mapping[str, Any], page_id: int, now: datetime) -> int:
    """Return the incident's id; one that another replica resolves before it is joined is opened anew."""
    while True:
        opened = store.add(connection, draft)
        if opened is not None:
            text = f"Incident opened: {draft['title']}"
            record(connection, OPENED, text, at=now, page_id=page_id, incident_id=opened)
            return opened
        found = store.gathering(connection, draft["key"])
        if found is not None:
            _join(connection, found, draft, page_id, now)
            return found.id


def _join(
    connection: Connection, found: IncidentRow, draft: Mapping[str, Any], page_id: int, now: datetime
) -> None:
    woken = found.status is IncidentStatus.MONITORING
    values: dict[str, Any] = {"quiet_since": None}
    if draft["severity"] == Severity.CRITICAL.value:
        values["severity"] = draft["severity"]
    if woken:
        values["status"] = draft["status"]
    store.change(connection, found, values)
    record(connection, JOINED, f"Page joined: {draft['title']}", at=now, page_id=page_id, incident_id=found.id)
    if woken:
        say_status(connection, found, draft["status"], "another page belongs to it", actor=SYSTEM, now=now)


def _follow(connection: Connection, incident_id: int, now: datetime, catalogue: Catalogue) -> bool:
    found = store.get(connection, incident_id, lock=True)
    standing = store.standing(connection, incident_id)
    if found is None or standing is None:
        return False
    move = judge(standing, quiet_for=_quiet_for(catalogue), now=now)
    if move is None:
        return False
    resolved_at = now if move.status is IncidentStatus.RESOLVED else None
    values = {"status": move.status, "quiet_since": move.quiet_since, "resolved_at": resolved_at}
    store.change(connection, found, values)
    if move.status is not found.status:
        say_status(connection, found, move.status, move.why, actor=SYSTEM, now=now)
    return True


def say_status(
    connection: Connection, found: IncidentRow, status: IncidentStatus, why: str, *, actor: str, now: datetime
) -> None:
    """Record that an incident has another status."""
    text = f"Status {status.capitalize()}: {why}"
    data = {"from": found.status, "to": status}
    record(connection, STATUS, text, at=now, actor=actor, data=data, incident_id=found.id)


def _gathers_for(catalogue: Catalogue) -> timedelta:
    return timedelta(seconds=(catalogue.oncall or _USUAL).incident_gathers_for.seconds)


def _quiet_for(catalogue: Catalogue) -> timedelta:
    return timedelta(seconds=(catalogue.oncall or _USUAL).incident_quiet_for.seconds)
