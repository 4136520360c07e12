from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festivals.traffic.itinerary import invite, live, next_at
from festivals.traffic.profile import DAY, HOUR
from festivals.traffic.visitor import Habit, Stage, Visitor

seeds = st.integers(0, 1_000_000)
stages = st.sampled_from([stage for stage in Stage if stage is not Stage.BROWSING])


def guest(seed: int) -> Visitor:
    return invite("ann", ("bob",), DAY, Random(seed))


@settings(deadline=None)
@given(seed=seeds)
def test_a_visitor_comes_stays_and_leaves_within_the_day(seed: int) -> None:
    visitor = guest(seed)
    assert 0 < visitor.comes < visitor.leaves <= DAY.length
    if visitor.out:
        goes, comes_back = visitor.out
        assert visitor.comes < goes < comes_back < visitor.leaves


@settings(deadline=None)
@given(seed=seeds, stage=stages, now=st.floats(0, DAY.length))
def test_nobody_acts_before_they_have_acted(seed: int, stage: Stage, now: float) -> None:
    assert next_at(replace(guest(seed), stage=stage), now, DAY, Random(seed)) >= now


@pytest.mark.parametrize("seed", range(20))
def test_who_is_inside_acts_at_the_latest_when_they_must_go(seed: int) -> None:
    visitor = replace(guest(seed), stage=Stage.INSIDE)
    must_go = visitor.out[0] if visitor.out else visitor.leaves
    assert next_at(visitor, must_go - 1, DAY, Random(seed)) <= must_go


def test_who_went_out_comes_back_when_they_meant_to() -> None:
    visitor = replace(guest(1), stage=Stage.AWAY, out=(3 * HOUR, 4 * HOUR))
    assert next_at(visitor, 3 * HOUR, DAY, Random(1)) == 4 * HOUR


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_a_day_is_lived_in_the_order_of_time(seed: int) -> None:
    times = [step.at for step in live("ann", ("bob",), DAY, Random(seed))]
    assert times == sorted(times)
    assert times[-1] <= DAY.length


def test_most_visitors_are_careful_and_the_others_are_few_of_each_kind() -> None:
    habits = Counter(guest(seed).habit for seed in range(5_000))
    assert set(habits) == set(Habit)
    assert habits[Habit.CAREFUL] > 0.97 * habits.total()
