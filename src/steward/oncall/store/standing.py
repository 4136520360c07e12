"""Which alerts fire, as little as a comparison needs of each: there may be ten thousand, every few seconds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from steward.oncall.domain.states import SourceState
from steward.oncall.store.tables import alert


@dataclass(frozen=True, slots=True)
class Held:
    """An alert that is kept as firing."""

    silenced: bool
    last_seen: datetime


def standing(connection: Connection, source: str) -> dict[str, Held]:
    """Return the alerts of a source that fire, by fingerprint."""
    query = select(alert.c.fingerprint, alert.c.silenced, alert.c.last_seen).where(
        alert.c.source == source, alert.c.source_state == SourceState.FIRING
    )
    return {
        fingerprint: Held(silenced, last_seen) for fingerprint, silenced, last_seen in connection.execute(query)
    }
