"""Incidents, their alerts and pages, and what is to be done afterwards, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, or_, select, update

from steward.oncall.domain.incidents import Standing
from steward.oncall.domain.states import IncidentStatus, PageState, ResponseState, SourceState
from steward.oncall.store.inserting import insert_new
from steward.oncall.store.tables import alert, event, incident, page

DETACHED = "incident.alert_detached"
"""The kind of the event by which an alert was taken out of an incident; it is not put in again by itself."""

_OPEN = incident.c.status != IncidentStatus.RESOLVED


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident."""

    id: int
    key: str
    title: str
    severity: str
    status: IncidentStatus
    team: str
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None
    quiet_since: datetime | None
    summary: str
    impact: str
    root_cause: str
    resolution: str
    lessons: str
    version: int


@dataclass(frozen=True, slots=True)
class RelatedAlert:
    """An alert of an incident. What its labels say is not to be trusted."""

    id: int
    name: str
    severity: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator_url: str
    starts_at: datetime
    source_state: SourceState
    resolved_at: datetime | None
    page_id: int | None


@dataclass(frozen=True, slots=True)
class RelatedPage:
    """A page of an incident."""

    id: int
    title: str
    severity: str
    state: PageState
    opened_at: datetime


def get(connection: Connection, incident_id: int, *, lock: bool = False) -> IncidentRow | None:
    """Return an incident, locked until the end of the transaction if so wanted."""
    query = select(incident).where(incident.c.id == incident_id)
    row = connection.execute(query.with_for_update(key_share=True) if lock else query).one_or_none()
    return None if row is None else _incident(row)


def listed(
    connection: Connection, *, status: IncidentStatus | None, only_open: bool, before: int | None, limit: int
) -> list[IncidentRow]:
    """Return incidents, the newest first; `before` is the id of the last one that the caller has."""
    query = select(incident).order_by(incident.c.id.desc()).limit(limit)
    if status is not None:
        query = query.where(incident.c.status == status)
    if only_open:
        query = query.where(_OPEN)
    if before is not None:
        query = query.where(incident.c.id < before)
    return [_incident(row) for row in connection.execute(query)]


def add(connection: Connection, values: Mapping[str, Any]) -> int | None:
    """Insert an incident and return its id; None where an open one has its key."""
    statement = insert_new(connection, incident).values(**values).returning(incident.c.id)
    added: int | None = connection.execute(statement).scalar_one_or_none()
    return added


def gathering(connection: Connection, key: str) -> IncidentRow | None:
    """Return the open incident that has this key, locked."""
    row = connection.execute(
        select(incident).where(incident.c.key == key, _OPEN).with_for_update(key_share=True)
    ).one_or_none()
    return None if row is None else _incident(row)


def stop_gathering(connection: Connection, key: str, *, opened_before: datetime, new_key: str) -> None:
    """Give the open incident with this key another one if it was opened before that time."""
    where = (incident.c.key == key) & _OPEN & (incident.c.opened_at < opened_before)
    connection.execute(update(incident).where(where).values(key=new_key))


def change(connection: Connection, found: IncidentRow, values: Mapping[str, Any]) -> bool:
    """Change an incident and count its version on; False where somebody was quicker."""
    where = (incident.c.id == found.id) & (incident.c.version == found.version)
    done = connection.execute(update(incident).where(where).values(**values, version=found.version + 1))
    return done.rowcount == 1


def standing(connection: Connection, incident_id: int) -> Standing | None:
    """Return how an incident stands."""
    row = connection.execute(_standings().where(incident.c.id == incident_id)).one_or_none()
    return None if row is None else _standing(row)


def open_standings(connection: Connection) -> dict[int, Standing]:
    """Return how each open incident stands, by its id."""
    return {row.id: _standing(row) for row in connection.execute(_standings().where(_OPEN))}


