"""Pages: one row each, and never two that are open under one key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, case, func, or_, select, update

from steward.model import Way
from steward.oncall.domain.escalation import Count
from steward.oncall.domain.page import Page, read, written
from steward.oncall.domain.states import OutboxState, PageState, ResponseState, SourceState
from steward.oncall.errors import NotFound
from steward.oncall.store.inserting import insert_new
from steward.oncall.store.tables import alert, outbox, page

_UNRESOLVED = (PageState.OPEN, PageState.ACKNOWLEDGED)
_SAVED = (
    "state",
    "counted_from",
    "step",
    "next_at",
    "closes_at",
    "snoozed_until",
    "held",
    "alerts_total",
    "alerts_firing",
    "acknowledged_by",
    "acknowledged_at",
    "resolved_by",
    "resolved_at",
)
"""What changes in a page; its incident is written by whoever keeps incidents."""


def get(connection: Connection, page_id: int) -> Page:
    """Return a page; raises NotFound."""
    return _one(connection, select(page).where(page.c.id == page_id), page_id)


def lock(connection: Connection, page_id: int) -> Page:
    """Return a page, with its alerts and itself locked until the transaction ends; raises NotFound."""
    # Whoever takes alerts in locks them before their page; the same order keeps both from waiting in a circle.
    connection.execute(
        select(alert.c.id)
        .where(alert.c.page_id == page_id, alert.c.source_state == SourceState.FIRING)
        .order_by(alert.c.id)
        .with_for_update()
    ).all()
    return _one(connection, select(page).where(page.c.id == page_id).with_for_update(), page_id)


def lock_open(connection: Connection, keys: Iterable[str]) -> dict[str, Page]:
    """Return the pages that are open under these keys, by key, locked until the transaction ends."""
    query = select(page).where(page.c.key.in_(list(keys)), page.c.state.in_(_UNRESOLVED))
    return {row.key: _page(row) for row in connection.execute(query.order_by(page.c.key).with_for_update())}


def lock_storm(connection: Connection, key_begins: str) -> Page | None:
    """Return the newest page in the state open whose key begins so, locked; None where there is none."""
    query = (
        select(page)
        .where(page.c.state == PageState.OPEN, page.c.key.startswith(key_begins, autoescape=True))
        .order_by(page.c.id.desc())
        .limit(1)
        .with_for_update()
    )
    row = connection.execute(query).first()
    return None if row is None else _page(row)


def lock_due(connection: Connection, *, now: datetime, limit: int) -> list[Page]:
    """Return pages whose next level is due, the oldest first, locked; without those that another replica has."""
    query = select(page).where(page.c.next_at <= now).order_by(page.c.next_at, page.c.id)
    return _lock_free(connection, query, limit)


def lock_settled(connection: Connection, *, now: datetime, limit: int) -> list[Page]:
    """Return pages whose alerts ended and stayed so, locked; without those that another replica has."""
    query = select(page).where(page.c.closes_at <= now).order_by(page.c.closes_at, page.c.id)
    return _lock_free(connection, query, limit)


def lock_ahead(connection: Connection, *, counted_after: datetime, closes_after: datetime) -> list[Page]:
    """Return pages that are counted from later, or settle for longer, than can be by the present clock, locked."""
    query = select(page).where(
        page.c.state.in_(_UNRESOLVED),
        or_(page.c.counted_from > counted_after, page.c.closes_at > closes_after),
    )
    return _lock_free(connection, query, 1_000)


def insert(connection: Connection, new: Page) -> int | None:
    """Write a new page; return its id, or None where another is open under its key. The id of `new` is ignored."""
    values = {name: getattr(new, name) for name in _SAVED} | {
        "key": new.key,
        "title": new.title,
        "severity": new.severity,
        "team": new.team,
        "dedup_key": new.dedup_key,
        "policy": written(new.levels),
        "opened_at": new.opened_at,
    }
    found = connection.execute(insert_new(connection, page).values(values).returning(page.c.id)).first()
    return None if found is None else int(found.id)


def save(connection: Connection, changed: Sequence[Page]) -> None:
    """Write what became of pages that are locked; their version goes up."""
    if not changed:
        return
    values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=page.c[name].type) for name in _SAVED}
    statement = update(page).where(page.c.id == bindparam("of")).values(values | {"version": page.c.version + 1})
    connection.execute(
        statement, [{"of": one.id} | {f"new_{name}": getattr(one, name) for name in _SAVED} for one in changed]
    )


def opened_since(connection: Connection, team: str, since: datetime) -> int:
    """Count the pages that a team got since then and that are not resolved."""
    query = select(func.count()).where(
        page.c.state.in_(_UNRESOLVED), page.c.opened_at > since, page.c.team == team
    )
    return connection.execute(query).scalar_one()


def dedup_key_is_taken(connection: Connection, dedup_key: str) -> bool:
    """Return whether a page is told under it that is not resolved, or whose end is still to be told."""
    unresolved = select(page.c.id).where(page.c.state.in_(_UNRESOLVED), page.c.dedup_key == dedup_key)
    untold = (
        select(page.c.id)
        .join(outbox, outbox.c.page_id == page.c.id)
        .where(outbox.c.state == OutboxState.PENDING, outbox.c.way == Way.PAGERDUTY.value)
        .where(page.c.dedup_key == dedup_key)
    )
    return any(connection.execute(query.limit(1)).first() is not None for query in (unresolved, untold))


def page_of_alerts(connection: Connection, alert_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return the id and the key of each alert's page, by the alert's id; alerts without a page are left out."""
    query = select(alert.c.id, page.c.id, page.c.key).join(page, page.c.id == alert.c.page_id)
    rows = connection.execute(query.where(alert.c.id.in_(list(alert_ids))))
    return {alert_id: (page_id, key) for alert_id, page_id, key in rows}


