"""What happened in an incident or to a page, for people to read; people add to it, and nobody can change it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from steward.oncall.deliver.text import one_line
from steward.oncall.domain.timeline import Entry, told
from steward.oncall.errors import Invalid, NotFound
from steward.oncall.store import incidents
from steward.oncall.store import timeline as store
from steward.oncall.store.events import record

NOTED = "incident.noted"
LONGEST_NOTE = 10_000
LONGEST_LINE = 200

_LEFT_OUT = frozenset(f"incident.{what}" for what in ("edited", "action_added", "action_done", "action_reopened"))
"""Changes to the report itself: the audit has them, and the report shows what came of them."""


def of_incident(connection: Connection, incident_id: int) -> list[Entry]:
    """Return the timeline of an incident with its pages and alerts; of several pages each is named."""
    entries = [entry for entry in store.of_incident(connection, incident_id) if entry.kind not in _LEFT_OUT]
    several = len({entry.page_id for entry in entries if entry.page_id is not None}) > 1
    return told(map(_with_its_page, entries) if several else entries)


def _with_its_page(entry: Entry) -> Entry:
    if entry.page_id is None:
        return entry
    return replace(entry, text=f"{entry.text} (page {entry.page_id})")


def of_page(connection: Connection, page_id: int) -> list[Entry]:
    """Return the timeline of a page with its alerts."""
    return told(store.of_page(connection, page_id))


def add_note(
    connection: Connection, incident_id: int, note: str, *, actor: str, now: datetime, at: datetime | None = None
) -> None:
    """Add what a person wrote, in Markdown; `at` is when it happened if not now; raises NotFound, Invalid."""
    text = note.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise Invalid(f"a note has 1 to {LONGEST_NOTE} characters; this one has {len(text)}")
    if at is not None and at > now:
        raise Invalid(f"{at:%Y-%m-%d %H:%M} UTC has not come yet; a note is about what happened")
    if incidents.get(connection, incident_id) is None:
        raise NotFound(f"there is no incident {incident_id}")
    data = {store.NOTE: text} | ({store.HAPPENED_AT: at.isoformat()} if at is not None else {})
    record(
        connection, NOTED, one_line(text, LONGEST_LINE), at=now, actor=actor, data=data, incident_id=incident_id
    )
