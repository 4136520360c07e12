"""What people do with incidents; each change is recorded with who made it."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.deliver.text import one_line
from steward.oncall.domain.incidents import gathering_key
from steward.oncall.domain.states import IncidentStatus
from steward.oncall.errors import Conflict, Invalid, NotFound
from steward.oncall.services.incidents import OPENED, say_status
from steward.oncall.services.timeline import LONGEST_LINE
from steward.oncall.store import action_items
from steward.oncall.store import incidents as store
from steward.oncall.store.action_items import ActionItem
from steward.oncall.store.events import record
from steward.oncall.store.incidents import IncidentRow

EDITED = "incident.edited"
ATTACHED = "incident.alert_attached"
TEXTS = ("summary", "impact", "root_cause", "resolution", "lessons")
"""What people write, as Markdown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An incident that somebody opens by hand."""

    title: str
    severity: str
    team: str = ""
    service: str = ""
    """Critical pages of the team about this service join it; empty for none."""
    summary: str = ""
    impact: str = ""
    started_at: datetime | None = None
    """None for now."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody changes; None leaves a part as it is."""

    status: IncidentStatus | None = None
    title: str | None = None
    severity: str | None = None
    summary: str | None = None
    impact: str | None = None
    root_cause: str | None = None
    resolution: str | None = None
    lessons: str | None = None


def named(connection: Connection, incident_id: int) -> IncidentRow:
    """Return an incident; raises NotFound."""
    found = store.get(connection, incident_id)
    if found is None:
        raise NotFound(f"there is no incident {incident_id}")
    return found


def open_by_hand(
    connection: Connection, draft: Draft, *, actor: str, now: datetime, catalogue: Catalogue
) -> IncidentRow:
    """Open an incident; raises Invalid."""
    teams = [team.name for team in catalogue.teams]
    if draft.team and draft.team not in teams:
        raise Invalid(f"no team is called {draft.team[:80]!r}; known: {', '.join(teams)}")
    if draft.started_at is not None and draft.started_at > now:
        raise Invalid(f"started_at: {draft.started_at:%Y-%m-%d %H:%M} UTC has not come yet")
    values = {
        "title": draft.title,
        "severity": draft.severity,
        "status": IncidentStatus.INVESTIGATING,
        "team": draft.team,
        "opened_at": draft.started_at or now,
        "opened_by": actor,
        "summary": draft.summary,
        "impact": draft.impact,
    }
    incident_id = _add(connection, values, draft)
    text = f"{actor} opened the incident: {one_line(draft.title, LONGEST_LINE)}"
    record(connection, OPENED, text, at=now, actor=actor, incident_id=incident_id)
    return named(connection, incident_id)


def edit(
    connection: Connection, incident_id: int, changes: Edit, *, version: int, actor: str, now: datetime
) -> IncidentRow:
    """Change an incident as of that version; raises NotFound, Conflict where it has changed since."""
    found = store.get(connection, incident_id, lock=True)
    if found is None:
        raise NotFound(f"there is no incident {incident_id}")
    if found.version != version:
        raise Conflict(
            f"incident {incident_id} has changed since version {version}, now it is {found.version}: "
            "read it again, then repeat the change"
        )
    new = {name: value for name, value in asdict(changes).items() if value not in {None, getattr(found, name)}}
    if not new:
        return found
    store.change(connection, found, new | _status_values(found, new, now))
    _tell(connection, found, new, actor, now)
    return named(connection, incident_id)


def attach(connection: Connection, incident_id: int, alert_id: int, *, actor: str, now: datetime) -> None:
    """Count an alert to an incident; raises NotFound, Conflict where it belongs to another."""
    name, belongs_to = _alert(connection, alert_id)
    named(connection, incident_id)
    if belongs_to == incident_id:
        return
    if not store.move_alert(connection, alert_id, before=None, after=incident_id):
        raise Conflict(f"alert {alert_id} belongs to incident {belongs_to}; take it out there first")
    text = f"{actor} attached {one_line(name, LONGEST_LINE)}"
    record(connection, ATTACHED, text, at=now, actor=actor, alert_id=alert_id, incident_id=incident_id)


