"""What a comparison believes of what Alertmanagers say, and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from steward.oncall.domain.incoming import ChangeKind, IncomingAlert
from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import Answer, Observed, ObservedSilence, SilencePhase
from steward.oncall.domain.silencing import Create, Wish
from steward.oncall.domain.states import SilenceKind
from steward.oncall.services import silences
from steward.oncall.services.alerts import take_in
from steward.oncall.services.catch_up import catch_up
from steward.oncall.services.intake import SOURCE
from steward.oncall.services.reconciliation import Reconciled, reconcile
from steward.oncall.store import alerts
from steward.oncall.store.database import Store
from steward.oncall.store.tables import event, page, silence
from steward.testing.oncall import MONDAY, SHOP, incoming

A, B = "http://a:9093", "http://b:9093"
MINUTE = timedelta(minutes=1)
LONG_AGO = MONDAY - timedelta(days=1)
OLD = incoming("APIDown", starts_at=MONDAY - 2 * MINUTE, silenced=False)
NOW = MONDAY + MINUTE
SILENCE = Wish(
    SilenceKind.SILENCE,
    (Matcher("alertname", "APIDown"),),
    MONDAY,
    MONDAY + timedelta(hours=2),
    "known",
    "ann",
    "APIDown",
)


def answer(
    *standing: IncomingAlert,
    address: str = A,
    since: datetime = LONG_AGO,
    silenced: Sequence[ObservedSilence] = (),
) -> Answer:
    return Answer(address, since, standing, tuple(silenced))


def compare(store: Store, *answers: Answer, failed: Sequence[str] = (), at: datetime = NOW) -> Reconciled:
    with store.write() as connection:
        observed = Observed(at, answers, dict.fromkeys(failed, "down"))
        return reconcile(connection, observed, now=at, catalogue=SHOP)


def bring(store: Store, *news: IncomingAlert, at: datetime = MONDAY) -> None:
    """Bring alerts by a webhook."""
    with store.write() as connection:
        take_in(connection, news, source=SOURCE, now=at, catalogue=SHOP)


def firing(store: Store) -> list[str]:
    with store.read() as connection:
        return [row.name for row in alerts.firing(connection)]


def kinds(found: Reconciled) -> list[ChangeKind]:
    return [change.kind for change in found.changes]


def ended(alert: IncomingAlert) -> IncomingAlert:
    return replace(alert, firing=False, ends_at=MONDAY, silenced=None)


def test_an_alert_of_which_no_webhook_told_is_taken_in(store: Store) -> None:
    assert kinds(compare(store, answer(OLD))) == [ChangeKind.FIRED]
    assert kinds(compare(store, answer(OLD))) == []
    assert firing(store) == ["APIDown"]


def test_a_young_one_is_left_to_the_webhook(store: Store) -> None:
    young = replace(OLD, starts_at=NOW - timedelta(seconds=29))
    assert kinds(compare(store, answer(young))) == []
    assert kinds(compare(store, answer(young), at=NOW + MINUTE)) == [ChangeKind.FIRED]


def test_one_that_is_listed_no_more_is_over(store: Store) -> None:
    bring(store, OLD)
    assert kinds(compare(store, answer())) == [ChangeKind.RESOLVED]
    assert firing(store) == []


def test_absence_counts_only_when_every_alertmanager_answered(store: Store) -> None:
    bring(store, OLD)
    assert kinds(compare(store, answer(), failed=[B])) == []
    assert kinds(compare(store, failed=[A, B])) == []
    assert kinds(compare(store, answer(), answer(OLD, address=B))) == []
    assert firing(store) == ["APIDown"]


def test_an_alertmanager_that_just_started_does_not_know_what_is_absent(store: Store) -> None:
    bring(store, OLD)
    assert kinds(compare(store, answer(since=NOW - 2 * MINUTE))) == []
    assert kinds(compare(store, answer(since=NOW - 3 * MINUTE))) == [ChangeKind.RESOLVED]


def test_news_since_it_was_asked_counts_more(store: Store) -> None:
    bring(store, OLD, at=NOW + timedelta(milliseconds=1))
    assert kinds(compare(store, answer())) == []


def test_a_peer_that_is_late_does_not_fire_again_what_is_over(store: Store) -> None:
    bring(store, OLD)
    bring(store, ended(OLD))
    assert kinds(compare(store, answer(OLD))) == []
    later = NOW + 5 * MINUTE
    assert kinds(compare(store, answer(OLD), at=later)) == [ChangeKind.FIRED]


def test_one_that_fires_anew_is_no_echo(store: Store) -> None:
    bring(store, OLD)
    bring(store, ended(OLD))
    anew = replace(OLD, starts_at=MONDAY + timedelta(seconds=10))
    assert kinds(compare(store, answer(anew))) == [ChangeKind.FIRED]


def test_what_is_silenced_while_it_fires_is_held_and_what_is_not_any_more_goes_on(store: Store) -> None:
    bring(store, OLD)
    quiet = replace(OLD, silenced=True)
    assert kinds(compare(store, answer(quiet))) == [ChangeKind.SILENCED]
    with store.read() as connection:
        assert connection.scalars(select(page.c.held)).all() == [True]
    assert kinds(compare(store, answer(quiet))) == []
    assert kinds(compare(store, answer(OLD))) == [ChangeKind.UNSILENCED]


def test_what_fires_only_because_a_silence_was_lost_is_not_told(store: Store) -> None:
    quiet = replace(OLD, silenced=True)
    with store.write() as connection:
        kept = silences.keep(connection, SILENCE, actor="ann", now=MONDAY)
    held = ObservedSilence("one", SilencePhase.ACTIVE, kept.matchers, MONDAY, kept.ends_at, "ann", kept.comment)
    assert kinds(compare(store, answer(quiet, silenced=[held]))) == [ChangeKind.FIRED]
    lost = compare(store, answer(OLD))
    assert kinds(lost) == []
    assert lost.decisions[0].lost_at == (A,)
    assert kinds(compare(store, answer(OLD))) == [ChangeKind.UNSILENCED], "it could not be made again"


def test_what_was_silenced_since_alertmanager_was_asked_stays_silenced(store: Store) -> None:
    bring(store, OLD)
    with store.write() as connection:
        silences.keep(connection, SILENCE, actor="ann", now=NOW)
        take_in(connection, [replace(OLD, silenced=True)], source=SOURCE, now=NOW, catalogue=SHOP)
    assert kinds(compare(store, answer(OLD))) == []
    later = NOW + timedelta(milliseconds=1)
    assert kinds(compare(store, answer(OLD), at=later)) == [ChangeKind.UNSILENCED]


def test_it_is_silenced_only_where_everybody_says_so(store: Store) -> None:
    bring(store, OLD)
    quiet = replace(OLD, silenced=True)
    assert kinds(compare(store, answer(quiet), answer(OLD, address=B))) == []
    assert kinds(compare(store, answer(OLD), answer(quiet, address=B))) == []
    assert kinds(compare(store, answer(quiet), answer(quiet, address=B))) == [ChangeKind.SILENCED]


def test_that_watchdog_stands_there_proves_nothing(store: Store) -> None:
    assert kinds(compare(store, answer(replace(OLD, name="Watchdog")))) == []


def test_ten_thousand_that_did_not_change_write_nothing(sqlite_store: Store) -> None:
    many = [incoming("Storm", instance=str(n), starts_at=OLD.starts_at, silenced=False) for n in range(2_500)]
    assert len(compare(sqlite_store, answer(*many)).changes) == 2_500
    with sqlite_store.read() as connection:
        before = connection.scalars(select(event.c.id)).all()
    assert kinds(compare(sqlite_store, answer(*many))) == []
    with sqlite_store.read() as connection:
        assert connection.scalars(select(event.c.id)).all() == before


def test_what_is_decided_about_silences_is_kept(store: Store) -> None:
    with store.write() as connection:
        kept = silences.keep(connection, SILENCE, actor="ann", now=MONDAY)
    assert compare(store, answer()).decisions[0].commands == (Create(A, kept),)
    held = ObservedSilence("one", SilencePhase.ACTIVE, kept.matchers, MONDAY, kept.ends_at, "ann", kept.comment)
    assert compare(store, answer(silenced=[held])).decisions[0].commands == ()
    with store.read() as connection:
        assert connection.scalars(select(silence.c.observed)).all() == [
            {A: {"id": "one", "phase": "active", "problem": ""}}
        ]
    compare(store, answer())
    by_hand = replace(held, phase=SilencePhase.EXPIRED, ends_at=NOW)
    with store.read() as connection:
        assert connection.scalars(select(event.c.kind)).all() == ["silence.created", "silence.lost"]
    compare(store, answer(silenced=[held]))
    compare(store, answer(silenced=[by_hand]))
    with store.read() as connection:
        (row,) = connection.execute(select(silence.c.wanted, silence.c.cancelled_by)).all()
    assert row == (False, "alertmanager")


def test_what_still_fires_is_not_ended_by_the_memory_of_an_outage(store: Store) -> None:
    bring(store, OLD)
    missed = ended(incoming("Missed", starts_at=OLD.starts_at))
    for news in (1, 0):
        with store.write() as connection:
            found = [ended(OLD), missed]
            assert catch_up(connection, found, since=OLD.starts_at, now=NOW, catalogue=SHOP) == news
    assert firing(store) == ["APIDown"]
    with store.read() as connection:
        assert connection.scalars(select(page.c.alerts_total)).all() == [1]
        kinds = connection.scalars(select(event.c.kind).where(event.c.kind.in_(["alert.missed", "oncall.away"])))
        assert kinds.all() == ["alert.missed", "oncall.away", "oncall.away"]


@pytest.mark.parametrize("at", [NOW, MONDAY + timedelta(hours=3)])
def test_a_comparison_without_alerts_and_silences_changes_nothing(store: Store, at: datetime) -> None:
    found = compare(store, answer(), at=at)
    assert (found.changes, found.decisions) == ((), ())
