"""What is to be sent: put by whoever decides, leased and marked by whoever sends.

A lease that ran out is taken again, so everything is sent at least once. Within a page, deliveries keep their
order: to the same way and address a later one waits until the earlier one has ended; a later step waits besides
while an earlier one has had no verdict at all, but not for more than three attempts. So a dead channel holds up
nobody else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select, update

from steward.model import Way
from steward.oncall.domain.backoff import LONGEST_SECONDS
from steward.oncall.domain.states import Kind, OutboxState, PageState
from steward.oncall.store.events import SYSTEM
from steward.oncall.store.inserting import insert_new
from steward.oncall.store.tables import outbox, page

LEASE = timedelta(seconds=30)
"""How long a sender has a delivery to itself; sending takes ten seconds at most."""
PATIENCE = 3
"""After so many attempts without a verdict a delivery holds up no later step."""

_SKEW = timedelta(seconds=10)
"""Clocks of replicas differ by less, the wait for a transaction included; more shows that the clock went back."""
_LONGEST_PAUSE = timedelta(seconds=LONGEST_SECONDS)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One delivery."""

    id: int
    key: str
    """The same at each attempt, and for nothing else."""
    page_id: int | None
    kind: Kind
    way: Way
    person: str
    """Name of who is told; empty for a room."""
    address: str
    step: int
    """Index of the level of the page's policy that put it there."""
    detail: Mapping[str, Any]
    """Of pages: `to` (whom the level tells, a Target's value), `late_by_seconds`, `round` (the same for what was
    put at once). Of answers: `actor`, and `until` (ISO 8601) of a snooze. Of others: `title`, `text`."""
    created_at: datetime
    due_at: datetime
    attempts: int
    """How often it was leased, this time included."""
    verdicts: int
    """How often a channel has said what became of it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery to be put."""

    key: str
    kind: Kind
    way: Way
    address: str
    person: str = ""
    page_id: int | None = None
    step: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    """None for at once."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery with what became of it."""

    id: int
    kind: Kind
    way: Way
    person: str
    address: str
    step: int
    state: OutboxState
    attempts: int
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told of a page, or may have been."""

    way: Way
    address: str
    person: str


_COLUMNS = tuple(outbox.c[name] for name in OutboxRow.__slots__)
_PENDING = outbox.c.state == OutboxState.PENDING


def put(
    connection: Connection,
    *,
    key: str,
    kind: Kind,
    way: Way,
    address: str,
    now: datetime,
    person: str = "",
    page_id: int | None = None,
    step: int = 0,
    detail: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Put one delivery; return False, and change nothing, where one of that key was put before."""
    draft = Draft(key, kind, way, address, person, page_id, step, detail or {}, due_at)
    statement = insert_new(connection, outbox).returning(outbox.c.id)
    return connection.execute(statement, [_values(draft, now)]).first() is not None


def put_all(connection: Connection, drafts: Sequence[Draft], *, now: datetime) -> None:
    """Put many, in their order; those whose key was put before are left out."""
    if drafts:
        connection.execute(insert_new(connection, outbox), [_values(draft, now) for draft in drafts])


def lease(connection: Connection, *, owner: str, now: datetime, limit: int) -> list[OutboxRow]:
    """Take at most so many deliveries that are due and may go out now, the oldest first; `owner` sends them.

    Pages that somebody has answered meanwhile are not sent any more: their deliveries are cancelled instead. Those
    that ended by themselves are: nobody may have heard of them yet.
    """
    found = connection.execute(_ready(now, limit)).all()
    over = [row.id for row in found if _is_over(row)]
    _end_all(connection, over, OutboxState.CANCELLED, now)
    chosen = [row for row in found if row.id not in set(over)]
    if chosen:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in chosen]))
            .values(leased_by=owner, leased_until=now + LEASE, attempts=outbox.c.attempts + 1)
        )
    return [_row(row, attempts=row.attempts + 1) for row in chosen]


