"""What has happened lately: of which kind, for those who wait for it, and in words, for those who look."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from steward.oncall.store.tables import event, incident, page

_LATELY = 5_000
"""So many events are looked at for the newest of some kind."""


@dataclass(frozen=True, slots=True)
class Change:
    """One event."""

    id: int
    kind: str
    """`subject.verb`."""
    alert: bool
    """Whether it belongs to an alert; likewise the others."""
    page: bool
    incident: bool
    silence: bool


def newest_id(connection: Connection) -> int:
    """Return the number of the newest event; 0 where there is none."""
    return connection.scalar(select(func.max(event.c.id))) or 0


def since(connection: Connection, after: int, *, limit: int) -> list[Change]:
    """Return at most `limit` events with a greater number than `after`, the newest first."""
    belongs = (event.c[name].is_not(None) for name in ("alert_id", "page_id", "incident_id", "silence_id"))
    query = (
        select(event.c.id, event.c.kind, *belongs)
        .where(event.c.id > after)
        .order_by(event.c.id.desc())
        .limit(limit)
    )
    return [Change(number, kind, *map(bool, of)) for number, kind, *of in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words, with what it belongs to."""

    at: datetime
    text: str
    about: str
    """Title of its page or incident; empty for neither."""
    page_id: int | None
    incident_id: int | None


def latest(connection: Connection, kinds: Iterable[str], *, limit: int) -> list[Told]:
    """Return the newest events of some kinds, e.g. `page.opened`, or all of a subject, e.g. `page`, newest first.

    None that is long past is among them.
    """
    wanted = ((event.c.kind == kind) | event.c.kind.startswith(f"{kind}.", autoescape=True) for kind in kinds)
    about = func.coalesce(page.c.title, incident.c.title, "")
    query = (
        select(event.c.at, event.c.text, about, event.c.page_id, event.c.incident_id)
        .select_from(
            event.outerjoin(page, page.c.id == event.c.page_id).outerjoin(
                incident, incident.c.id == event.c.incident_id
            )
        )
        .where(event.c.id > newest_id(connection) - _LATELY, or_(*wanted))
        .order_by(event.c.id.desc())
        .limit(limit)
    )
    return [Told(*row) for row in connection.execute(query)]
