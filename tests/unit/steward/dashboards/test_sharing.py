"""One question at a time, and answers that are kept for a while."""

import asyncio

import pytest

from steward.dashboards.errors import NoAnswer
from steward.dashboards.sharing import FAILED_SECONDS, Shared


class Source:
    """Answers when it is let, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.ready = asyncio.Event()
        self.ready.set()
        self.error: Exception | None = None

    async def __call__(self) -> str:
        self.asked += 1
        await self.ready.wait()
        if self.error:
            raise self.error
        return f"answer {self.asked}"


class Hand:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def shared(clock: Hand) -> Shared[str]:
    return Shared(most=30, weigh=len, clock=clock)


async def test_fifty_who_ask_at_once_are_one_question(shared: Shared[str], source: Source) -> None:
    source.ready.clear()
    waiting = [asyncio.create_task(shared.get("q", source, seconds=10)) for _ in range(50)]
    await asyncio.sleep(0)
    source.ready.set()
    assert set(await asyncio.gather(*waiting)) == {"answer 1"}
    assert source.asked == 1


async def test_an_answer_is_kept_for_its_time(shared: Shared[str], source: Source, clock: Hand) -> None:
    assert await shared.get("q", source, seconds=10) == "answer 1"
    clock.now = 9.9
    assert await shared.get("q", source, seconds=10) == "answer 1"
    clock.now = 10.1
    assert await shared.get("q", source, seconds=10) == "answer 2"


async def test_who_goes_away_does_not_end_the_question_for_others(shared: Shared[str], source: Source) -> None:
    source.ready.clear()
    leaving, staying = (asyncio.create_task(shared.get("q", source, seconds=10)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    source.ready.set()
    assert await staying == "answer 1"


async def test_a_failure_is_told_to_all_and_only_for_a_moment(
    shared: Shared[str], source: Source, clock: Hand
) -> None:
    source.error = NoAnswer("away")
    told = await asyncio.gather(*(shared.get("q", source, seconds=60) for _ in range(3)), return_exceptions=True)
    assert [str(error) for error in told] == ["away"] * 3
    with pytest.raises(NoAnswer):
        await shared.get("q", source, seconds=60)
    assert source.asked == 1
    source.error, clock.now = None, FAILED_SECONDS + 0.1
    assert await shared.get("q", source, seconds=60) == "answer 2"


async def test_what_was_not_asked_for_longest_makes_room(shared: Shared[str], source: Source) -> None:
    for question in ("a", "b", "c"):
        await shared.get(question, source, seconds=10)
    await shared.get("a", source, seconds=10)
    await shared.get("d", source, seconds=10)
    assert shared.weight <= 30
    asked = source.asked
    await shared.get("a", source, seconds=10)
    assert source.asked == asked
    await shared.get("b", source, seconds=10)
    assert source.asked == asked + 1


async def test_an_answer_heavier_than_everything_is_given_and_not_kept(source: Source) -> None:
    small: Shared[str] = Shared(most=3, weigh=len)
    assert await small.get("q", source, seconds=10) == "answer 1"
    assert small.weight == 0
