"""On-call under anything: alerts, people, time, kills and clocks that are set, in any order.

Whatever happens, an alert that fires is on a page, no level is skipped, nothing that was to be told is dropped
unless somebody has answered, and nothing arrives twice but after a kill.
"""

import tempfile
from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Row, select

from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict
from steward.oncall.domain.states import Kind, OutboxState, PageState, ResponseState, SourceState
from steward.oncall.errors import Conflict
from steward.oncall.services import paging, sending
from steward.oncall.services.alerts import take_in
from steward.oncall.store import outbox
from steward.oncall.store.database import Store, connect
from steward.oncall.store.outbox import OutboxRow
from steward.oncall.store.tables import alert, event, page
from steward.oncall.store.tables import outbox as outbox_table
from steward.testing.oncall import MONDAY, SHOP, fresh_store, incoming

pytestmark = pytest.mark.slow

START = MONDAY + timedelta(days=30)
"""So late that the clock can go back, and somebody is on call all the same."""
NAMES = ("Down", "Slow", "Full", "Note")
SEVERITY = {"Down": "critical", "Slow": "warning", "Full": "critical", "Note": "info"}
TEAM = {"Down": "sre", "Slow": "sre", "Full": "backend", "Note": "dba"}
LEVELS = {"critical": 3, "warning": 2, "info": 1}
FARTHEST = {"critical": timedelta(minutes=15), "warning": timedelta(hours=1), "info": timedelta(days=5)}
"""Between a page's beginning, or its level before, and its next level."""
OUTCOMES = st.lists(
    st.sampled_from(["delivered", "later", "refused", "killed", "killed after"]), min_size=1, max_size=6
)
INSTANCES = st.sampled_from(["a", "b"])
ALERTS = st.sampled_from(NAMES)
PAGES = st.integers(0, 3)


class Seen:
    """Everything that is kept, read once."""

    def __init__(self, store: Store) -> None:
        with store.read() as connection:
            self.pages = {row.id: row for row in connection.execute(select(page))}
            self.alerts = connection.execute(select(alert)).all()
            self.events = connection.execute(
                select(event.c.page_id, event.c.kind, event.c.actor, event.c.data)
                .where(event.c.kind.startswith("page."))
                .order_by(event.c.id)
            ).all()
            self.cancelled = set(
                connection.execute(
                    select(outbox_table.c.page_id).where(outbox_table.c.state == OutboxState.CANCELLED)
                ).scalars()
            )
        self.firing = [row for row in self.alerts if row.source_state == SourceState.FIRING]


def alert_that_fires_is_on_a_page(seen: Seen) -> None:
    for row in seen.firing:
        assert row.page_id is not None
        found = seen.pages[row.page_id]
        by_itself = found.state == PageState.RESOLVED and found.resolved_by == "steward"
        assert not by_itself, "a page ended by itself while its alert fires"


def pages_count_their_alerts(seen: Seen) -> None:
    firing = Counter(row.page_id for row in seen.firing)
    heard = Counter(row.page_id for row in seen.firing if not row.silenced)
    for found in seen.pages.values():
        if found.state != PageState.RESOLVED:
            assert found.alerts_firing == firing[found.id]
            assert (found.closes_at is None) == bool(firing[found.id])
            assert not firing[found.id] or found.held == (heard[found.id] == 0)


def next_level_is_due_exactly_where_somebody_shall_be_told(seen: Seen) -> None:
    for found in seen.pages.values():
        waits = found.held or found.closes_at is not None
        more = found.state == PageState.OPEN and found.step < LEVELS[found.severity]
        due = (more or found.snoozed_until is not None) and not waits
        assert (found.next_at is not None) == due, found


def one_page_of_a_cause_is_open(seen: Seen) -> None:
    keys = Counter(found.key for found in seen.pages.values() if found.state != PageState.RESOLVED)
    assert all(count == 1 for count in keys.values())


def alerts_show_what_became_of_their_page(seen: Seen) -> None:
    expected = {
        PageState.OPEN: ResponseState.OPEN,
        PageState.ACKNOWLEDGED: ResponseState.ACKNOWLEDGED,
        PageState.RESOLVED: ResponseState.CLOSED,
    }
    for row in seen.alerts:
        assert row.response_state == expected[PageState(seen.pages[row.page_id].state)]


