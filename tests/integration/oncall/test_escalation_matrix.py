"""The escalation matrix of MONITORING.md, line by line.

| Severity | Initial response | Escalation time | Escalation to |
|---|---|---|---|
| Critical | On-call engineer | 15 minutes | Team lead |
| Critical (unresolved) | Team lead | 30 minutes | VP Engineering |
| Warning | On-call engineer | 1 hour | Team lead |
| Info | Review next business day | - | - |

Ann is on call for SRE this week and Bob the next, Lea leads it, Vic is VP Engineering.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from steward.instrument import Instruments
from steward.model import Way
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.domain.states import Kind
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.store.database import Store
from steward.promql import hours, minutes, seconds
from steward.testing.oncall import ANN, BOB, DAN, DOT, EVE, LEA, SHOP, VIC, MovableClock, incoming
from steward.testing.pager import LOUD, Pager
from steward.testing.receivers import Answer, Post, Received, open_post

pytestmark = pytest.mark.slow


@pytest.fixture
def post() -> Iterator[Post]:
    with open_post() as opened:
        yield opened


@pytest.fixture
def pager(store: Store, clock: MovableClock, post: Post) -> Iterator[Pager]:
    prometheus = Prometheus("http://127.0.0.1:9")
    context = Context(
        settings=post.settings(),
        catalogue=SHOP,
        store=store,
        clock=clock,
        alertmanagers=Alertmanagers(()),
        prometheus=prometheus,
        metrics=OnCallMetrics(Instruments(COUNTED)),
        wake=lambda: None,
    )
    yield Pager(context, clock, post)
    prometheus.close()


class TestCritical:
    def test_on_call_at_once_then_the_lead_then_the_vice_president(self, pager: Pager) -> None:
        pager.fire("APIDown")
        pager.expects(ANN, by=LOUD)
        pager.forward(minutes(14))
        pager.forward(seconds(59))
        pager.expects_nothing()
        pager.forward(seconds(1))
        pager.expects(LEA, by=LOUD)
        pager.forward(minutes(14))
        pager.forward(seconds(59))
        pager.expects_nothing()
        pager.forward(seconds(1))
        pager.expects(VIC, by=LOUD)
        pager.forward(hours(24))
        pager.expects_nothing()

    def test_acknowledged_in_slack_nobody_else_is_told(self, pager: Pager) -> None:
        pager.fire("APIDown")
        told = pager.expects(ANN, by=LOUD)
        pager.forward(minutes(10))
        answer = pager.presses(ANN, by_way(told, Way.SLACK), "page.acknowledge")
        assert (answer.status_code, answer.text) == (200, "")
        assert pager.timeline("page.acknowledged") == [("ann", "Acknowledged by ann")]
        pager.expects_answer(Kind.ACKNOWLEDGED, by=LOUD, mailboxes=(ANN,))
        pager.forward(hours(24))
        pager.expects_nothing()

    def test_acknowledged_from_the_mail_nobody_else_is_told(self, pager: Pager) -> None:
        pager.fire("APIDown")
        told = pager.expects(ANN, by=LOUD)
        assert pager.follows(by_way(told, Way.EMAIL), "Acknowledge", method="GET").status_code == 200
        pager.expects_nothing()
        assert pager.follows(by_way(told, Way.EMAIL), "Acknowledge").status_code == 200
        assert pager.timeline("page.acknowledged") == [("ann", "Acknowledged by ann")]
        pager.expects_answer(Kind.ACKNOWLEDGED, by=LOUD, mailboxes=(ANN,))
        pager.forward(hours(24))
        pager.expects_nothing()

    def test_acknowledged_by_the_lead_the_vice_president_is_not_told(self, pager: Pager) -> None:
        pager.fire("APIDown")
        pager.expects(ANN, by=LOUD)
        pager.forward(minutes(16))
        told = pager.expects(LEA, by=LOUD)
        pager.presses(LEA, by_way(told, Way.SLACK), "page.acknowledge")
        pager.expects_answer(Kind.ACKNOWLEDGED, by=LOUD, mailboxes=(ANN, LEA))
        pager.forward(hours(24))
        pager.expects_nothing()

    def test_when_its_alerts_end_everybody_who_was_told_is_told(self, pager: Pager) -> None:
        pager.fire("APIDown")
        pager.expects(ANN, by=LOUD)
        pager.forward(minutes(15))
        pager.expects(LEA, by=LOUD)
        pager.ends("APIDown")
        pager.forward(minutes(4))
        pager.expects_nothing()
        pager.forward(minutes(1))
        letters = pager.expects_answer(Kind.RESOLVED, by=LOUD, mailboxes=(ANN, LEA))
        assert all("its alerts have ended" in one.text for one in letters if one.way is not Way.PAGERDUTY)

    def test_one_that_soon_fires_again_is_the_same_page(self, pager: Pager) -> None:
        pager.fire("APIDown")
        pager.expects(ANN, by=LOUD)
        pager.ends("APIDown")
        pager.forward(minutes(3))
        pager.fire("APIDown")
        pager.expects_nothing()
        pager.forward(minutes(12))
        pager.expects(LEA, by=LOUD)

    def test_a_thousand_alerts_of_one_cause_are_one_page(self, pager: Pager) -> None:
        pager.hears(incoming("APIDown", instance=f"10.0.0.{number}") for number in range(1_000))
        letters = pager.expects(ANN, by=LOUD)
        assert all("1000 firing of 1000" in one.text for one in letters)

    def test_pagerduty_joins_what_on_call_and_alertmanager_say(self, pager: Pager) -> None:
        pager.fire("APIDown", group_key="the group")
        first = by_way(pager.expects(ANN, by=LOUD), Way.PAGERDUTY)
        assert first.content["dedup_key"] == hashlib.sha256(b"the group").hexdigest()
        pager.ends("APIDown")
        pager.forward(minutes(5))
        last = by_way(pager.expects_answer(Kind.RESOLVED, by=LOUD, mailboxes=(ANN,)), Way.PAGERDUTY)
        assert last.content["dedup_key"] == first.content["dedup_key"]

    def test_the_mails_about_a_page_are_one_thread(self, pager: Pager) -> None:
        pager.fire("APIDown")
        pager.forward(minutes(30))
        pager.ends("APIDown")
        pager.forward(minutes(5))
        mails = [one.mail for one in pager.post.received if one.mail]
        assert len(mails) == 6
        assert len({str(mail["References"]) for mail in mails}) == 1
        assert len({str(mail["Message-ID"]) for mail in mails}) == 6


class TestWarning:
    def test_on_call_at_once_and_the_lead_after_an_hour(self, pager: Pager) -> None:
        pager.fire("APIHighLatencyP99", severity="warning")
        pager.expects(ANN, by=[Way.SLACK])
        pager.forward(minutes(59))
        pager.expects_nothing()
        pager.forward(minutes(1))
        pager.expects(LEA, by=[Way.SLACK])
        pager.forward(hours(48))
        pager.expects_nothing()

    def test_acknowledged_the_lead_is_not_told(self, pager: Pager) -> None:
        pager.fire("APIHighLatencyP99", severity="warning")
        (told,) = pager.expects(ANN, by=[Way.SLACK])
        pager.presses(BOB, told, "page.acknowledge")
        pager.expects_answer(Kind.ACKNOWLEDGED, by=[Way.SLACK])
        assert pager.timeline("page.acknowledged") == [("bob", "Acknowledged by bob")]
        pager.forward(hours(48))
        pager.expects_nothing()


class TestInfo:
    def test_waits_for_the_next_business_day_and_whoever_is_on_call_then(self, pager: Pager) -> None:
        pager.until(friday_evening := datetime(2026, 3, 6, 18, 0, tzinfo=UTC))
        pager.fire("DiskFillsSlowly", severity="info")
        pager.until(friday_evening.replace(day=9, hour=8, minute=59))
        pager.expects_nothing()
        pager.until(friday_evening.replace(day=9, hour=9))
        pager.expects(BOB, by=[Way.EMAIL])
        pager.forward(hours(24 * 7))
        pager.expects_nothing()

    def test_a_holiday_is_no_business_day(self, pager: Pager) -> None:
        pager.until(datetime(2026, 4, 2, 18, 0, tzinfo=UTC))
        pager.fire("DiskFillsSlowly", severity="info")
        pager.until(datetime(2026, 4, 6, 8, 59, tzinfo=UTC))
        pager.expects_nothing()
        pager.until(datetime(2026, 4, 6, 9, 0, tzinfo=UTC))
        (mail,) = pager.expects(BOB, by=[Way.EMAIL])
        assert mail.text.startswith("[INFO] ")


class TestTeams:
    def test_each_team_has_its_own_people(self, pager: Pager) -> None:
        pager.fire("PostgreSQLDown", team="dba")
        pager.expects(DAN, by=LOUD)
        pager.forward(minutes(15))
        pager.expects(DOT, by=LOUD)

    def test_where_nobody_is_on_call_the_lead_is_told_at_once(self, pager: Pager) -> None:
        pager.fire("QueueStuck", team="backend")
        pager.expects(EVE, by=LOUD)
        assert pager.timeline("page.nobody") != []
        pager.forward(minutes(30))
        pager.expects(VIC, by=LOUD)


class TestTrouble:
    def test_a_dead_way_holds_up_no_other_and_catches_up_in_order(self, pager: Pager) -> None:
        pager.post.slack.down = True
        pager.fire("APIDown")
        pager.expects(ANN, by=[Way.PAGERDUTY, Way.EMAIL])
        pager.forward(minutes(15))
        pager.expects(LEA, by=[Way.PAGERDUTY, Way.EMAIL])
        pager.post.slack.down = False
        pager.forward(minutes(6))
        late = pager.expects(ANN, LEA, by=[Way.SLACK])
        assert ["U0ANN" in one.text for one in late] == [True, False]

    def test_a_level_that_every_way_refuses_hands_on_at_once(self, pager: Pager) -> None:
        pager.post.slack.answer_next(Answer(410, "channel_is_archived"))
        pager.fire("APIHighLatencyP99", severity="warning")
        pager.expects(LEA, by=[Way.SLACK])
        assert "channel_is_archived" in pager.timeline("delivery.refused")[0][1]

    def test_after_an_outage_of_on_call_itself_no_level_is_left_out(self, pager: Pager) -> None:
        pager.fire("APIDown")
        pager.expects(ANN, by=LOUD)
        pager.asleep(minutes(40))
        letters = pager.expects(LEA, VIC, by=LOUD)
        slack = [one.text for one in letters if one.way is Way.SLACK]
        assert ["<@U0LEA>" in slack[0], "late by 25 min" in slack[0]] == [True, True]
        assert ["<@U0VIC>" in slack[1], "late by 10 min" in slack[1]] == [True, True]


def by_way(letters: list[Received], way: Way) -> Received:
    return next(one for one in letters if one.way is way)