def detach(connection: Connection, incident_id: int, alert_id: int, *, actor: str, now: datetime) -> None:
    """Take an alert out of an incident; raises NotFound."""
    name, _ = _alert(connection, alert_id)
    if not store.move_alert(connection, alert_id, before=incident_id, after=None):
        raise NotFound(f"alert {alert_id} does not belong to incident {incident_id}")
    text = f"{actor} took out {one_line(name, LONGEST_LINE)}"
    record(connection, store.DETACHED, text, at=now, actor=actor, alert_id=alert_id, incident_id=incident_id)


def add_item(
    connection: Connection, incident_id: int, text: str, owner: str, *, actor: str, now: datetime
) -> ActionItem:
    """Add something to be done; raises NotFound."""
    named(connection, incident_id)
    item_id = action_items.add(connection, incident_id, text, owner, now=now)
    said = f"{actor} added the action item: {one_line(text, LONGEST_LINE)}"
    record(connection, "incident.action_added", said, at=now, actor=actor, incident_id=incident_id)
    return item(connection, incident_id, item_id)


def item(connection: Connection, incident_id: int, item_id: int) -> ActionItem:
    """Return an action item of an incident; raises NotFound."""
    found = action_items.get(connection, incident_id, item_id)
    if found is None:
        raise NotFound(f"incident {incident_id} has no action item {item_id}")
    return found


def mark_item(
    connection: Connection, incident_id: int, item_id: int, *, done: bool, actor: str, now: datetime
) -> ActionItem:
    """Say whether an action item is done; raises NotFound."""
    found = item(connection, incident_id, item_id)
    if (found.done_at is not None) is done:
        return found
    action_items.mark(connection, item_id, done_at=now if done else None)
    said = f"{actor} {'did' if done else 'took up again'}: {one_line(found.text, LONGEST_LINE)}"
    kind = "incident.action_done" if done else "incident.action_reopened"
    record(connection, kind, said, at=now, actor=actor, incident_id=incident_id)
    return item(connection, incident_id, item_id)


def _add(connection: Connection, values: dict[str, Any], draft: Draft) -> int:
    """Insert it under the key of its service if no open incident has that, else under one of its own."""
    alone = f"by-hand:{secrets.token_hex(8)}"
    key = gathering_key(draft.team, [{"service": draft.service}], alone) if draft.team else alone
    opened = store.add(connection, values | {"key": key})
    if opened is None:
        opened = store.add(connection, values | {"key": alone})
    if opened is None:
        raise Conflict("the incident could not be opened just now; try again")
    return opened


def _status_values(found: IncidentRow, new: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return what goes with a status that a person sets: a quiet incident counts its hour anew from here."""
    status = new.get("status")
    if status is None:
        return {}
    values: dict[str, Any] = {"resolved_at": now if status is IncidentStatus.RESOLVED else None}
    if found.quiet_since is not None:
        values["quiet_since"] = now
    if found.status is IncidentStatus.RESOLVED:
        # Another incident may have opened under its key since.
        values["key"] = f"reopened:{secrets.token_hex(8)}"
    return values


def _tell(connection: Connection, found: IncidentRow, new: dict[str, Any], actor: str, now: datetime) -> None:
    if "status" in new:
        say_status(connection, found, new["status"], f"set by {actor}", actor=actor, now=now)
    edited = sorted(name.replace("_", " ") for name in new.keys() - {"status"})
    if edited:
        text = f"{actor} edited {', '.join(edited)}"
        record(connection, EDITED, text, at=now, actor=actor, data={"fields": edited}, incident_id=found.id)


def _alert(connection: Connection, alert_id: int) -> tuple[str, int | None]:
    found = store.alert_name(connection, alert_id)
    if found is None:
        raise NotFound(f"there is no alert {alert_id}")
    return found
