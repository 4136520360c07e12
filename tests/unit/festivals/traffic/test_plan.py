from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festivals.traffic import crew
from festivals.traffic.intentions import (
    Buy,
    BuyTicket,
    Intention,
    LookAt,
    Refund,
    ScanIn,
    ScanOut,
    ShowForgery,
    Step,
    TopUp,
    Transfer,
)
from festivals.traffic.plan import affordable_visitors, assemble, plan_day
from festivals.traffic.profile import DAY
from festivals.traffic.settings import Settings

SPENDING = (Buy, TopUp, Transfer, Refund)
BASE_SPEED = Settings("http://127.0.0.1").speed

crowds = st.integers(2, 40)
seeds = st.integers(0, 999_999)


def day(visitors: int = 400, *, seed: int = 1, number: int = 0, warm_up: bool = True) -> list[Step]:
    return list(plan_day(assemble(visitors), DAY, seed=seed, number=number, warm_up=warm_up))


def of(steps: Iterable[Step], actor: str) -> list[Intention]:
    return [step.intention for step in steps if step.actor == actor]


@settings(max_examples=20, deadline=None)
@given(visitors=crowds, seed=seeds, number=st.integers(0, 50))
def test_the_same_seed_wants_the_same_things_in_the_same_order(visitors: int, seed: int, number: int) -> None:
    assert day(visitors, seed=seed, number=number) == day(visitors, seed=seed, number=number)


def test_another_seed_and_another_day_want_other_things() -> None:
    assert day(20, seed=1) != day(20, seed=2)
    assert day(20, number=0) != day(20, number=1)


@settings(max_examples=20, deadline=None)
@given(visitors=crowds, seed=seeds)
def test_the_steps_come_in_the_order_of_time_and_within_the_day(visitors: int, seed: int) -> None:
    times = [step.at for step in day(visitors, seed=seed)]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= DAY.length


@settings(max_examples=20, deadline=None)
@given(visitors=crowds, seed=seeds)
def test_the_population_is_closed_and_spends_only_inside(visitors: int, seed: int) -> None:
    cast, steps = assemble(visitors), day(visitors, seed=seed)
    assert {step.actor for step in steps} == set(cast.everybody)
    for visitor in cast.visitors:
        is_inside = False
        for intention in of(steps, visitor):
            match intention:
                case ScanIn(ticket_of=None):
                    assert not is_inside
                    is_inside = True
                case ScanOut():
                    assert is_inside
                    is_inside = False
                case Buy() | TopUp() | Transfer() | Refund():
                    assert is_inside
        assert not is_inside


def test_friends_are_others_who_came_along() -> None:
    cast = assemble(9)
    assert cast.friends(1) == ("visitor-1", "visitor-3", "visitor-4")
    assert cast.friends(8) == ("visitor-8",)
    assert all(name not in cast.friends(place) for place, name in enumerate(cast.visitors))


def test_half_a_minute_into_the_first_day_everything_was_tried_once() -> None:
    early = [step.intention for step in day() if step.at < 30 * BASE_SPEED]
    lead = [step for step in day() if step.actor == crew.WARM_UP_LEAD]
    assert {intention.kind for intention in early if isinstance(intention, BuyTicket)} == {
        "day", "weekend", "vip", "camping", "crew",
    }  # fmt: skip
    assert {type(intention) for intention in early} >= {*SPENDING, ScanIn, ScanOut, ShowForgery}
    assert lead[-1].at < 30 * BASE_SPEED


def test_a_later_day_of_a_festival_has_no_warm_up() -> None:
    assert not {step.actor for step in day(20, warm_up=False)} & set(crew.WARM_UP_CREW)


def test_the_admin_pages_are_looked_at_only_where_there_are_any() -> None:
    cast = assemble(2)
    without = plan_day(cast, DAY, seed=1, number=0, warm_up=False)
    visited = plan_day(cast, DAY, seed=1, number=0, warm_up=False, visits_admin=True)
    assert not [step for step in without if step.intention == LookAt("admin")]
    assert [step.actor for step in visited if step.intention == LookAt("admin")]


@pytest.mark.parametrize("seed", range(3))
def test_at_the_default_settings_no_minute_wants_more_than_the_rate(seed: int) -> None:
    minutes = Counter(int(step.at / BASE_SPEED // 60) for step in day(seed=seed))
    assert max(minutes.values()) < 0.98 * 40 * 60


def test_most_of_a_day_is_not_refused() -> None:
    steps = [step for seed in range(3) for step in day(seed=seed) if step.actor.startswith("visitor")]
    scans = [step for step in steps if isinstance(step.intention, ScanIn | ScanOut | ShowForgery)]
    bad = [s for s in scans if isinstance(s.intention, ShowForgery) or getattr(s.intention, "ticket_of", None)]
    assert 0 < len(bad) / len(scans) < 0.01


@pytest.mark.parametrize(
    ("rate", "seconds", "visitors"), [(40, 1_800, 400), (40, 90, 33), (400, 90, 336), (1, 30, 2)]
)
def test_a_short_day_under_a_low_rate_has_fewer_visitors(rate: int, seconds: float, visitors: int) -> None:
    assert affordable_visitors(400, rate=rate, seconds=seconds) == visitors
