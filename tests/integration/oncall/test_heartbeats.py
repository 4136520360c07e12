"""What must be heard again and again, and turns that one replica takes."""

from datetime import timedelta

from steward.oncall.store import heartbeats
from steward.oncall.store.database import Store
from steward.testing.oncall import MONDAY

MINUTE = timedelta(minutes=1)


def test_a_beat_is_kept(store: Store) -> None:
    with store.write() as connection:
        assert not heartbeats.beat(connection, "Watchdog", now=MONDAY, within=MINUTE)
        assert not heartbeats.beat(connection, "Watchdog", now=MONDAY + MINUTE, within=2 * MINUTE)
        found = heartbeats.get(connection, "Watchdog")
    assert found == heartbeats.Heartbeat("Watchdog", MONDAY + MINUTE, 2 * MINUTE, None)


def test_what_is_expected_counts_from_then_on_and_not_anew(store: Store) -> None:
    with store.write() as connection:
        assert heartbeats.get(connection, "Watchdog") is None
        heartbeats.expect(connection, "Watchdog", now=MONDAY, within=MINUTE)
        heartbeats.expect(connection, "Watchdog", now=MONDAY + MINUTE, within=MINUTE)
        found = heartbeats.get(connection, "Watchdog")
    assert found is not None
    assert found.last_at == MONDAY


def test_it_goes_missing_once_and_comes_back_once(store: Store) -> None:
    with store.write() as connection:
        assert not heartbeats.miss(connection, "Watchdog", now=MONDAY)
        heartbeats.beat(connection, "Watchdog", now=MONDAY, within=MINUTE)
        assert heartbeats.miss(connection, "Watchdog", now=MONDAY)
        assert not heartbeats.miss(connection, "Watchdog", now=MONDAY + MINUTE)
        assert heartbeats.beat(connection, "Watchdog", now=MONDAY, within=MINUTE)
        assert not heartbeats.beat(connection, "Watchdog", now=MONDAY, within=MINUTE)


def test_a_turn_is_taken_by_one_at_a_time(store: Store) -> None:
    with store.write() as connection:
        assert heartbeats.claim(connection, "turn", now=MONDAY, every=MINUTE)
        assert not heartbeats.claim(connection, "turn", now=MONDAY + MINUTE / 2, every=MINUTE)
        assert heartbeats.claim(connection, "turn", now=MONDAY + MINUTE, every=MINUTE)
        assert heartbeats.claim(connection, "another", now=MONDAY, every=MINUTE)


def test_a_clock_that_was_set_back_holds_up_no_turn(store: Store) -> None:
    with store.write() as connection:
        assert heartbeats.claim(connection, "turn", now=MONDAY, every=MINUTE)
        assert heartbeats.claim(connection, "turn", now=MONDAY - timedelta(hours=1), every=MINUTE)