def put_page(connection: Connection, page_id: int, incident_id: int) -> None:
    """Count a page and its alerts to an incident, but for those that were taken out of it."""
    connection.execute(update(page).where(page.c.id == page_id).values(incident_id=incident_id))
    told = (event.c.alert_id == alert.c.id) & (event.c.incident_id == incident_id) & (event.c.kind == DETACHED)
    taken_out = exists().where(told).correlate(alert)
    where = (alert.c.page_id == page_id) & alert.c.incident_id.is_(None) & ~taken_out
    connection.execute(update(alert).where(where).values(incident_id=incident_id))


def labels_of_page(connection: Connection, page_id: int) -> list[Mapping[str, str]]:
    """Return the labels of each alert of a page."""
    return list(connection.execute(select(alert.c.labels).where(alert.c.page_id == page_id)).scalars())


def move_alert(connection: Connection, alert_id: int, *, before: int | None, after: int | None) -> bool:
    """Count an alert to another incident or to none; False where it does not belong to `before`."""
    belongs = alert.c.incident_id.is_(None) if before is None else alert.c.incident_id == before
    done = connection.execute(update(alert).where(alert.c.id == alert_id, belongs).values(incident_id=after))
    return done.rowcount == 1


def alert_name(connection: Connection, alert_id: int) -> tuple[str, int | None] | None:
    """Return the name of an alert and the incident to which it belongs."""
    row = connection.execute(select(alert.c.name, alert.c.incident_id).where(alert.c.id == alert_id)).one_or_none()
    return None if row is None else (row.name, row.incident_id)


def related_alerts(connection: Connection, incident_id: int, *, limit: int) -> list[RelatedAlert]:
    """Return the alerts of an incident, the first first."""
    columns = [alert.c[name] for name in RelatedAlert.__dataclass_fields__]
    query = select(*columns).where(alert.c.incident_id == incident_id).order_by(alert.c.starts_at, alert.c.id)
    return [_related(row) for row in connection.execute(query.limit(limit))]


def loose_alerts(connection: Connection, *, limit: int) -> list[RelatedAlert]:
    """Return alerts that fire and belong to no incident, the last first."""
    columns = [alert.c[name] for name in RelatedAlert.__dataclass_fields__]
    loose = alert.c.incident_id.is_(None) & (alert.c.source_state == SourceState.FIRING)
    query = select(*columns).where(loose).order_by(alert.c.id.desc()).limit(limit)
    return [_related(row) for row in connection.execute(query)]


def related_pages(connection: Connection, incident_id: int) -> list[RelatedPage]:
    """Return the pages of an incident, the first first."""
    columns = [page.c[name] for name in RelatedPage.__dataclass_fields__]
    query = select(*columns).where(page.c.incident_id == incident_id).order_by(page.c.id)
    return [RelatedPage(**{**row._mapping, "state": PageState(row.state)}) for row in connection.execute(query)]


def _related(row: Row[Any]) -> RelatedAlert:
    return RelatedAlert(**{**row._mapping, "source_state": SourceState(row.source_state)})


def _standings() -> Select[Any]:
    of_it = alert.c.incident_id == incident.c.id
    firing = (alert.c.source_state == SourceState.FIRING) & (alert.c.response_state != ResponseState.CLOSED)
    page_of_it = page.c.incident_id == incident.c.id
    # A page without alerts is one of our own, e.g. on a missing Watchdog: it speaks for itself.
    alone = ~exists().where(alert.c.page_id == page.c.id).correlate(page)
    return select(
        incident.c.id,
        incident.c.status,
        incident.c.quiet_since,
        or_(_any(of_it), _any(page_of_it)).label("related"),
        or_(_any(of_it & firing), _any(page_of_it & (page.c.state != PageState.RESOLVED) & alone)).label("active"),
    )


def _any(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(condition).correlate(incident)


def _standing(row: Row[Any]) -> Standing:
    return Standing(IncidentStatus(row.status), row.quiet_since, bool(row.related), bool(row.active))


def _incident(row: Row[Any]) -> IncidentRow:
    return IncidentRow(**{**row._mapping, "status": IncidentStatus(row.status)})