def known_fingerprints(connection: Connection, page_id: int, fingerprints: Iterable[str]) -> set[str]:
    """Return which of the alerts were on the page before."""
    query = select(alert.c.fingerprint).where(
        alert.c.fingerprint.in_(list(fingerprints)), alert.c.page_id == page_id
    )
    return set(connection.execute(query).scalars())


def count(connection: Connection, page_ids: Iterable[int]) -> dict[int, Count]:
    """Count the alerts of pages."""
    fires = alert.c.source_state == SourceState.FIRING
    rows = connection.execute(
        select(
            alert.c.page_id,
            func.count(alert.c.fingerprint.distinct()),
            func.sum(case((fires, 1), else_=0)),
            func.sum(case((and_(fires, alert.c.silenced.is_(False)), 1), else_=0)),
        )
        .where(alert.c.page_id.in_(list(page_ids)))
        .group_by(alert.c.page_id)
    )
    return {page_id: Count(total, int(firing), int(heard)) for page_id, total, firing, heard in rows}


def attach(connection: Connection, alerts_of: Mapping[Page, Sequence[int]]) -> None:
    """Write to which page alerts belong."""
    for one, ids in alerts_of.items():
        connection.execute(
            update(alert)
            .where(alert.c.id.in_(list(ids)))
            .values(page_id=one.id, response_state=ResponseState(one.state.value))
        )


def answer_alerts(connection: Connection, page_ids: Sequence[int], response: ResponseState) -> None:
    """Write on the alerts of pages what people, or time, made of their pages."""
    if page_ids:
        connection.execute(
            update(alert)
            .where(alert.c.page_id.in_(page_ids), alert.c.response_state != response)
            .values(response_state=response)
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pages are asked for; None for any."""

    states: tuple[PageState, ...] = ()
    """Empty for any."""
    severity: str | None = None
    team: str | None = None
    before: int | None = None
    """With a smaller id: where the last answer ended."""


def find(connection: Connection, wanted: Wanted, *, limit: int) -> list[Page]:
    """Return the pages that are asked for, newest first, at most so many."""
    query = select(page)
    if wanted.states:
        query = query.where(page.c.state.in_(wanted.states))
    if wanted.severity is not None:
        query = query.where(page.c.severity == wanted.severity)
    if wanted.team is not None:
        query = query.where(page.c.team == wanted.team)
    if wanted.before is not None:
        query = query.where(page.c.id < wanted.before)
    return [_page(row) for row in connection.execute(query.order_by(page.c.id.desc()).limit(limit))]


def _lock_free(connection: Connection, query: Select[Any], limit: int) -> list[Page]:
    return [_page(row) for row in connection.execute(query.limit(limit).with_for_update(skip_locked=True))]


def _one(connection: Connection, query: Select[Any], page_id: int) -> Page:
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"there is no page {page_id}")
    return _page(row)


def _page(row: Row[Any]) -> Page:
    return Page(
        id=row.id,
        key=row.key,
        title=row.title,
        severity=row.severity,
        team=row.team,
        dedup_key=row.dedup_key,
        levels=read(row.policy),
        state=PageState(row.state),
        opened_at=row.opened_at,
        counted_from=row.counted_from,
        step=row.step,
        next_at=row.next_at,
        closes_at=row.closes_at,
        snoozed_until=row.snoozed_until,
        held=row.held,
        alerts_total=row.alerts_total,
        alerts_firing=row.alerts_firing,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        resolved_by=row.resolved_by,
        resolved_at=row.resolved_at,
        incident_id=row.incident_id,
        version=row.version,
    )