def no_level_is_skipped(seen: Seen) -> None:
    taken: dict[int, int] = {}
    for row in seen.events:
        if row.kind in {"page.opened", "page.released", "page.awake"}:
            taken[row.page_id] = 0
        elif row.kind in {"page.told", "page.nobody"}:
            assert row.data["step"] == taken[row.page_id], "a level was skipped"
            nobody = seen.pages[row.page_id].team == "backend" and row.data["step"] == 0
            assert (row.kind == "page.nobody") == nobody, "somebody was not found"
            taken[row.page_id] += 1


def only_an_answer_cancels(seen: Seen) -> None:
    answers = {"page.acknowledged", "page.snoozed", "page.resolved"}
    answered = {row.page_id for row in seen.events if row.actor == "ann" and row.kind in answers}
    assert seen.cancelled <= answered


CHECKS = (
    alert_that_fires_is_on_a_page,
    pages_count_their_alerts,
    next_level_is_due_exactly_where_somebody_shall_be_told,
    one_page_of_a_cause_is_open,
    alerts_show_what_became_of_their_page,
    no_level_is_skipped,
    only_an_answer_cancels,
)


@cache
def empty() -> bytes:
    """Return a file with every table, which is quicker to copy than to make."""
    with tempfile.TemporaryDirectory() as folder:
        fresh_store(Path(folder)).close()
        return (Path(folder) / "oncall.db").read_bytes()


