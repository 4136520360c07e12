"""What is to be done after an incident."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from steward.oncall.store.tables import action_item


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One thing to do."""

    id: int
    incident_id: int
    text: str
    owner: str
    created_at: datetime
    done_at: datetime | None


def add(connection: Connection, incident_id: int, text: str, owner: str, *, now: datetime) -> int:
    """Insert one and return its id."""
    values = {"incident_id": incident_id, "text": text, "owner": owner, "created_at": now}
    added: int = connection.execute(insert(action_item).values(**values).returning(action_item.c.id)).scalar_one()
    return added


def of_incident(connection: Connection, incident_id: int) -> list[ActionItem]:
    """Return those of an incident, in the order in which they were added."""
    query = select(action_item).where(action_item.c.incident_id == incident_id).order_by(action_item.c.id)
    return [_item(row) for row in connection.execute(query)]


def get(connection: Connection, incident_id: int, item_id: int) -> ActionItem | None:
    """Return one of an incident."""
    where = (action_item.c.id == item_id) & (action_item.c.incident_id == incident_id)
    row = connection.execute(select(action_item).where(where)).one_or_none()
    return None if row is None else _item(row)


def mark(connection: Connection, item_id: int, *, done_at: datetime | None) -> None:
    """Say when it was done, or with None that it is not."""
    connection.execute(update(action_item).where(action_item.c.id == item_id).values(done_at=done_at))


def _item(row: Row[Any]) -> ActionItem:
    return ActionItem(**row._mapping)
