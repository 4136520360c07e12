"""The events of an incident or of a page, together with those of what belongs to it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from steward.oncall.domain.timeline import Entry
from steward.oncall.store.events import SYSTEM
from steward.oncall.store.tables import alert, event, page

MOST = 5_000
"""So many events of alerts are read of one incident or page; the others are counted."""

_EVENTS = select(
    event.c.id,
    event.c.at,
    event.c.kind,
    event.c.actor,
    event.c.text,
    event.c.data,
    event.c.page_id,
    alert.c.name.label("about"),
).select_from(event.outerjoin(alert, alert.c.id == event.c.alert_id))

HAPPENED_AT = "happened_at"
"""In an event's data: when it happened, where somebody told of it later."""
NOTE = "note"
"""In an event's data: what a person wrote, as Markdown."""


def of_incident(connection: Connection, incident_id: int) -> list[Entry]:
    """Return the events of an incident, its pages and its alerts, in the order in which they were recorded."""
    pages = select(page.c.id).where(page.c.incident_id == incident_id)
    alerts = select(alert.c.id).where(alert.c.incident_id == incident_id)
    own = (event.c.incident_id == incident_id, event.c.page_id.in_(pages))
    return _entries(connection, own, event.c.alert_id.in_(alerts))


def of_page(connection: Connection, page_id: int) -> list[Entry]:
    """Return the events of a page and its alerts, in the order in which they were recorded."""
    alerts = select(alert.c.id).where(alert.c.page_id == page_id)
    return _entries(connection, (event.c.page_id == page_id,), event.c.alert_id.in_(alerts))


def _entries(
    connection: Connection, own: Sequence[ColumnElement[bool]], of_alerts: ColumnElement[bool]
) -> list[Entry]:
    # A union, not an OR: each part has an index of its own.
    first, *others = (select(event.c.id).where(condition) for condition in own)
    ids = first.union(*others) if others else first
    mine = connection.execute(_EVENTS.where(event.c.id.in_(ids)).order_by(event.c.id)).all()
    known = {row.id for row in mine}
    theirs = connection.execute(_EVENTS.where(of_alerts).order_by(event.c.id).limit(MOST)).all()
    rows = sorted((*mine, *(row for row in theirs if row.id not in known)), key=lambda row: row.id)
    entries = [_entry(row._mapping) for row in rows]
    if len(theirs) == MOST:
        total = connection.execute(select(func.count()).select_from(event).where(of_alerts)).scalar_one()
        if total > MOST:
            text = f"{total - MOST} more events of alerts are left out here"
            entries.append(Entry(theirs[-1].at, "timeline.cut", SYSTEM, text))
    return entries


def _entry(row: RowMapping) -> Entry:
    data = row["data"] or {}
    happened_at = data.get(HAPPENED_AT)
    return Entry(
        at=datetime.fromisoformat(happened_at) if happened_at else row["at"],
        kind=row["kind"],
        actor=row["actor"],
        text=row["text"],
        note=data.get(NOTE, ""),
        about=row["about"] or "",
        page_id=row["page_id"],
    )
