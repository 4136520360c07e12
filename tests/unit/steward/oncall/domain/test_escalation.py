"""What becomes of a page, as a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.model import BusinessDays, Severity, Target, Way
from steward.oncall.domain import escalation
from steward.oncall.domain.escalation import Awaken, Close, Count, Decision, Take, decide
from steward.oncall.domain.page import Level, Page, levels_of, read, written
from steward.oncall.domain.states import PageState
from steward.testing.oncall import SHOP

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVERY_DAY = BusinessDays()
SETTLES = timedelta(minutes=5)
LEVELS = (
    Level(Target.ON_CALL, (Way.SLACK,)),
    Level(Target.LEAD, (Way.SLACK,), timedelta(minutes=15)),
    Level(Target.HEAD, (Way.SLACK,), timedelta(minutes=30)),
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def page(**changes: object) -> Page:
    """Return a page whose first level was told at noon."""
    first = Page(
        1, "key", "title", "critical", "sre", "dedup", LEVELS, PageState.OPEN, NOON, NOON, 1, NOON + minutes(15)
    )
    return replace(first, alerts_total=1, alerts_firing=1, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "standing", "at", "expected"),
    [
        ("before a level is due", page(), 14.9, None),
        ("when it is due", page(), 15, Take(minutes(0))),
        ("after an outage", page(), 45, Take(minutes(30))),
        ("after the last level", page(step=3, next_at=None), 600, None),
        ("acknowledged", page(state=PageState.ACKNOWLEDGED, next_at=None), 15, None),
        ("resolved", page(state=PageState.RESOLVED), 15, None),
        ("silenced", page(held=True), 15, None),
        ("settling", page(closes_at=NOON + minutes(20)), 19, None),
        ("settled", page(closes_at=NOON + minutes(20)), 20, Close()),
        ("settled while silenced", page(closes_at=NOON + minutes(20), held=True), 20, Close()),
        (
            "snoozed",
            page(state=PageState.ACKNOWLEDGED, snoozed_until=NOON + minutes(60), next_at=NOON + minutes(60)),
            59,
            None,
        ),
        (
            "awake",
            page(state=PageState.ACKNOWLEDGED, snoozed_until=NOON + minutes(60), next_at=NOON + minutes(60)),
            61,
            Awaken(minutes(1)),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_time_decides(what: str, standing: Page, at: float, expected: Decision | None) -> None:
    assert decide(standing, NOON + minutes(at)) == expected, what


def test_levels_are_counted_from_when_the_page_opened() -> None:
    opened = escalation.begun(page(), NOON, EVERY_DAY)
    assert (opened.step, opened.next_at) == (0, NOON)

    first = escalation.taken(opened, EVERY_DAY)
    second = escalation.taken(first, EVERY_DAY)
    last = escalation.taken(second, EVERY_DAY)

    assert [first.next_at, second.next_at, last.next_at] == [NOON + minutes(15), NOON + minutes(30), None]
    assert last.level is None


def test_info_waits_for_the_next_business_day() -> None:
    levels = levels_of(SHOP.oncall.policy(Severity.INFO) if SHOP.oncall else None)
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)

    assert escalation.due_at(levels[0], saturday, EVERY_DAY) == datetime(2026, 3, 9, 9, tzinfo=UTC)


ONE = Count(1, 1, 1)
GONE = Count(1, 0, 0)
SILENCED = Count(1, 1, 0)


def counted(standing: Page, count: Count, at: float) -> Page:
    return escalation.counted(standing, count, now=NOON + minutes(at), settles=SETTLES, business=EVERY_DAY)


def test_page_whose_alerts_end_settles_and_waits() -> None:
    after = counted(page(), GONE, 10)

    assert (after.closes_at, after.next_at, after.state) == (NOON + minutes(15), None, PageState.OPEN)
    assert counted(after, GONE, 12).closes_at == NOON + minutes(15), "the time runs from the first end"


@pytest.mark.parametrize(("again", "due"), [(12, 15), (20, 20)])
def test_page_that_fires_again_goes_on_where_it_stood(again: float, due: float) -> None:
    after = counted(counted(page(), GONE, 10), ONE, again)

    assert (after.closes_at, after.step, after.next_at) == (None, 1, NOON + minutes(due))


def test_flapping_keeps_no_level_from_being_told() -> None:
    standing = page()
    for at in range(1, 31, 2):
        standing = counted(counted(standing, GONE, at), ONE, at + 1)
        if isinstance(decide(standing, NOON + minutes(at + 1)), Take):
            standing = escalation.taken(standing, EVERY_DAY)

    assert standing.step == 3


def test_silenced_page_is_held_and_begins_again_when_the_silence_is_over() -> None:
    held = counted(page(step=3, next_at=None), SILENCED, 40)
    assert (held.held, held.next_at) == (True, None)

    after = counted(held, ONE, 100)

    assert (after.held, after.step, after.counted_from, after.next_at) == (
        False,
        0,
        NOON + minutes(100),
        NOON + minutes(100),
    )


def test_acknowledged_page_stays_so_when_its_silence_is_over() -> None:
    after = counted(counted(escalation.acknowledged(page(), "ann", NOON), SILENCED, 5), ONE, 10)

    assert (after.state, after.next_at, after.held) == (PageState.ACKNOWLEDGED, None, False)


def test_snooze_outlasts_a_silence_and_settling() -> None:
    snoozed = escalation.snoozed(page(), NOON + minutes(60), "ann", NOON)

    for quiet in (SILENCED, GONE):
        assert counted(counted(snoozed, quiet, 5), ONE, 8).next_at == NOON + minutes(60)
        assert counted(counted(snoozed, quiet, 5), ONE, 70).next_at == NOON + minutes(70)


def test_page_that_settles_while_it_is_held_is_still_held_when_it_fires_silenced() -> None:
    after = counted(counted(counted(page(), SILENCED, 5), GONE, 6), SILENCED, 7)

    assert (after.held, after.next_at, after.closes_at) == (True, None, None)


def test_escalating_by_hand_keeps_the_distance_between_levels() -> None:
    acknowledged = escalation.acknowledged(page(), "ann", NOON + minutes(1))

    after = escalation.taken(escalation.escalated(acknowledged, NOON + minutes(120)), EVERY_DAY)

    assert (after.state, after.acknowledged_by) == (PageState.OPEN, None)
    assert after.next_at == NOON + minutes(135)


def test_level_at_which_nobody_could_be_told_hurries_the_next_one_only() -> None:
    hurried = escalation.hurried(page(), NOON + minutes(1))

    assert hurried.next_at == NOON + minutes(1)
    assert escalation.taken(hurried, EVERY_DAY).next_at == NOON + minutes(30)
    assert escalation.hurried(page(step=3, next_at=None), NOON).next_at is None


def test_level_at_which_nobody_could_be_told_hurries_the_next_one_also_after_settling() -> None:
    settling = counted(page(), GONE, 1)

    again = counted(escalation.hurried(settling, NOON + minutes(2)), ONE, 3)

    assert again.next_at == NOON + minutes(3)


def test_clock_that_went_back_makes_nobody_wait_longer_than_the_policy_says() -> None:
    earlier = NOON - minutes(600)

    after = escalation.set_right(page(), now=earlier, settles=SETTLES, business=EVERY_DAY)
    settling = escalation.set_right(counted(page(), GONE, 1), now=earlier, settles=SETTLES, business=EVERY_DAY)

    assert (after.counted_from, after.next_at) == (earlier, earlier + minutes(15))
    assert settling.closes_at == earlier + SETTLES
    assert settling.next_at is None


def test_clock_that_is_right_changes_nothing() -> None:
    for standing in (page(), counted(page(), GONE, 1)):
        now = NOON + minutes(1)
        assert escalation.set_right(standing, now=now, settles=SETTLES, business=EVERY_DAY) == standing


def test_policy_is_kept_as_it_was() -> None:
    for policy in SHOP.oncall.policies if SHOP.oncall else ():
        levels = levels_of(policy)
        assert read(written(levels)) == levels
    assert levels_of(None) == ()