class Machine(RuleBasedStateMachine):
    """On-call on SQLite, with a model of what fires and of what arrived."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "oncall.db"
        path.write_bytes(empty())
        self.store = connect(f"sqlite:///{path}")
        self.now = START
        self.firing: dict[tuple[str, str], bool] = {}
        self.arrived: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.order: list[OutboxRow] = []

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self.come_to_rest()
        finally:
            self.store.close()
            self.folder.cleanup()

    # What happens.

    @rule(name=ALERTS, instance=INSTANCES)
    def fire(self, name: str, instance: str) -> None:
        self.firing.setdefault((name, instance), False)
        self.hear(name, instance, firing=True)

    @precondition(lambda self: self.firing)
    @rule(data=st.data())
    def resolve_alert(self, data: Any) -> None:
        name, instance = data.draw(st.sampled_from(sorted(self.firing)))
        del self.firing[name, instance]
        self.hear(name, instance, firing=False)

    @precondition(lambda self: self.firing)
    @rule(data=st.data(), silenced=st.booleans())
    def silence(self, data: Any, silenced: bool) -> None:
        name, instance = data.draw(st.sampled_from(sorted(self.firing)))
        self.firing[name, instance] = silenced
        self.hear(name, instance, firing=True, silenced=silenced)

    @rule(number=PAGES)
    def acknowledge(self, number: int) -> None:
        self.answer("acknowledge", number)

    @rule(number=PAGES, hours=st.integers(1, 30))
    def snooze(self, number: int, hours: int) -> None:
        self.answer("snooze", number, until=self.now + timedelta(hours=hours))

    @rule(number=PAGES)
    def escalate(self, number: int) -> None:
        self.answer("escalate", number)

    @rule(number=PAGES)
    def resolve(self, number: int) -> None:
        self.answer("resolve", number)

    @rule(minutes=st.sampled_from([0.1, 1, 4, 6, 15, 31, 70]))
    def time_passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(minutes=st.sampled_from([0.1, 3, 20, 600]))
    def clock_goes_back(self, minutes: float) -> None:
        self.now -= timedelta(minutes=minutes)

    @rule(days=st.integers(1, 4))
    def clock_goes_ahead(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(limit=st.integers(1, 3))
    def tick(self, limit: int) -> None:
        with self.store.write() as connection:
            paging.advance(connection, now=self.now, catalogue=SHOP, limit=limit)

    @rule(outcomes=OUTCOMES, limit=st.integers(1, 4))
    def send(self, outcomes: list[str], limit: int) -> None:
        for row, outcome in zip(self.lease(limit), cycle(outcomes), strict=False):
            self.deliver(row, outcome)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = connect(self.store.engine.url)
        with self.store.write() as connection:
            outbox.release(connection, owner="one")

    # What holds at any time.

    @invariant()
    def it_holds(self) -> None:
        if not hasattr(self, "store"):
            return
        seen = Seen(self.store)
        for check in CHECKS:
            check(seen)
        for key, count in self.arrived.items():
            assert count <= 1 + self.lost[key], "something arrived twice without a kill"

    # How it is done.

    def hear(self, name: str, instance: str, *, firing: bool, silenced: bool | None = None) -> None:
        one = incoming(
            name, firing, silenced=silenced, severity=SEVERITY[name], team=TEAM[name], instance=instance
        )
        with self.store.write() as connection:
            take_in(connection, [one], source="alertmanager", now=self.now, catalogue=SHOP)

    def answer(self, name: str, number: int, **more: Any) -> None:
        alive = [one.id for one in self.pages().values() if one.state != PageState.RESOLVED]
        if not alive:
            return
        with self.store.write() as connection:
            try:
                getattr(paging, name)(
                    connection, alive[number % len(alive)], actor="ann", now=self.now, catalogue=SHOP, **more
                )
            except Conflict:
                assert name == "escalate"

    def lease(self, limit: int) -> list[OutboxRow]:
        with self.store.write() as connection:
            return outbox.lease(connection, owner="one", now=self.now, limit=limit)

    def deliver(self, row: OutboxRow, outcome: str) -> None:
        if outcome == "killed":
            return
        if outcome in {"delivered", "killed after"}:
            self.arrives(row)
        if outcome == "killed after":
            self.lost[row.key] += 1
            return
        verdicts: dict[str, Verdict] = {
            "delivered": Delivered(),
            "later": Retry("later"),
            "refused": Refused("no"),
        }
        with self.store.write() as connection:
            sending.mark(connection, row, verdicts[outcome], now=self.now)

    def arrives(self, row: OutboxRow) -> None:
        earlier = self.select(
            outbox_table,
            outbox_table.c.page_id == row.page_id,
            outbox_table.c.id < row.id,
            outbox_table.c.state == OutboxState.PENDING,
        )
        for one in earlier:
            assert (one.way, one.address) != (row.way.value, row.address), "out of order at one place"
            if row.kind is Kind.PAGE and one.kind == Kind.PAGE and one.step != row.step and not one.verdicts:
                behind = any((one.way, one.address) == (x.way, x.address) and x.id < one.id for x in earlier)
                assert behind or one.attempts >= outbox.PATIENCE, "a later level before an earlier one was tried"
        self.arrived[row.key] += 1

    def pages(self) -> dict[int, Row[Any]]:
        return {row.id: row for row in self.select(page)}

    def select(self, table: Any, *conditions: Any) -> list[Row[Any]]:
        with self.store.read() as connection:
            return list(connection.execute(select(table).where(*conditions).order_by(table.c.id)))

    def come_to_rest(self) -> None:
        """Let every silence end, time pass, and everything work: then everybody must have been told."""
        self.now = max(self.now, START)
        self.restart()
        for name, instance in sorted(self.firing):
            self.hear(name, instance, firing=True, silenced=False)
        for _ in range(12):
            self.now += timedelta(days=1)
            self.work()
        for found in self.pages().values():
            assert found.state != PageState.OPEN or found.step == LEVELS[found.severity], "a level was never told"
            assert found.closes_at is None, "a page whose alerts have ended was never closed"
            assert found.snoozed_until is None, "a page is asleep for ever"
        for row in self.select(outbox_table):
            assert row.state != OutboxState.PENDING, "a delivery was never sent"
            assert row.state != OutboxState.DELIVERED or self.arrived[row.key], "marked, and never sent"
        self.it_holds()

    def work(self) -> None:
        more = True
        while more:
            with self.store.write() as connection:
                more = paging.advance(connection, now=self.now, catalogue=SHOP, limit=100).more
            while rows := self.lease(10):
                more = True
                for row in rows:
                    self.deliver(row, "delivered")


TestOnCall = Machine.TestCase
TestOnCall.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
