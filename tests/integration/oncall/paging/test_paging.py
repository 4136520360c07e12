"""What the engine does beside the plain escalation, which is told in the escalation matrix."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from steward.model import Severity
from steward.oncall.deliver.verdict import Delivered, Refused, Retry
from steward.oncall.domain.states import OutboxState, PageState
from steward.oncall.errors import Conflict, Invalid, NotFound
from steward.oncall.services import paging
from steward.oncall.store import outbox
from steward.testing.oncall import BACKEND, MONDAY, SHOP, incoming

ANN = ["page pagerduty ann", "page slack ann", "page email ann"]
LEA = ["page pagerduty lea", "page slack lea", "page email lea"]
VIC = ["page pagerduty vic", "page slack vic", "page email vic"]
NO = Refused("no")
LATER = Retry("later")


def test_webhook_puts_the_first_deliveries_into_its_own_transaction(desk: Any) -> None:
    desk.fire("Down")

    assert [one.person for one in desk.deliveries()] == ["ann", "ann", "ann"]


def test_missed_levels_are_told_in_order_and_late(desk: Any) -> None:
    desk.fire("Down")
    desk.passes(hours=2)

    assert desk.send() == ANN + LEA + VIC
    assert "late by 1 h 45 min" in desk.texts("page.told")[1]
    assert "late by 1 h 30 min" in desk.texts("page.told")[2]
    lead = next(one for one in desk.arrived if one.person == "lea")
    assert lead.detail["late_by_seconds"] == timedelta(hours=1, minutes=45).total_seconds()


def test_tick_says_how_late_it_was(desk: Any) -> None:
    desk.fire("Down")
    desk.clock.forward(timedelta(minutes=15, seconds=2))

    assert desk.tick() == [2]


def test_nobody_at_any_level_is_told_by_whoever_stands_in(desk: Any) -> None:
    alone = replace(BACKEND, lead=None)
    assert SHOP.oncall is not None
    desk.catalogue = replace(SHOP, teams=(*SHOP.teams[:2], alone), oncall=replace(SHOP.oncall, head=None))
    desk.fire("Down", team="backend")

    assert desk.send() == ANN
    assert desk.events().count("page.nobody") == 3


def test_level_whose_deliveries_are_all_refused_goes_to_the_next_at_once(desk: Any) -> None:
    desk.fire("Down")
    assert desk.send(NO) == ANN
    desk.tick()

    assert desk.send() == LEA
    desk.passes(minutes=29)
    assert desk.send() == []
    desk.passes(minutes=1)
    assert desk.send() == VIC, "at its own time"


def test_one_way_that_works_is_enough_to_wait(desk: Any) -> None:
    desk.fire("Down")
    desk.send(NO, email=Delivered())
    desk.passes(minutes=14)

    assert desk.send() == []


def test_nobody_at_the_last_level_who_can_be_told_is_recorded(desk: Any) -> None:
    desk.fire("Down")
    for _ in range(3):
        desk.send(NO)
        desk.tick()

    assert desk.events()[-1] == "page.untold"
    assert desk.page().state is PageState.OPEN


def test_acknowledging_cancels_what_was_not_sent_and_tells_whoever_was(desk: Any) -> None:
    desk.fire("Down")
    (first,) = desk.lease(1)
    desk.mark(first)
    desk.act("acknowledge")

    assert [one.state for one in desk.deliveries()[:3]] == ["delivered", "cancelled", "cancelled"]
    assert desk.send() == ["acknowledged pagerduty"]
    desk.passes(hours=5)
    assert desk.send() == []


def test_what_is_under_way_when_somebody_acknowledges_is_not_undone(desk: Any) -> None:
    desk.fire("Down")
    (first,) = desk.lease(1)
    desk.act("acknowledge")

    assert desk.lease() == [], "the answer waits for it"
    desk.mark(first)
    assert desk.send() == ["acknowledged pagerduty"]


def test_what_failed_is_not_tried_again_once_somebody_has_acknowledged(desk: Any) -> None:
    desk.fire("Down")
    (first,) = desk.lease(1)
    desk.act("acknowledge")
    desk.mark(first, LATER)
    desk.passes(minutes=1)

    assert desk.send() == []
    assert desk.send() == ["acknowledged pagerduty"]
    assert desk.deliveries()[0].state is OutboxState.CANCELLED


def test_page_that_ended_by_itself_before_anybody_was_told_is_told_and_then_its_end(desk: Any) -> None:
    desk.fire("Down")
    desk.end("Down")
    desk.passes(minutes=6)

    assert desk.page().state is PageState.RESOLVED
    assert sorted(desk.send()) == sorted([*ANN, "resolved pagerduty", "resolved slack", "resolved email ann"])


def test_info_that_ended_before_the_business_day_is_told_then(desk: Any) -> None:
    desk.fire("Trend", severity="info")
    desk.end("Trend", severity="info")
    desk.passes(minutes=6)
    assert desk.send() == []

    desk.passes(days=1)
    assert desk.send() == ["resolved email ann"]


def test_alert_that_is_silenced_from_the_start_tells_nobody_until_it_is_heard(desk: Any) -> None:
    desk.fire("Down", silenced=True)
    desk.passes(hours=1)
    assert desk.send() == []
    assert desk.page().incident_id is None

    desk.hears(incoming("Down", silenced=False))
    assert desk.send() == ANN
    assert desk.page().incident_id is not None
    desk.passes(minutes=15)
    assert desk.send() == LEA


def test_silence_holds_a_page_only_while_it_covers_every_alert(desk: Any) -> None:
    desk.fire("Down", instance="a")
    desk.fire("Down", instance="b")
    desk.send()
    desk.hears(incoming("Down", instance="a", silenced=True))
    desk.passes(minutes=15)
    assert desk.send() == LEA

    desk.hears(incoming("Down", instance="b", silenced=True))
    desk.passes(hours=1)
    assert desk.send() == []
    assert desk.page().held


def test_page_that_was_told_and_ends_while_it_is_silenced_is_told_to_have_ended(desk: Any) -> None:
    desk.fire("Down")
    desk.send()
    desk.hears(incoming("Down", silenced=True))
    desk.end("Down")
    desk.passes(minutes=6)

    assert desk.send() == ["resolved pagerduty", "resolved slack", "resolved email ann"]


def test_page_nobody_heard_of_ends_silently_under_its_silence(desk: Any) -> None:
    desk.fire("Down", silenced=True)
    desk.end("Down")
    desk.passes(minutes=6)

    assert (desk.page().state, desk.send()) == (PageState.RESOLVED, [])


def test_snooze_that_ends_begins_the_policy_again(desk: Any) -> None:
    desk.fire("Down")
    desk.send()
    desk.act("snooze", until=desk.at(hours=2))
    assert len(desk.send()) == 3
    desk.passes(minutes=119)
    assert desk.send() == []

    desk.passes(minutes=1)
    assert desk.send() == ANN
    assert desk.page().state is PageState.OPEN
    desk.passes(minutes=15)
    assert desk.send() == LEA


def test_snoozed_page_whose_alerts_end_is_resolved(desk: Any) -> None:
    desk.fire("Down")
    desk.send()
    desk.act("snooze", until=desk.at(hours=2))
    desk.end("Down")
    desk.passes(hours=3)

    assert desk.page().state is PageState.RESOLVED
    assert all(not one.startswith("page") for one in desk.send())


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=8)])
def test_snooze_ends_in_the_future_and_within_reason(desk: Any, length: timedelta) -> None:
    desk.fire("Down")

    with pytest.raises(Invalid):
        desk.act("snooze", until=desk.clock.now + length)


def test_escalating_by_hand_tells_the_next_level_and_moves_the_ones_after(desk: Any) -> None:
    desk.fire("Down")
    desk.send()
    desk.passes(minutes=1)
    desk.act("escalate")
    assert desk.send() == LEA
    desk.passes(minutes=14)
    assert desk.send() == []
    desk.passes(minutes=1)
    assert desk.send() == VIC

    with pytest.raises(Conflict, match="every level"):
        desk.act("escalate")


def test_resolving_by_hand_leaves_an_alert_that_fires_alone_until_it_fires_anew(desk: Any) -> None:
    desk.fire("Down")
    desk.send()
    desk.act("resolve")
    assert desk.send() == ["resolved pagerduty", "resolved slack", "resolved email ann"]
    desk.fire("Down")
    assert desk.open_pages() == []

    desk.end("Down")
    desk.fire("Down")
    assert desk.send() == ANN
    assert [page.id for page in desk.open_pages()] == [2]


def test_answers_that_say_nothing_new_change_nothing(desk: Any) -> None:
    desk.fire("Down")
    desk.send()
    first = desk.act("acknowledge")
    again = desk.act("acknowledge")
    assert first.acknowledged_at == again.acknowledged_at
    assert len(desk.send()) == 3

    desk.act("resolve")
    desk.act("resolve")
    assert len(desk.send()) == 3
    for name in ("acknowledge", "escalate"):
        with pytest.raises(Conflict, match="page 1 is resolved already"):
            desk.act(name)
    with pytest.raises(NotFound, match="page 9"):
        desk.act("acknowledge", 9)


def test_storm_is_ten_pages_and_one_that_counts_the_rest(desk: Any) -> None:
    desk.fire(*(f"Alert{number:02}" for number in range(30)))
    desk.fire("Another")
    *single, storm = desk.open_pages()

    assert (len(single), storm.alerts_total) == (10, 21)
    assert "storm" in storm.title
    assert len(desk.send()) == 11 * 3


def test_storm_page_that_somebody_has_answered_hides_nothing_new(desk: Any) -> None:
    desk.fire(*(f"Alert{number:02}" for number in range(12)))
    desk.act("acknowledge", 11)
    desk.fire("Another")

    newest = desk.open_pages()[-1]
    assert (newest.id > 11, newest.state, newest.alerts_total) == (True, PageState.OPEN, 1)


def test_storm_of_one_team_leaves_the_others_alone(desk: Any) -> None:
    desk.fire(*(f"Alert{number:02}" for number in range(12)))
    desk.fire("Down", team="dba")

    assert "storm" not in desk.open_pages()[-1].title


def test_page_counts_different_alerts_and_not_how_often_they_fire(desk: Any) -> None:
    desk.fire("Down", instance="a")
    desk.fire("Down", instance="b")
    desk.end("Down", instance="b")
    desk.fire("Down", instance="b")

    assert (desk.page().alerts_total, desk.page().alerts_firing) == (2, 2)


def test_two_open_pages_never_share_what_pagerduty_joins_by(desk: Any) -> None:
    desk.fire("Down", group_key="one group")
    desk.fire("Down", group_key="one group", team="dba")
    first, second = desk.open_pages()

    assert first.dedup_key != second.dedup_key


def test_end_that_pagerduty_has_not_heard_of_does_not_end_the_next_page(desk: Any) -> None:
    desk.fire("Down", group_key="one group")
    desk.send()
    desk.act("resolve")
    desk.end("Down", group_key="one group")
    desk.fire("Down", group_key="one group")
    first, second = desk.page(), desk.open_pages()[-1]
    assert first.dedup_key != second.dedup_key

    desk.send()
    desk.act("resolve", second.id)
    desk.send()
    desk.end("Down", group_key="one group")
    desk.fire("Down", group_key="one group")
    assert desk.open_pages()[-1].dedup_key == first.dedup_key


def test_page_without_alerts_opens_once_and_closes(desk: Any) -> None:
    def opened() -> int:
        with desk.store.write() as connection:
            return paging.open_page(
                connection,
                key="watchdog",
                title="Watchdog is missing",
                severity=Severity.CRITICAL.value,
                team="sre",
                now=desk.clock.now,
                catalogue=SHOP,
            )

    assert opened() == opened() == 1
    assert desk.send() == ANN
    with desk.store.write() as connection:
        paging.close_page(connection, "watchdog", now=desk.clock.now, catalogue=SHOP)
        paging.close_page(connection, "nothing", now=desk.clock.now, catalogue=SHOP)
    assert len(desk.send()) == 3
    assert desk.page().state is PageState.RESOLVED
    assert opened() != 1


def test_clock_that_goes_back_delays_nobody_for_long(desk: Any) -> None:
    desk.fire("Down")
    desk.send(LATER)
    desk.clock.now = MONDAY - timedelta(days=1)
    desk.tick()
    desk.passes(minutes=15)

    assert sorted(desk.send()) == sorted(ANN + LEA)
    assert "page.set_right" in desk.events()


def test_policy_is_as_it_was_when_the_page_opened(desk: Any) -> None:
    desk.fire("Down")
    assert SHOP.oncall is not None
    desk.catalogue = replace(SHOP, oncall=replace(SHOP.oncall, policies=SHOP.oncall.policies[1:]))
    desk.passes(minutes=30)

    assert desk.send() == ANN + LEA + VIC


def test_nobody_is_paged_about_severity_none(desk: Any) -> None:
    desk.fire("Fine", severity="none")

    assert desk.open_pages() == []


def test_same_delivery_is_put_once(desk: Any) -> None:
    desk.fire("Down")
    row = desk.lease(1)[0]
    with desk.store.write() as connection:
        again = outbox.put(
            connection, key=row.key, kind=row.kind, way=row.way, address=row.address, now=desk.clock.now
        )

    assert again is False
