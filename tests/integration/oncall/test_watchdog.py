"""The alert that always fires is missed when it stays away, and only then."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from steward.oncall.context import Context
from steward.oncall.domain.states import PageState
from steward.oncall.services import watchdog
from steward.oncall.store.database import Store
from steward.oncall.store.tables import event, page
from steward.oncall.worker.watchdog import Listener
from steward.testing.oncall import MONDAY, SHOP, MovableClock

MINUTE = timedelta(minutes=1)
LATE = 5 * MINUTE + timedelta(seconds=1)


def hear(store: Store, now: datetime) -> None:
    with store.write() as connection:
        watchdog.heard(connection, now=now, catalogue=SHOP)


def look(store: Store, now: datetime, *, listening_since: datetime = MONDAY) -> bool:
    with store.write() as connection:
        return watchdog.look(connection, listening_since=listening_since, now=now, catalogue=SHOP)


def pages(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.scalars(select(page.c.title).where(page.c.state == PageState.OPEN)))


def closing(store: Store) -> bool:
    """Tell whether every page is resolved, or will be when it has settled."""
    with store.read() as connection:
        rows = connection.execute(select(page.c.state, page.c.closes_at)).all()
    return all(row.state == PageState.RESOLVED or row.closes_at is not None for row in rows)


def test_it_is_paged_once_when_it_stays_away(store: Store) -> None:
    hear(store, MONDAY)
    assert not look(store, MONDAY + 5 * MINUTE)
    assert look(store, MONDAY + LATE)
    assert not look(store, MONDAY + 2 * LATE)
    assert len(pages(store)) == 1
    assert "Watchdog has not arrived since 2026-03-02 10:00:00 UTC" in pages(store)[0]


def test_the_page_goes_when_it_is_heard_again_and_comes_back_when_it_is_not(store: Store) -> None:
    hear(store, MONDAY)
    assert look(store, MONDAY + LATE)
    hear(store, MONDAY + LATE)
    assert closing(store)
    assert not look(store, MONDAY + LATE + MINUTE)
    assert look(store, MONDAY + 2 * LATE)
    with store.read() as connection:
        kinds = [kind for kind in connection.scalars(select(event.c.kind)) if kind.startswith("watchdog.")]
    assert kinds == ["watchdog.missing", "watchdog.heard", "watchdog.missing"]


def test_it_is_missed_even_if_it_was_never_heard(store: Store) -> None:
    assert not look(store, MONDAY)
    assert look(store, MONDAY + LATE)


def test_time_in_which_nobody_listened_does_not_count(store: Store) -> None:
    hear(store, MONDAY - timedelta(hours=8))
    assert not look(store, MONDAY)
    assert not look(store, MONDAY + 5 * MINUTE)
    assert look(store, MONDAY + LATE)


def test_a_process_that_slept_begins_to_listen_anew(context: Context, clock: MovableClock) -> None:
    listener = Listener(timedelta(seconds=5))
    listener.look(context)
    clock.forward(timedelta(hours=8))
    listener.look(context)
    assert pages(context.store) == []
    for _ in range(61):
        clock.forward(timedelta(seconds=5))
        listener.look(context)
    assert len(pages(context.store)) == 1


def test_whoever_sends_is_woken_by_the_page(context: Context, clock: MovableClock) -> None:
    rung: list[None] = []
    listener = Listener(MINUTE)
    for _ in range(8):
        listener.look(replace(context, wake=lambda: rung.append(None)))
        clock.forward(MINUTE)
    assert len(rung) == 1


def test_a_catalogue_without_it_misses_nothing(store: Store) -> None:
    assert SHOP.oncall is not None
    without = replace(SHOP, oncall=replace(SHOP.oncall, watchdog=""))
    with store.write() as connection:
        watchdog.heard(connection, now=MONDAY, catalogue=without)
        assert not watchdog.look(connection, listening_since=MONDAY, now=MONDAY + LATE, catalogue=without)
