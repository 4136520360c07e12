import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festivals.traffic.histogram import Histogram

durations = st.lists(st.floats(0, 100), min_size=1, max_size=200)
shares = st.sampled_from([0.0, 0.25, 0.5, 0.95, 0.99, 1.0])


def filled(seconds: list[float]) -> Histogram:
    histogram = Histogram()
    for each in seconds:
        histogram.record(each)
    return histogram


@settings(deadline=None)
@given(seconds=durations, share=shares)
def test_a_quantile_is_less_than_one_percent_off(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[max(math.ceil(share * len(seconds)), 1) - 1]
    assert filled(seconds).quantile(share) == pytest.approx(exact, rel=0.008, abs=1e-6)


@settings(deadline=None)
@given(seconds=durations)
def test_no_quantile_is_above_the_longest(seconds: list[float]) -> None:
    histogram = filled(seconds)
    longest = max(seconds)
    assert histogram.longest == longest
    assert (histogram.quantile(1.0) or 0) <= longest


@settings(deadline=None)
@given(some=durations, more=durations, share=shares)
def test_adding_is_as_if_all_had_been_counted_at_once(some: list[float], more: list[float], share: float) -> None:
    added = filled(some)
    added.add(filled(more))
    at_once = filled(some + more)
    assert (added.count, added.quantile(share)) == (at_once.count, at_once.quantile(share))


def test_nothing_counted_has_no_quantile() -> None:
    assert Histogram().quantile(0.5) is None


def test_a_clock_that_went_back_counts_as_no_time_at_all() -> None:
    assert filled([-1.0]).quantile(0.5) == 0
