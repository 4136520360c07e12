"""What shall be quiet, and what each Alertmanager says of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import SilencePhase
from steward.oncall.domain.silencing import Seen, Silence, Wish
from steward.oncall.domain.states import SilenceKind
from steward.oncall.store.tables import silence


def put(connection: Connection, wish: Wish, *, key: str, now: datetime) -> Silence:
    """Keep a silence that is wanted from now on, and return it."""
    statement = insert(silence).values(
        key=key,
        kind=wish.kind.value,
        alert_name=wish.alert_name,
        matchers=[one.json() for one in wish.matchers],
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        created_by=wish.created_by,
        created_at=now,
        reason=wish.reason,
        wanted=True,
        observed={},
    )
    return _silence(connection.execute(statement.returning(silence)).one())


def get(connection: Connection, silence_id: int) -> Silence | None:
    """Return one silence of ours."""
    row = connection.execute(select(silence).where(silence.c.id == silence_id)).one_or_none()
    return None if row is None else _silence(row)


def unfinished(connection: Connection, *, now: datetime) -> list[Silence]:
    """Return every silence whose time has not run out, the cancelled too: they must end everywhere."""
    return _all(connection, select(silence).where(silence.c.ends_at > now))


def wanted(connection: Connection, *, now: datetime, alert_name: str) -> list[Silence]:
    """Return the silences of one alert that are wanted and have not ended."""
    return _all(
        connection,
        select(silence).where(
            silence.c.ends_at > now, silence.c.wanted.is_(True), silence.c.alert_name == alert_name
        ),
    )


def listed(
    connection: Connection, *, now: datetime, kind: SilenceKind | None, ended: bool, limit: int
) -> list[Silence]:
    """Return the newest silences of ours, those of a kind if it is given, with or without the ended ones."""
    query = select(silence).order_by(silence.c.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(silence.c.kind == kind.value)
    if not ended:
        query = query.where(silence.c.ends_at > now, silence.c.wanted.is_(True))
    return [_silence(row) for row in connection.execute(query)]


def to_remind(connection: Connection, *, now: datetime, until: datetime) -> list[Silence]:
    """Return those that end before `until` and of whose end nobody was reminded."""
    return _all(
        connection,
        select(silence).where(
            silence.c.wanted.is_(True),
            silence.c.reminded_at.is_(None),
            silence.c.ends_at > now,
            silence.c.ends_at <= until,
        ),
    )


def known(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of the keys that are ours."""
    return set(connection.scalars(select(silence.c.key).where(silence.c.key.in_(list(keys)))))


def observe(connection: Connection, silence_id: int, seen: Mapping[str, Seen]) -> None:
    """Keep what Alertmanagers say of a silence, in place of all that was known."""
    connection.execute(
        update(silence)
        .where(silence.c.id == silence_id)
        .values(observed={address: _written(one) for address, one in seen.items()})
    )


def cancel(connection: Connection, silence_id: int, *, by: str, now: datetime) -> bool:
    """Keep that a silence is wanted no more; return False where that was known."""
    still = update(silence).where(silence.c.id == silence_id, silence.c.wanted.is_(True))
    return connection.execute(still.values(wanted=False, cancelled_at=now, cancelled_by=by)).rowcount > 0


def remind(connection: Connection, silence_id: int, *, now: datetime) -> bool:
    """Keep that people are reminded of its end; return False where another did so."""
    news = update(silence).where(silence.c.id == silence_id, silence.c.reminded_at.is_(None))
    return connection.execute(news.values(reminded_at=now)).rowcount > 0


def _all(connection: Connection, query: Select[Any]) -> list[Silence]:
    return [_silence(row) for row in connection.execute(query.order_by(silence.c.id))]


def _silence(row: Row[Any]) -> Silence:
    return Silence(
        id=row.id,
        key=row.key,
        kind=SilenceKind(row.kind),
        alert_name=row.alert_name,
        matchers=tuple(Matcher.read(one) for one in row.matchers),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        created_by=row.created_by,
        created_at=row.created_at,
        reason=row.reason,
        wanted=row.wanted,
        observed={address: _seen(one) for address, one in row.observed.items()},
        reminded_at=row.reminded_at,
        cancelled_at=row.cancelled_at,
        cancelled_by=row.cancelled_by,
    )


def _written(seen: Seen) -> Mapping[str, str]:
    return {"id": seen.id, "phase": seen.phase.value if seen.phase else "", "problem": seen.problem}


def _seen(data: Mapping[str, str]) -> Seen:
    return Seen(data["id"], SilencePhase(data["phase"]) if data["phase"] else None, data["problem"])
