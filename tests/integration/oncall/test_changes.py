"""Seeing in the store what happens, whoever does it."""

from datetime import timedelta

from sqlalchemy import insert

from steward.oncall.live import EVERYTHING, NOTHING, Topic
from steward.oncall.services.alerts import take_in
from steward.oncall.store.database import Store
from steward.oncall.store.events import record, row
from steward.oncall.store.tables import event
from steward.oncall.worker.live import Observer
from steward.testing.oncall import MONDAY, SHOP, incoming


def noted(store: Store, kind: str) -> None:
    with store.write() as connection:
        record(connection, kind, "Something happened", at=MONDAY)


def test_what_an_alert_sets_off_is_seen_once(store: Store) -> None:
    observer = Observer(store)
    assert observer.look() == EVERYTHING
    with store.write() as connection:
        take_in(connection, [incoming("APIDown")], source="alertmanager", now=MONDAY, catalogue=SHOP)

    assert observer.look() == {Topic.ALERTS, Topic.PAGES, Topic.INCIDENTS}
    assert observer.look() == NOTHING


def test_each_subject_has_its_topic_and_logins_have_none(store: Store) -> None:
    observer = Observer(store)
    observer.look()
    for kind, expected in (
        ("override.made", {Topic.ON_CALL}),
        ("silence.lost", {Topic.SILENCES}),
        ("session.began", set()),
    ):
        noted(store, kind)
        assert observer.look() == expected, kind


def test_an_event_with_a_lower_number_that_comes_later_is_seen(store: Store) -> None:
    noted(store, "session.began")
    with store.write() as connection:
        connection.execute(insert(event).values(id=9, **row("session.ended", "Bye", at=MONDAY)))
    observer = Observer(store)
    observer.look()
    with store.write() as connection:
        late = row("override.made", "Late", at=MONDAY + timedelta(seconds=1))
        connection.execute(insert(event).values(id=8, **late))

    assert observer.look() == {Topic.ON_CALL}
    assert observer.last_id == 9


def test_after_a_flood_anything_may_have_changed(store: Store) -> None:
    observer = Observer(store)
    observer.look()
    with store.write() as connection:
        flood = [row("session.began", "Hello", at=MONDAY) for _ in range(1_000)]
        connection.execute(insert(event), flood)

    assert observer.look() == EVERYTHING
