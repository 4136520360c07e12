"""The timeline: what happened, who did it, append-only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from steward.oncall.store.tables import event

SYSTEM = "steward"
"""The actor of what nobody did."""


def record(
    connection: Connection,
    kind: str,
    text: str,
    *,
    at: datetime,
    actor: str = SYSTEM,
    data: Mapping[str, Any] | None = None,
    alert_id: int | None = None,
    page_id: int | None = None,
    incident_id: int | None = None,
    silence_id: int | None = None,
) -> None:
    """Append one event; `kind` is `subject.verb`, e.g. `page.opened`, `text` one line for people."""
    values = row(
        kind,
        text,
        at=at,
        actor=actor,
        data=data,
        alert_id=alert_id,
        page_id=page_id,
        incident_id=incident_id,
        silence_id=silence_id,
    )
    connection.execute(insert(event).values(values))


def row(
    kind: str,
    text: str,
    *,
    at: datetime,
    actor: str = SYSTEM,
    data: Mapping[str, Any] | None = None,
    alert_id: int | None = None,
    page_id: int | None = None,
    incident_id: int | None = None,
    silence_id: int | None = None,
) -> dict[str, Any]:
    """Return one event for `record_all`; the arguments are those of `record`."""
    return {
        "at": at,
        "kind": kind,
        "actor": actor,
        "text": text,
        "data": dict(data or {}),
        "alert_id": alert_id,
        "page_id": page_id,
        "incident_id": incident_id,
        "silence_id": silence_id,
    }


def record_all(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append many events at once, in their order."""
    if rows:
        connection.execute(insert(event), list(rows))
