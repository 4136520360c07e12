"""What arrived, as it arrived, for a week: to see later what was really said."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from steward.oncall.store.tables import inbox

_KEPT = timedelta(days=7)
_AT_ONCE = 20


def keep(connection: Connection, payload: bytes, *, source: str, now: datetime) -> None:
    """Keep one message, and forget a few that are too old: so no loop has to, and no message waits long for it."""
    connection.execute(insert(inbox).values(received_at=now, source=source, payload=payload))
    old = (
        select(inbox.c.id)
        .where(inbox.c.received_at < now - _KEPT)
        .order_by(inbox.c.received_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(inbox).where(inbox.c.id.in_(old.scalar_subquery())))
