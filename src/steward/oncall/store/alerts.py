"""Alerts: one row for each time that one fires. Written many at a time, because storms come in hundreds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, literal_column, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from steward.oncall.domain.states import ResponseState, SourceState
from steward.oncall.store.tables import alert

MANY = 1_000
"""At most so many alerts in one call of the functions that write; more would not fit into one statement."""

_TURN = text(
    "SELECT set_config('lock_timeout', '5s', true),"
    " set_config('idle_in_transaction_session_timeout', '15s', true),"
    " pg_advisory_xact_lock(7212964093583)"
)
# Written out, because SQLite looks into the index on those that fire only where it sees that it may.
_FIRING = alert.c.source_state == literal_column(f"'{SourceState.FIRING}'")


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as it is kept; the columns of the table."""

    id: int
    source: str
    fingerprint: str
    name: str
    severity: str
    team: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator_url: str
    group_key: str
    starts_at: datetime
    source_state: str
    response_state: str
    silenced: bool
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    page_id: int | None
    incident_id: int | None


_COLUMNS = [alert.c[name] for name in AlertRow.__slots__]


def take_turn(connection: Connection) -> None:
    """Wait until no other replica takes alerts in, at most seconds: of the same alerts they would wait in circles.

    A replica that hangs loses its turn. In SQLite whoever writes has it anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN)


def firing_among(connection: Connection, source: str, fingerprints: Iterable[str]) -> dict[str, AlertRow]:
    """Return those of the alerts that fire, by fingerprint; they are locked until the transaction ends."""
    query = select(*_COLUMNS).where(alert.c.source == source, alert.c.fingerprint.in_(list(fingerprints)), _FIRING)
    return {row.fingerprint: row for row in _read(connection, query.order_by(alert.c.id).with_for_update())}


def last_resolved(connection: Connection, source: str, fingerprints: Iterable[str]) -> dict[str, datetime]:
    """Return when each of the alerts was last resolved, by fingerprint; absent are those that never were."""
    query = (
        select(alert.c.fingerprint, func.max(alert.c.resolved_at, type_=alert.c.resolved_at.type).label("at"))
        .where(alert.c.source == source, alert.c.fingerprint.in_(list(fingerprints)), ~_FIRING)
        .group_by(alert.c.fingerprint)
    )
    return {row.fingerprint: row.at for row in connection.execute(query)}


def add_firing(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Insert alerts that fire; return the new ids by fingerprint, without those that another replica has."""
    if not rows:
        return {}
    shared = connection.dialect.name == "postgresql"
    # Replicas insert in the same order, so that they do not wait for each other in a circle.
    ordered = sorted(rows, key=lambda row: str(row["fingerprint"])) if shared else list(rows)
    build = postgresql.insert if shared else sqlite.insert
    statement = build(alert).on_conflict_do_nothing().returning(alert.c.id, alert.c.fingerprint)
    return {row.fingerprint: row.id for row in connection.execute(statement, ordered)}


def add_resolved(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert alerts that are over already; return their ids in the order of `rows`."""
    if not rows:
        return []
    statement = insert(alert).returning(alert.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, list(rows)).scalars())


def seen(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Note that the alerts were heard of again."""
    if ids:
        connection.execute(update(alert).where(alert.c.id.in_(list(ids))).values(last_seen=now))


def change(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what is new about alerts: `of` is the id; annotations, generator_url, group_key, silenced."""
    if rows:
        names = ("annotations", "generator_url", "group_key", "silenced")
        values = {name: bindparam(name, type_=alert.c[name].type) for name in names}
        connection.execute(update(alert).where(alert.c.id == bindparam("of")).values(values), list(rows))


def resolve(connection: Connection, ends: Sequence[tuple[int, datetime]], now: datetime) -> None:
    """Write that alerts are over: their ids, and since when. Those that have no page are thereby closed."""
    if not ends:
        return
    connection.execute(
        update(alert)
        .where(alert.c.id == bindparam("of"))
        .values(
            source_state=SourceState.RESOLVED,
            last_seen=now,
            resolved_at=bindparam("ended", type_=alert.c.resolved_at.type),
        ),
        [{"of": alert_id, "ended": ended} for alert_id, ended in ends],
    )
    ids = [alert_id for alert_id, _ in ends]
    connection.execute(
        update(alert)
        .where(and_(alert.c.id.in_(ids), alert.c.page_id.is_(None)))
        .values(response_state=ResponseState.CLOSED)
    )


def firing(connection: Connection, source: str | None = None) -> list[AlertRow]:
    """Return every alert that fires, of one source or of all, oldest first."""
    query = select(*_COLUMNS).where(_FIRING).order_by(alert.c.id)
    return _read(connection, query.where(alert.c.source == source) if source is not None else query)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts are asked for; None for any."""

    name: str | None = None
    severity: str | None = None
    team: str | None = None
    response: str | None = None
    silenced: bool | None = None
    state: SourceState | None = None
    since: datetime | None = None
    """First seen at that time or later."""
    until: datetime | None = None
    """First seen before that time."""
    before: int | None = None
    """With a smaller id: where the last answer ended."""


def find(connection: Connection, wanted: Wanted, *, limit: int) -> list[AlertRow]:
    """Return the alerts that are asked for, newest first, at most so many."""
    equal = {
        "name": wanted.name,
        "severity": wanted.severity,
        "team": wanted.team,
        "response_state": wanted.response,
        "silenced": wanted.silenced,
    }
    query = select(*_COLUMNS).where(
        *(alert.c[name] == value for name, value in equal.items() if value is not None)
    )
    if wanted.state is not None:
        query = query.where(_FIRING if wanted.state == SourceState.FIRING else ~_FIRING)
    if wanted.since is not None:
        query = query.where(alert.c.first_seen >= wanted.since)
    if wanted.until is not None:
        query = query.where(alert.c.first_seen < wanted.until)
    if wanted.before is not None:
        query = query.where(alert.c.id < wanted.before)
    return _read(connection, query.order_by(alert.c.id.desc()).limit(limit))


def of_page(connection: Connection, page_id: int, *, limit: int | None = None) -> list[AlertRow]:
    """Return the alerts of a page: those that fire first, then by when they came."""
    query = select(*_COLUMNS).where(alert.c.page_id == page_id).order_by(alert.c.source_state, alert.c.id)
    return _read(connection, query.limit(limit))


def _read(connection: Connection, query: Select[Any]) -> list[AlertRow]:
    return [AlertRow(*tuple(row)) for row in connection.execute(query)]
