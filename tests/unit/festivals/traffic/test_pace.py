import asyncio
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from festivals.traffic.pace import Gate, Limiter, Schedule

rates = st.integers(1, 50)
gaps = st.lists(st.one_of(st.just(0.0), st.floats(0, 0.2), st.floats(0, 3)), max_size=200)


def let_through(rate: int, arrivals_apart: list[float], oversleep: float = 0.0) -> list[float]:
    """Send requests one by one through a gate; each waits as told, and `oversleep` seconds longer."""
    gate, now, passed = Gate(rate), 0.0, []
    for gap in arrivals_apart:
        now += gap
        while (wait := gate.wait(now)) > 0:
            now += max(wait, 1e-9) + oversleep
        gate.let_through(now)
        passed.append(now)
    return passed


def most_in_a_second(moments: list[float]) -> int:
    # A window is densest where it starts with a request; the margin is what adding floats may lose.
    return max((bisect_left(moments, m + 1 - 1e-6) - index for index, m in enumerate(moments)), default=0)


@settings(deadline=None)
@example(rate=50, apart=[0.0] * 120, oversleep=0.0)
@given(rate=rates, apart=gaps, oversleep=st.sampled_from([0.0, 0.001, 0.03]))
def test_no_second_sees_more_requests_than_the_rate(rate: int, apart: list[float], oversleep: float) -> None:
    assert most_in_a_second(let_through(rate, apart, oversleep)) <= rate


def test_requests_are_spread_over_the_second() -> None:
    assert let_through(10, [0.0] * 4) == pytest.approx([0, 0.1, 0.2, 0.3], abs=0.011)


@pytest.mark.parametrize(("rate", "oversleep"), [(40, 0.001), (500, 0.001)])
def test_waking_late_costs_next_to_none_of_the_rate(rate: int, oversleep: float) -> None:
    passed = let_through(rate, [0.0] * 10 * rate, oversleep)
    assert passed[-1] < 10.1


def test_a_request_that_has_not_gone_takes_nothing_of_the_rate() -> None:
    gate = Gate(1)
    assert [gate.wait(5.0), gate.wait(5.0)] == [0, 0]


def test_a_rate_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Gate(0)


@settings(deadline=None)
@given(rate=rates, dues=st.lists(st.floats(0, 100), min_size=1, max_size=100).map(sorted))
def test_the_schedule_never_plans_before_a_request_is_due_nor_above_the_rate(rate: int, dues: list[float]) -> None:
    schedule = Schedule(rate)
    planned = [schedule.reserve(due) for due in dues]
    assert all(at >= due for at, due in zip(planned, dues, strict=True))
    assert all(later - earlier > 1 / rate for earlier, later in pairwise(planned))


def test_the_schedule_keeps_to_the_plan_where_the_rate_leaves_room() -> None:
    schedule = Schedule(10)
    assert [schedule.reserve(due) for due in (0.0, 1.0, 5.0)] == [0.0, 1.0, 5.0]


async def test_tasks_go_through_in_the_order_in_which_they_came() -> None:
    limiter, went = Limiter(1_000, asyncio.get_running_loop().time), list[int]()

    async def go(number: int) -> None:
        await limiter.acquire()
        went.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(go(number))
    assert went == list(range(20))


async def test_a_task_that_is_cancelled_while_it_waits_holds_nobody_up() -> None:
    limiter = Limiter(20, asyncio.get_running_loop().time)
    await limiter.acquire()
    waiting = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    async with asyncio.timeout(5):
        await limiter.acquire()
