"""The loops: what they do when a channel, the store or they themselves break."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from steward.model import Way
from steward.model.components.oncall_metrics import DELIVERIES
from steward.oncall.context import Context
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.verdict import Delivered, Retry, Verdict
from steward.oncall.services import sending
from steward.oncall.store.database import StoreUnavailable
from steward.oncall.wake import Wake
from steward.oncall.worker import loops, sender, tick
from steward.oncall.worker.sender import Sender

pytestmark = pytest.mark.slow

Contexts = Callable[..., Context]


@dataclass(slots=True)
class Recorder:
    """A channel that keeps what it is given, and says what it is told to."""

    way: Way
    says: Callable[[], Any] = Delivered
    seen: list[Notification] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    async def send(self, notification: Notification) -> Verdict:
        self.seen.append(notification)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            said = self.says()
            verdict: Verdict = await said if asyncio.iscoroutine(said) else said
        finally:
            self.under_way -= 1
        return verdict


def recorders(says: Callable[[], Any] = Delivered) -> dict[Way, Recorder]:
    return {way: Recorder(way, says) for way in (Way.PAGERDUTY, Way.SLACK, Way.EMAIL)}


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():  # noqa: ASYNC110 - what is waited for happens in threads
            await asyncio.sleep(0.01)


async def work(context: Context, channels: dict[Way, Recorder], done: Callable[[], bool]) -> None:
    stopping = asyncio.Event()
    running = asyncio.create_task(Sender(context, channels).run(stopping))
    try:
        await until(done)
    finally:
        stopping.set()
        await running


def attempts(context: Context, way: Way, verdict: str) -> float:
    return context.metrics.instruments.total(DELIVERIES, way=way.value, verdict=verdict)


def states(desk: Any) -> list[str]:
    return [one.state.value for one in desk.deliveries()]


async def test_everything_is_sent_and_marked(desk: Any, contexts: Contexts) -> None:
    desk.fire("Down")
    channels = recorders()
    context = contexts(desk, wake=Wake())
    await work(context, channels, lambda: states(desk) == ["delivered"] * 3)

    assert [channel.seen[0].person for channel in channels.values()] == ["Ann Alder"] * 3
    assert [attempts(context, way, "delivered") for way in channels] == [1, 1, 1]


async def test_way_without_settings_is_refused_and_the_next_level_is_told(desk: Any, contexts: Contexts) -> None:
    desk.fire("Down")
    context = contexts(desk, wake=Wake())
    await work(context, {}, lambda: states(desk) == ["refused"] * 3)
    assert attempts(context, Way.SLACK, "unset") == attempts(context, Way.EMAIL, "unset") == 1
    await asyncio.to_thread(tick.tick, context)

    assert [one.person for one in desk.deliveries()[3:]] == ["lea"] * 3
    assert "no settings for Slack" in desk.deliveries()[1].last_error


async def test_channel_that_breaks_costs_its_own_attempt_alone(desk: Any, contexts: Contexts) -> None:
    def breaks() -> Verdict:
        raise RuntimeError("a secret")

    desk.fire("Down")
    channels = recorders() | {Way.SLACK: Recorder(Way.SLACK, breaks)}
    context = contexts(desk, wake=Wake())
    await work(context, channels, lambda: states(desk) == ["delivered", "pending", "delivered"])

    await until(lambda: bool(desk.deliveries()[1].last_error))
    assert desk.deliveries()[1].last_error == "on-call itself failed: RuntimeError"
    assert attempts(context, Way.SLACK, "retry") >= 1
    assert attempts(context, Way.EMAIL, "delivered") == 1


async def test_one_at_a_time_while_that_is_quick_so_that_a_kill_repeats_one(desk: Any, contexts: Contexts) -> None:
    desk.fire("Down", "Slow", "Full")
    shared = Recorder(Way.SLACK)
    channels = dict.fromkeys((Way.PAGERDUTY, Way.SLACK, Way.EMAIL), shared)
    await work(contexts(desk, wake=Wake()), channels, lambda: len(shared.seen) == 9)

    assert shared.most == 1


async def test_many_at_a_time_when_many_have_waited_for_long(desk: Any, contexts: Contexts) -> None:
    async def takes_a_moment() -> Verdict:
        await asyncio.sleep(0)
        return Delivered()

    desk.fire(*(f"Alert{number:02}" for number in range(20)))
    desk.clock.now = desk.at(seconds=6)
    shared = Recorder(Way.SLACK, takes_a_moment)
    channels = dict.fromkeys((Way.PAGERDUTY, Way.SLACK, Way.EMAIL), shared)
    stopping = asyncio.Event()
    many = Sender(contexts(desk, wake=Wake()), channels)
    running = asyncio.create_task(many.run(stopping))
    most = 0
    async with asyncio.timeout(20):
        while len(shared.seen) < 33:
            most = max(most, len(many._sending))
            await asyncio.sleep(0)
    stopping.set()
    await running

    assert 1 < most <= 16


async def test_way_that_hangs_holds_up_no_other(desk: Any, contexts: Contexts) -> None:
    released = asyncio.Event()

    async def hangs() -> Verdict:
        await released.wait()
        return Delivered()

    desk.fire("Down")
    channels = recorders() | {Way.PAGERDUTY: Recorder(Way.PAGERDUTY, hangs)}
    stopping = asyncio.Event()
    running = asyncio.create_task(Sender(contexts(desk, wake=Wake()), channels).run(stopping))
    await until(lambda: states(desk) == ["pending", "delivered", "delivered"])
    released.set()
    await until(lambda: states(desk) == ["delivered"] * 3)
    stopping.set()
    await running


async def test_store_that_is_away_when_a_delivery_is_marked_makes_nobody_hear_twice(
    desk: Any, contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.fire("Down")
    channels = recorders()
    context = contexts(desk, wake=Wake())
    away = iter([True, True])
    mark = sending.mark

    def mark_later(*args: Any, **more: Any) -> bool:
        if next(away, False):
            raise StoreUnavailable("the store cannot answer: gone")
        return mark(*args, **more)

    monkeypatch.setattr(sending, "mark", mark_later)
    await work(context, channels, lambda: states(desk) == ["delivered"] * 3)

    assert [len(channel.seen) for channel in channels.values()] == [1, 1, 1]


async def test_sender_that_begins_again_takes_up_what_it_had_leased(desk: Any, contexts: Contexts) -> None:
    desk.fire("Down")
    context = contexts(desk, wake=Wake())
    desk.lease(owner=sender.owner(context.settings))
    channels = recorders()
    await work(context, channels, lambda: states(desk) == ["delivered"] * 3)

    assert [one.attempts for one in desk.deliveries()] == [2, 2, 2]


async def test_loop_that_breaks_begins_again_until_it_is_stopped(desk: Any, contexts: Contexts) -> None:
    stopping = asyncio.Event()
    runs: list[int] = []

    async def breaks(_context: Context, stop: asyncio.Event) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise StoreUnavailable("gone")
        if len(runs) == 2:
            raise ZeroDivisionError
        stop.set()

    with quick_pauses():
        async with asyncio.timeout(20):
            await loops.kept_running("breaks", breaks, contexts(desk), stopping)

    assert len(runs) == 3


async def test_tick_counts_how_late_steps_are(desk: Any, contexts: Contexts) -> None:
    rung: list[int] = []
    context = contexts(desk, wake=lambda: rung.append(1))
    desk.fire("Down")
    assert tick.tick(context).lags == ()
    desk.clock.now = desk.at(minutes=15, seconds=1)

    assert (tick.tick(context).lags, len(rung)) == ((1.0,), 1)
    exposed, _ = await context.metrics.instruments.expose()
    assert b"steward_oncall_timer_lag_seconds_count 1" in exposed
    assert b'steward_oncall_timer_lag_seconds_bucket{le="0.5"} 0' in exposed


async def test_later_verdict_is_kept_with_its_reason(desk: Any, contexts: Contexts) -> None:
    desk.fire("Down")
    channels = recorders(lambda: Retry("503 of the other side"))
    await work(contexts(desk, wake=Wake()), channels, lambda: all(one.last_error for one in desk.deliveries()))

    assert desk.deliveries()[0].last_error == "503 of the other side"


@contextmanager
def quick_pauses() -> Iterator[None]:
    before = loops._FIRST_PAUSE_SECONDS
    loops._FIRST_PAUSE_SECONDS = 0.01
    try:
        yield
    finally:
        loops._FIRST_PAUSE_SECONDS = before
