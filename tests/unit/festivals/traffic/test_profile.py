import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festivals.traffic.profile import DAY, HOUR, Day, Phase, time_of_day

moments = st.floats(0, DAY.length)
quantiles = st.floats(0, 1)


@settings(deadline=None)
@given(at=moments.filter(lambda at: at < DAY.length))
def test_every_moment_of_the_day_lies_in_exactly_one_phase(at: float) -> None:
    assert [phase for phase in DAY.phases if phase.start <= at < phase.end] == [DAY.phase_at(at)]


def test_the_day_begins_at_its_first_phase_and_ends_with_its_last() -> None:
    assert DAY.phases[0].start == 0
    assert DAY.phases[-1].end == DAY.length == 14 * HOUR


@pytest.mark.parametrize(
    ("start", "end"),
    [pytest.param(20, 30, id="gap"), pytest.param(5, 30, id="overlap"), pytest.param(10, 10, id="empty")],
)
def test_phases_that_do_not_join_are_refused(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="'late' must start at 10 s"):
        Day((Phase("early", 0, 10, 1, 0.5), Phase("late", start, end, 1, 0.5)))


def test_acts_take_as_long_as_the_pace_of_each_phase_says() -> None:
    day = Day((Phase("slow", 0, HOUR, 2, 0.5), Phase("fast", HOUR, 2 * HOUR, 10, 0.5)))
    assert day.after(0, 1) == HOUR / 2
    assert day.after(0, 3) == pytest.approx(HOUR + HOUR / 10)
    assert day.after(HOUR / 2, 1.5) == pytest.approx(HOUR + HOUR / 20)
    assert day.after(0, 100) == day.length


@settings(deadline=None)
@given(at=moments, first=st.floats(0, 40), second=st.floats(0, 40))
def test_acts_in_two_portions_take_as_long_as_in_one(at: float, first: float, second: float) -> None:
    assert DAY.after(DAY.after(at, first), second) == pytest.approx(DAY.after(at, first + second))


@settings(deadline=None)
@given(early=quantiles, late=quantiles)
def test_arrivals_and_departures_keep_the_order_of_their_quantiles(early: float, late: float) -> None:
    early, late = sorted((early, late))
    assert DAY.arrival(early) <= DAY.arrival(late)
    assert DAY.departure(early) <= DAY.departure(late)


@settings(deadline=None)
@given(quantile=quantiles)
def test_nobody_comes_before_the_gates_open_or_after_the_headliner_began(quantile: float) -> None:
    starts = {phase.name: phase.start for phase in DAY.phases}
    assert starts["gates open"] <= DAY.arrival(quantile) <= starts["headliner"]


def test_bars_are_fullest_between_the_acts_and_emptiest_during_the_headliner() -> None:
    spending = {phase.name: phase.pace * phase.spending for phase in DAY.phases if phase.name != "soundcheck"}
    ranking = sorted(spending, key=spending.__getitem__)
    assert {*ranking[-2:]} == {"changeover", "long changeover"}
    assert ranking[0] == "headliner"


@pytest.mark.parametrize(("at", "shown"), [(0, "11:00"), (3 * HOUR + 59, "14:00"), (14 * HOUR, "01:00")])
def test_the_clock_shows_the_time_of_day(at: float, shown: str) -> None:
    assert time_of_day(at) == shown
