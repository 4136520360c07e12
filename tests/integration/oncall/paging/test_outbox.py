"""Who may send what, and when: leases, order, attempts."""

from datetime import timedelta
from typing import Any

import pytest

from steward.oncall.deliver.verdict import Delivered, Refused, Retry
from steward.oncall.domain.states import OutboxState
from steward.oncall.services import sending
from steward.oncall.services.sending import TIRED
from steward.oncall.store import outbox
from steward.oncall.store.outbox import LEASE, PATIENCE

LATER = Retry("later")
SECOND = timedelta(seconds=1)


def who(rows: Any) -> list[str]:
    return [f"{row.way.value} {row.person}" for row in rows]


def test_leased_delivery_is_left_to_its_owner_until_the_lease_runs_out(desk: Any) -> None:
    desk.fire("Down")
    assert len(desk.lease(owner="one")) == 3
    desk.clock.forward(LEASE - SECOND)
    assert desk.lease(owner="another") == []

    desk.clock.forward(SECOND)
    assert [row.attempts for row in desk.lease(owner="another")] == [2, 2, 2]


def test_replica_whose_clock_is_a_little_behind_does_not_take_what_is_leased(desk: Any) -> None:
    desk.fire("Down")
    desk.lease(owner="one")
    desk.clock.forward(timedelta(seconds=-2))

    assert desk.lease(owner="another") == []


def test_clock_that_goes_back_keeps_nothing_leased_for_longer(desk: Any) -> None:
    desk.fire("Down")
    desk.lease(owner="one")
    desk.clock.forward(timedelta(hours=-1))

    assert len(desk.lease(owner="another")) == 3


def test_clock_that_goes_back_keeps_nothing_waiting_for_another_attempt(desk: Any) -> None:
    desk.fire("Down")
    desk.send(LATER)
    desk.clock.forward(timedelta(hours=-1))

    assert len(desk.lease()) == 3


def test_restarted_replica_takes_up_what_it_had_leased(desk: Any) -> None:
    desk.fire("Down")
    desk.lease(2, owner="one")
    desk.lease(owner="another")
    with desk.store.write() as connection:
        assert outbox.release(connection, owner="one") == 2

    assert len(desk.lease(owner="one")) == 2


def test_later_level_waits_for_the_first_verdict_on_the_earlier_one(desk: Any) -> None:
    desk.fire("Down")
    rows = desk.lease(owner="killed")
    desk.passes(minutes=15)

    assert who(desk.lease(1)) == ["pagerduty ann"], "its lease has run out, so it comes first"
    assert {row.person for row in desk.lease()} == {"ann"}
    for row in rows:
        desk.mark(row)
    assert who(desk.lease()) == ["pagerduty lea", "slack lea", "email lea"]


def test_dead_way_holds_up_the_same_place_and_nobody_else(desk: Any) -> None:
    desk.fire("Down")
    assert len(desk.send(slack=LATER)) == 3
    desk.passes(minutes=15)
    assert desk.send(slack=LATER) == ["page slack ann", "page pagerduty lea", "page email lea"]
    desk.passes(minutes=15)
    assert desk.send(slack=LATER) == ["page slack ann", "page pagerduty vic", "page email vic"]

    desk.passes(minutes=5)
    assert desk.send() == ["page slack ann", "page slack lea", "page slack vic"]


def test_delivery_that_kills_its_sender_holds_up_nobody_for_ever(desk: Any) -> None:
    desk.fire("Down")
    for _ in range(PATIENCE):
        assert len(desk.lease()) == 3
        desk.clock.forward(LEASE)
    desk.passes(minutes=15)
    rows = desk.lease()

    assert {row.person for row in rows} == {"ann", "lea"}
    assert who(row for row in rows if row.person == "lea") == ["email lea"], "the same places wait all the same"


def test_pause_grows_and_is_asked_for_within_reason(desk: Any) -> None:
    desk.fire("Down")
    (row, *_) = desk.lease()
    desk.mark(row, LATER)
    assert SECOND <= desk.deliveries()[0].due_at - desk.clock.now <= 2 * SECOND

    desk.clock.forward(timedelta(minutes=1))
    row = next(one for one in desk.lease() if one.id == row.id)
    desk.mark(row, Retry("slower", 86_400))
    assert desk.deliveries()[0].due_at - desk.clock.now == timedelta(minutes=5)


def test_late_failure_does_not_undo_what_another_replica_has_delivered(desk: Any) -> None:
    desk.fire("Down")
    slow = desk.lease(1, owner="slow")[0]
    desk.clock.forward(LEASE)
    quick = desk.lease(1, owner="quick")[0]
    assert quick.id == slow.id

    desk.mark(slow, Refused("no"))
    assert desk.deliveries()[0].state is OutboxState.PENDING, "it is the other's attempt now"
    desk.mark(quick)
    desk.mark(slow, LATER)
    assert desk.deliveries()[0].state is OutboxState.DELIVERED


def test_late_success_counts(desk: Any) -> None:
    desk.fire("Down")
    slow = desk.lease(1, owner="slow")[0]
    desk.clock.forward(LEASE)
    quick = desk.lease(1, owner="quick")[0]
    desk.mark(slow)
    desk.mark(quick, LATER)

    assert desk.deliveries()[0].state is OutboxState.DELIVERED


@pytest.mark.parametrize(("answered", "state"), [(False, OutboxState.PENDING), (True, OutboxState.REFUSED)])
def test_only_a_page_that_is_open_is_tried_for_ever(desk: Any, answered: bool, state: OutboxState) -> None:
    desk.fire("Down")
    if answered:
        desk.send()
        desk.act("acknowledge")
    tired = desk.lease(1)[0]
    with desk.store.write() as connection:
        row = type(tired)(**{name: getattr(tired, name) for name in tired.__slots__} | {"verdicts": TIRED})
        sending.mark(connection, row, LATER, now=desk.clock.now)

    assert next(one for one in desk.deliveries() if one.id == tired.id).state is state


def test_what_became_of_deliveries_stands_in_the_timeline(desk: Any) -> None:
    desk.fire("Down")
    desk.send(LATER)
    desk.clock.forward(timedelta(seconds=5))
    desk.send(pagerduty=LATER, slack=Refused("channel_is_archived"), email=Delivered())

    told = [kind for kind in desk.events() if kind.startswith("delivery")]
    assert sorted(told) == ["delivery.delivered", *["delivery.failed"] * 3, "delivery.refused"]
    assert desk.texts("delivery.refused") == ["Page to ann by Slack was refused: channel_is_archived"]
