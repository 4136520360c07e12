"""What becomes of alerts that come in, on the real store."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from steward.oncall.domain.incoming import Change, IncomingAlert
from steward.oncall.services.alerts import gone, take_in
from steward.oncall.store import alerts
from steward.oncall.store.alerts import AlertRow, Wanted
from steward.oncall.store.database import Store, connect
from steward.oncall.store.tables import event
from steward.testing.oncall import MONDAY, SHOP, MovableClock, incoming
from steward.testing.polling import eventually

MINUTE = timedelta(minutes=1)
DOWN = incoming("APIDown")
OVER = incoming("APIDown", firing=False)


def told(store: Store, *told: IncomingAlert, now: datetime = MONDAY) -> list[str]:
    """Take the alerts in; return what changed, e.g. `APIDown fired`."""
    with store.write() as connection:
        changes = take_in(connection, told, source="alertmanager", now=now, catalogue=SHOP)
    return [f"{change.alert.name} {change.kind}" for change in changes]


def kept(store: Store) -> list[AlertRow]:
    with store.read() as connection:
        return alerts.find(connection, Wanted(), limit=10_000)[::-1]


def history(store: Store) -> list[str]:
    with store.read() as connection:
        query = select(event.c.text).where(event.c.kind.like("alert.%")).order_by(event.c.id)
        return list(connection.execute(query).scalars())


def test_an_alert_that_fires_is_kept_as_it_came(store: Store) -> None:
    assert told(store, replace(DOWN, silenced=False)) == ["APIDown fired"]
    (row,) = kept(store)
    assert (row.name, row.severity, row.team) == ("APIDown", "critical", "sre")
    assert (row.labels, row.annotations) == (DOWN.labels, DOWN.annotations)
    assert (row.source_state, row.silenced) == ("firing", False)
    assert (row.starts_at, row.first_seen, row.last_seen) == (MONDAY, MONDAY, MONDAY)
    assert (row.group_key, row.generator_url) == (DOWN.group_key, DOWN.generator_url)


def test_the_same_alert_again_changes_nothing_but_when_it_was_seen(store: Store) -> None:
    told(store, DOWN)
    assert told(store, DOWN, now=MONDAY + MINUTE) == []
    (row,) = kept(store)
    assert (row.first_seen, row.last_seen) == (MONDAY, MONDAY + MINUTE)
    assert history(store) == ["APIDown fires"]


def test_both_peers_and_several_routes_tell_of_one_alert(store: Store) -> None:
    told(store, DOWN)
    assert told(store, replace(DOWN, group_key="{}/other:{}", receiver="slack")) == []
    assert [row.group_key for row in kept(store)] == ["{}/other:{}"]


def test_an_alert_twice_in_one_message_counts_once(store: Store) -> None:
    assert told(store, DOWN, DOWN) == ["APIDown fired"]


def test_new_annotations_are_kept(store: Store) -> None:
    told(store, DOWN)
    told(store, replace(DOWN, annotations={"summary": "12 % of requests fail"}, group_key=""))
    (row,) = kept(store)
    assert row.annotations == {"summary": "12 % of requests fail"}
    assert row.group_key == DOWN.group_key


def test_an_alert_ends_when_its_source_says_so(store: Store) -> None:
    told(store, DOWN)
    assert told(store, OVER, now=MONDAY + 3 * MINUTE) == ["APIDown resolved"]
    (row,) = kept(store)
    assert (row.source_state, row.resolved_at) == ("resolved", MONDAY + MINUTE)
    assert history(store) == ["APIDown fires", "APIDown is resolved"]


@pytest.mark.parametrize("end", [None, MONDAY + 9 * MINUTE, MONDAY - MINUTE])
def test_an_end_that_cannot_be_is_the_present(store: Store, end: datetime | None) -> None:
    ended = MONDAY + 3 * MINUTE
    told(store, replace(DOWN, starts_at=MONDAY - 2 * MINUTE))
    told(store, replace(OVER, starts_at=MONDAY, ends_at=end), now=ended)
    assert [row.resolved_at for row in kept(store)] == [ended]


def test_an_alert_that_nobody_is_told_of_is_closed_when_it_ends(store: Store) -> None:
    told(store, incoming("Quiet", severity="none"))
    assert [(row.page_id, row.response_state) for row in kept(store)] == [(None, "open")]
    told(store, incoming("Quiet", firing=False, severity="none"), now=MONDAY + 3 * MINUTE)
    assert [(row.page_id, row.response_state) for row in kept(store)] == [(None, "closed")]


def test_an_end_is_told_once(store: Store) -> None:
    told(store, DOWN)
    told(store, OVER, now=MONDAY + 3 * MINUTE)
    assert told(store, OVER, now=MONDAY + 4 * MINUTE) == []
    assert len(kept(store)) == 1


def test_an_alert_that_comes_again_is_another_time(store: Store) -> None:
    told(store, DOWN)
    told(store, OVER, now=MONDAY + 3 * MINUTE)
    assert told(store, DOWN, now=MONDAY + 4 * MINUTE) == ["APIDown fired"]
    assert [row.source_state for row in kept(store)] == ["resolved", "firing"]


def test_a_late_end_of_an_earlier_time_ends_nothing(store: Store) -> None:
    told(store, DOWN)
    told(store, OVER, now=MONDAY + 3 * MINUTE)
    told(store, replace(DOWN, starts_at=MONDAY + 4 * MINUTE), now=MONDAY + 5 * MINUTE)
    assert told(store, OVER, now=MONDAY + 6 * MINUTE) == []
    assert [row.source_state for row in kept(store)] == ["resolved", "firing"]


def test_an_alert_that_fired_and_ended_unheard_is_in_the_history(store: Store) -> None:
    assert told(store, OVER, now=MONDAY + 3 * MINUTE) == []
    (row,) = kept(store)
    assert (row.source_state, row.response_state, row.resolved_at) == ("resolved", "closed", MONDAY + MINUTE)
    assert history(store) == ["APIDown fired and ended unheard"]
    assert told(store, OVER, now=MONDAY + 4 * MINUTE) == []
    assert len(kept(store)) == 1


def test_silence_begins_and_ends(store: Store) -> None:
    told(store, DOWN)
    assert told(store, replace(DOWN, silenced=True)) == ["APIDown silenced"]
    assert told(store, replace(DOWN, silenced=True)) == []
    assert told(store, DOWN) == []
    assert [row.silenced for row in kept(store)] == [True]
    assert told(store, replace(DOWN, silenced=False)) == ["APIDown unsilenced"]
    assert history(store) == ["APIDown fires", "APIDown is silenced", "APIDown is silenced no more"]


def test_what_a_source_does_not_list_any_more_is_over(store: Store) -> None:
    told(store, DOWN)
    (row,) = kept(store)
    assert told(store, gone(row, at=MONDAY + MINUTE), now=MONDAY + MINUTE) == ["APIDown resolved"]
    assert [row.resolved_at for row in kept(store)] == [MONDAY + MINUTE]


def test_labels_that_nobody_knows_fall_back(store: Store) -> None:
    told(store, incoming("Odd", severity="apocalyptic", team="elsewhere"))
    assert [(row.severity, row.team) for row in kept(store)] == [("warning", "sre")]


def test_the_alert_that_always_fires_is_no_alert(store: Store) -> None:
    assert told(store, incoming("Watchdog", severity="none"), DOWN) == ["APIDown fired"]
    assert [row.name for row in kept(store)] == ["APIDown"]


def test_a_name_that_plays_tricks_is_one_line_in_the_history(store: Store) -> None:
    told(store, incoming("evil\nname " + "x" * 500))
    (line,) = history(store)
    assert line.startswith("evil name xxx")
    assert "\n" not in line
    assert len(line) < 220


def test_sources_do_not_mix(store: Store) -> None:
    told(store, DOWN)
    with store.write() as connection:
        changes: Sequence[Change] = take_in(
            connection, [OVER], source="elsewhere", now=MONDAY + 3 * MINUTE, catalogue=SHOP
        )
        assert changes == []
        assert [row.source for row in alerts.firing(connection, "alertmanager")] == ["alertmanager"]
        assert alerts.firing(connection, "elsewhere") == []


@pytest.mark.slow
def test_thousands_come_and_go_at_once(store: Store, clock: MovableClock) -> None:
    storm = [incoming("Storm", instance=str(number)) for number in range(2_500)]
    assert len(told(store, *storm, now=clock())) == 2_500
    assert told(store, *storm, now=clock.forward(MINUTE)) == []
    over = [replace(one, firing=False, ends_at=None) for one in storm]
    assert len(told(store, *over, now=clock.forward(MINUTE))) == 2_500
    with store.read() as connection:
        assert alerts.firing(connection) == []


@pytest.mark.slow
def test_replicas_that_hear_the_same_at_once_keep_it_once(postgres_store: Store, postgres_url: str) -> None:
    other = connect(postgres_url)
    storm = [incoming("Storm", instance=str(number)) for number in range(50)]
    with ThreadPoolExecutor() as pool:
        with postgres_store.write() as connection:
            first = take_in(connection, storm, source="alertmanager", now=MONDAY, catalogue=SHOP)
            second = pool.submit(told, other, *storm[::-1])
            eventually("the other replica waits", lambda: waiting(postgres_store))
        assert (len(first), second.result(), len(kept(postgres_store))) == (50, [], 50)
    other.close()


@pytest.mark.slow
def test_replicas_never_wait_for_each_other_in_a_circle(postgres_store: Store, postgres_url: str) -> None:
    other = connect(postgres_url)
    both_in = threading.Barrier(2)

    def reconcile(store: Store, *in_turn: IncomingAlert) -> None:
        with store.write() as connection:
            for one in in_turn:
                take_in(connection, [one], source="alertmanager", now=MONDAY, catalogue=SHOP)
                with suppress(threading.BrokenBarrierError):  # one waits outside, as it should
                    both_in.wait(0.5)

    with ThreadPoolExecutor() as pool:
        one, two = incoming("APIDown"), incoming("RedisDown")
        working = [pool.submit(reconcile, postgres_store, one, two), pool.submit(reconcile, other, two, one)]
        assert [done.result() for done in working] == [None, None]
    other.close()
    assert len(kept(postgres_store)) == 2


def waiting(store: Store) -> bool:
    """Tell whether a connection waits for another's lock."""
    with store.read() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