def waits_since(connection: Connection, *, now: datetime) -> datetime | None:
    """Return when the oldest delivery that may go out now became due; None where there is none."""
    free = select(outbox.c.due_at).where(_PENDING, outbox.c.due_at <= now, _free(now), ~_behind())
    return connection.scalar(free.order_by(outbox.c.due_at, outbox.c.id).limit(1))


def release(connection: Connection, *, owner: str) -> int:
    """Give back what `owner` had leased before it was killed; return how many deliveries that were."""
    return connection.execute(
        update(outbox).where(_PENDING, outbox.c.leased_by == owner).values(leased_by=None, leased_until=None)
    ).rowcount


def delivered(connection: Connection, row: OutboxRow, *, now: datetime) -> bool:
    """Write that it arrived, which is true whoever says so; return False where that is known already."""
    changed = {"state": OutboxState.DELIVERED, "ended_at": now, "last_error": ""}
    return _mark(connection, row, outbox.c.state != OutboxState.DELIVERED, changed)


def refused(connection: Connection, row: OutboxRow, why: str, *, now: datetime) -> bool:
    """Write that it can never arrive; return False where the delivery is not that attempt's any more."""
    changed = {"state": OutboxState.REFUSED, "ended_at": now, "last_error": why}
    return _mark(connection, row, _still(row), changed)


def postponed(connection: Connection, row: OutboxRow, why: str, *, until: datetime) -> bool:
    """Write when to try again; return False where the delivery is not that attempt's any more."""
    return _mark(connection, row, _still(row), {"due_at": until, "last_error": why})


def cancel(connection: Connection, page_ids: Iterable[int], *, now: datetime) -> None:
    """End what was to tell that pages are open; what is being sent at this moment ends with that attempt."""
    connection.execute(
        update(outbox)
        .where(_PENDING, outbox.c.page_id.in_(list(page_ids)), outbox.c.kind == Kind.PAGE, _free(now))
        .values(state=OutboxState.CANCELLED, ended_at=now)
    )


def waiting(connection: Connection, *, due_before: datetime, most: int) -> int:
    """Count the deliveries that have waited since then; counting ends at `most`."""
    rows = select(outbox.c.id).where(_PENDING, outbox.c.due_at < due_before).limit(most)
    return len(connection.execute(rows).all())


def told(connection: Connection, page_ids: Iterable[int]) -> dict[int, list[Told]]:
    """Return who was told of each page, may have been, or still will be; once for each way and address."""
    rows = connection.execute(
        select(outbox.c.page_id, outbox.c.way, outbox.c.address, outbox.c.person)
        .where(
            outbox.c.page_id.in_(list(page_ids)),
            outbox.c.kind == Kind.PAGE,
            outbox.c.state != OutboxState.REFUSED,
            or_(_PENDING, outbox.c.attempts > 0),
        )
        .order_by(outbox.c.id)
    )
    found: dict[int, dict[tuple[str, str], Told]] = {}
    for page_id, way, address, person in rows:
        found.setdefault(page_id, {}).setdefault((way, address), Told(Way(way), address, person))
    return {page_id: list(by_place.values()) for page_id, by_place in found.items()}


def of_page(connection: Connection, page_id: int) -> list[Delivery]:
    """Return every delivery about a page, in the order in which they were put."""
    columns = [outbox.c[name] for name in Delivery.__slots__]
    rows = connection.execute(select(*columns).where(outbox.c.page_id == page_id).order_by(outbox.c.id))
    return [
        Delivery(
            row.id,
            Kind(row.kind),
            Way(row.way),
            row.person,
            row.address,
            row.step,
            OutboxState(row.state),
            row.attempts,
            row.created_at,
            row.due_at,
            row.ended_at,
            row.last_error,
        )
        for row in rows
    ]


def all_refused(connection: Connection, row: OutboxRow) -> bool:
    """Return whether nobody of the row's level, taken that time, was or can still be told."""
    rows = connection.execute(
        select(outbox.c.state, outbox.c.detail).where(
            outbox.c.page_id == row.page_id, outbox.c.kind == Kind.PAGE, outbox.c.step == row.step
        )
    )
    states = [state for state, detail in rows if detail.get("round") == row.detail.get("round")]
    return all(state == OutboxState.REFUSED for state in states)


