"""The gauges: what they say of a store."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, update

from steward.oncall.domain.states import IncidentStatus, OutboxState, PageState
from steward.oncall.services.incident_work import Draft, Edit
from steward.oncall.services.intake import receive
from steward.oncall.store.database import Store
from steward.oncall.store.figures import Figures, figures
from steward.oncall.store.tables import heartbeat, outbox, page
from steward.testing.incidents import IncidentDesk
from steward.testing.oncall import MONDAY, SHOP, MovableClock, incoming, webhook

SECOND = timedelta(seconds=1)
WATCHDOG = "Watchdog"


def seen(store: Store) -> Figures:
    with store.read() as connection:
        return figures(connection, now=MONDAY, watchdog=WATCHDOG)


def fire(store: Store, name: str, severity: str = "critical") -> None:
    body = json.dumps(webhook([incoming(name, severity=severity)])).encode()
    receive(store, body, now=MONDAY, catalogue=SHOP)


def test_empty_store_has_nothing_due_and_has_heard_nothing(store: Store) -> None:
    assert seen(store) == Figures(
        step_overdue=0, outbox_age=0, pages_open={}, incidents_open={}, watchdog_age=None
    )


def test_pages_are_counted_by_severity_until_they_are_resolved(store: Store) -> None:
    for name, severity in (("A", "critical"), ("B", "critical"), ("C", "warning"), ("D", "info")):
        fire(store, name, severity)
    with store.write() as connection:
        connection.execute(update(page).where(page.c.severity == "info").values(state=PageState.RESOLVED))
        connection.execute(update(page).where(page.c.severity == "warning").values(state=PageState.ACKNOWLEDGED))

    assert seen(store).pages_open == {"critical": 2, "warning": 1}


def test_oldest_step_that_is_due_counts(store: Store) -> None:
    for number, ahead in enumerate((-7, -42, 100, None), start=1):
        fire(store, f"A{number}")
        due = None if ahead is None else MONDAY + ahead * SECOND
        with store.write() as connection:
            connection.execute(update(page).where(page.c.id == number).values(next_at=due))

    assert seen(store).step_overdue == 42


def test_oldest_message_that_may_go_out_counts(store: Store) -> None:
    """One that is leased, or stands behind one that is tried again later, does not."""
    fire(store, "A")
    pending: dict[str, Any] = {"state": OutboxState.PENDING, "address": "#other", "page_id": None}
    tried: dict[str, Any] = pending | {"verdicts": 1, "page_id": 1, "address": "#x"}
    rows: tuple[dict[str, Any], ...] = (
        pending | {"due_at": MONDAY - 7 * SECOND},
        pending | {"due_at": MONDAY - 42 * SECOND, "leased_until": MONDAY - SECOND},
        pending | {"due_at": MONDAY - 100 * SECOND, "leased_until": MONDAY + SECOND},
        pending | {"due_at": MONDAY + 100 * SECOND},
        pending | {"due_at": MONDAY - 100 * SECOND, "state": OutboxState.DELIVERED},
        tried | {"due_at": MONDAY + 100 * SECOND},
        tried | {"due_at": MONDAY - 100 * SECOND, "verdicts": 0},
    )
    common: dict[str, Any] = {"kind": "page", "way": "slack", "step": 0, "detail": {}, "created_at": MONDAY}
    with store.write() as connection:
        connection.execute(delete(outbox))
        for number, row in enumerate(rows):
            connection.execute(insert(outbox).values(key=str(number), **common, **row))

    assert seen(store).outbox_age == 42


def test_watchdog_counts_from_when_it_was_heard(store: Store) -> None:
    with store.write() as connection:
        for name, ago in ((WATCHDOG, 5), ("another", 1)):
            beat = {"name": name, "last_at": MONDAY - ago * SECOND, "within_seconds": 60}
            connection.execute(insert(heartbeat).values(beat))

    assert seen(store).watchdog_age == 5


def test_incidents_are_counted_by_severity_until_they_are_resolved(store: Store) -> None:
    desk = IncidentDesk(store, MovableClock())
    ended = desk.opens(Draft("Gates are slow", "warning"))
    for severity in ("critical", "warning", "warning"):
        desk.opens(Draft("Tills are slow", severity))
    desk.edits(ended.id, Edit(status=IncidentStatus.RESOLVED))

    assert seen(store).incidents_open == {"critical": 1, "warning": 2}
