"""Reading the events in the order in which they happened, whatever they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from steward.oncall.store.tables import event


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened."""

    id: int
    at: datetime
    kind: str
    actor: str
    text: str
    data: Mapping[str, Any]
    alert_id: int | None
    page_id: int | None
    incident_id: int | None
    silence_id: int | None


def newest(
    connection: Connection, *, before: int | None, limit: int, actor: str = "", kind: str = ""
) -> list[EventRow]:
    """Return at most `limit` events, the newest first, older than the one numbered `before`.

    `actor` is exact; `kind` is a whole one (`page.opened`) or its subject (`page`); empty for all.
    """
    query = select(event).order_by(event.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(event.c.id < before)
    if actor:
        query = query.where(event.c.actor == actor)
    if kind:
        query = query.where((event.c.kind == kind) | event.c.kind.startswith(f"{kind}.", autoescape=True))
    return [EventRow(**row._mapping) for row in connection.execute(query)]