def _ready(now: datetime, limit: int) -> Select[Any]:
    """Select deliveries that are due, leased by nobody, and behind nothing; with the state of their page."""
    return (
        select(*_COLUMNS, page.c.state.label("page_state"), page.c.acknowledged_by, page.c.resolved_by)
        .select_from(outbox.outerjoin(page, page.c.id == outbox.c.page_id))
        .where(_PENDING, _due(now), _free(now), ~_behind())
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )


def _due(now: datetime) -> ColumnElement[bool]:
    """Due by the clock, or so far ahead that the clock must have gone back since."""
    return or_(
        outbox.c.due_at <= now,
        outbox.c.due_at <= outbox.c.created_at,
        and_(outbox.c.verdicts > 0, outbox.c.due_at > now + _LONGEST_PAUSE + _SKEW),
    )


def _free(now: datetime) -> ColumnElement[bool]:
    """Leased by nobody, or for longer than a lease is: then the clock has gone back since."""
    return or_(
        outbox.c.leased_until.is_(None), outbox.c.leased_until <= now, outbox.c.leased_until > now + LEASE + _SKEW
    )


def _behind() -> ColumnElement[bool]:
    """Behind an earlier delivery of the same page."""
    earlier = outbox.alias("earlier")
    before = outbox.alias("before")
    same_place = and_(earlier.c.way == outbox.c.way, earlier.c.address == outbox.c.address)
    stuck = (
        select(before.c.id)
        .where(
            before.c.page_id == earlier.c.page_id,
            before.c.state == OutboxState.PENDING,
            before.c.id < earlier.c.id,
            before.c.way == earlier.c.way,
            before.c.address == earlier.c.address,
            or_(before.c.verdicts > 0, before.c.attempts >= PATIENCE),
        )
        .exists()
    )
    untold_step = and_(
        outbox.c.kind == Kind.PAGE,
        earlier.c.kind == Kind.PAGE,
        earlier.c.step != outbox.c.step,
        earlier.c.verdicts == 0,
        earlier.c.attempts < PATIENCE,
        ~stuck,
    )
    return (
        select(earlier.c.id)
        .where(
            earlier.c.page_id == outbox.c.page_id,
            earlier.c.state == OutboxState.PENDING,
            earlier.c.id < outbox.c.id,
            or_(same_place, untold_step),
        )
        .exists()
    )


def _still(row: OutboxRow) -> ColumnElement[bool]:
    return and_(_PENDING, outbox.c.attempts == row.attempts)


def _mark(connection: Connection, row: OutboxRow, when: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    found = connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id, when)
        .values(leased_by=None, leased_until=None, verdicts=outbox.c.verdicts + 1, **values)
    )
    return found.rowcount == 1


def _end_all(connection: Connection, ids: Sequence[int], state: OutboxState, now: datetime) -> None:
    if ids:
        connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(state=state, ended_at=now))


def _is_over(row: Row[Any]) -> bool:
    if row.kind != Kind.PAGE or row.page_state in {None, PageState.OPEN}:
        return False
    return row.acknowledged_by is not None or row.resolved_by != SYSTEM


def _row(row: Row[Any], *, attempts: int) -> OutboxRow:
    return OutboxRow(
        row.id,
        row.key,
        row.page_id,
        Kind(row.kind),
        Way(row.way),
        row.person,
        row.address,
        row.step,
        row.detail,
        row.created_at,
        row.due_at,
        attempts,
        row.verdicts,
    )


def _values(draft: Draft, now: datetime) -> dict[str, Any]:
    return {
        "key": draft.key,
        "page_id": draft.page_id,
        "kind": draft.kind,
        "way": draft.way.value,
        "person": draft.person,
        "address": draft.address,
        "step": draft.step,
        "detail": dict(draft.detail),
        "created_at": now,
        "due_at": draft.due_at or now,
        "state": OutboxState.PENDING,
    }
