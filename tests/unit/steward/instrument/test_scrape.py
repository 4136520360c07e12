import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping

import pytest

from steward.instrument import Instruments, Samples
from steward.instrument import scrape as scrape_module
from steward.model import Across, Counter, Gauge, Label
from steward.model.components.instrument_metrics import SERIES_DROPPED

Exposed = Callable[[Instruments], Awaitable[list[str]]]

FESTIVAL = Label.bounded("festival_id", 2, "a festival")
INSIDE = Gauge("inside", "People inside.", (FESTIVAL,), across=Across.SCRAPE)
WALLETS = Gauge("wallets", "Wallets.", across=Across.SCRAPE)
QUEUE = Gauge("queue", "Queue.")
CREATED = Counter("created_total", "Wallets created.")


@pytest.fixture
def instruments() -> Instruments:
    return Instruments([INSIDE, WALLETS, QUEUE, CREATED])


async def wallets() -> Mapping[Gauge, Samples]:
    return {WALLETS: {(): 12}}


async def test_readers_are_asked_anew_at_each_scrape(instruments: Instruments, exposed: Exposed) -> None:
    numbers = iter(list[Samples]([{("f1",): 1}, {("f2",): 2}]))

    async def inside() -> Mapping[Gauge, Samples]:
        return {INSIDE: next(numbers)}

    instruments.at_scrape(inside)

    assert await exposed(instruments) == ['inside{festival_id="f1"} 1.0', "created_total 0.0"]
    assert await exposed(instruments) == ['inside{festival_id="f2"} 2.0', "created_total 0.0"]


async def test_the_bound_of_a_label_holds_for_each_scrape(instruments: Instruments, exposed: Exposed) -> None:
    numbers = iter(list[Samples]([{("f1",): 1, ("f2",): 2, ("f3",): 4, ("f4",): 8}, {("f5",): 3}]))

    async def inside() -> Mapping[Gauge, Samples]:
        return {INSIDE: next(numbers)}

    instruments.at_scrape(inside)

    assert (await exposed(instruments))[:3] == [
        'inside{festival_id="f1"} 1.0',
        'inside{festival_id="f2"} 2.0',
        'inside{festival_id="other"} 12.0',
    ]
    assert (await exposed(instruments))[:1] == ['inside{festival_id="f5"} 3.0']
    assert instruments.total(SERIES_DROPPED, metric="inside") == 2


async def failing() -> Mapping[Gauge, Samples]:
    raise ConnectionError("no database")


async def cancelled() -> Mapping[Gauge, Samples]:
    raise asyncio.CancelledError


async def of_another_gauge() -> Mapping[Gauge, Samples]:
    return {QUEUE: {(): 1}}


async def of_too_few_labels() -> Mapping[Gauge, Samples]:
    return {INSIDE: {(): 1}}


async def of_no_number() -> Mapping[Gauge, Samples]:
    return {INSIDE: {("f1",): "many"}}  # type: ignore[dict-item]


async def of_nothing() -> Mapping[Gauge, Samples]:
    return None  # type: ignore[return-value]


@pytest.mark.parametrize(
    "broken", [failing, cancelled, of_another_gauge, of_too_few_labels, of_no_number, of_nothing]
)
async def test_a_broken_reader_costs_only_its_own_gauges_and_is_logged_once(
    instruments: Instruments,
    exposed: Exposed,
    caplog: pytest.LogCaptureFixture,
    broken: Callable[[], Awaitable[Mapping[Gauge, Samples]]],
) -> None:
    instruments.at_scrape(broken)
    instruments.at_scrape(wallets)

    for _ in range(2):
        assert await exposed(instruments) == ["wallets 12.0", "created_total 0.0"]
    assert len(caplog.records) == 1
    assert f"scrape reader {broken.__qualname__} failed" in caplog.text


async def test_a_late_reader_does_not_hold_up_the_scrape(
    instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrape_module, "TIME_LIMIT", 0.05)
    release = asyncio.Event()
    begun = 0

    async def stubborn() -> Mapping[Gauge, Samples]:
        nonlocal begun
        begun += 1
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return {INSIDE: {("f1",): 1}}

    instruments.at_scrape(stubborn)
    instruments.at_scrape(wallets)

    try:
        scrapes = [await exposed(instruments) for _ in range(3)]
    finally:
        release.set()

    assert scrapes == [["wallets 12.0", "created_total 0.0"]] * 3
    assert begun == 1, "a reading that is under way is not started again"
    assert caplog.text.count("its gauges are absent") == 1


async def test_a_late_reader_is_told_to_stop_and_may_fail_at_that(
    instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrape_module, "TIME_LIMIT", 0.01)
    stopped = asyncio.Event()

    async def slow() -> Mapping[Gauge, Samples]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.set()
            raise ConnectionError("closed too late") from None
        return {}

    instruments.at_scrape(slow)
    await exposed(instruments)
    async with asyncio.timeout(30):
        await stopped.wait()
    del instruments
    gc.collect()
    await asyncio.sleep(0)
    gc.collect()

    assert len(caplog.records) == 1, "asyncio says nothing of an error that nobody waits for"


def test_a_reading_that_another_loop_left_is_not_waited_for(instruments: Instruments) -> None:
    begun = 0

    async def inside() -> Mapping[Gauge, Samples]:
        nonlocal begun
        begun += 1
        if begun == 1:
            loop.stop()
            await asyncio.Event().wait()
        return {INSIDE: {("f1",): begun}}

    instruments.at_scrape(inside)
    loop = asyncio.new_event_loop()
    left = loop.create_task(instruments.expose())
    loop.run_forever()
    assert not left.done()

    try:
        body, _ = asyncio.run(instruments.expose())
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.wait(tasks))
        loop.close()

    assert b'inside{festival_id="f1"} 2.0' in body


async def test_series_stand_in_the_order_of_their_labels(instruments: Instruments, exposed: Exposed) -> None:
    async def inside() -> Mapping[Gauge, Samples]:
        return {INSIDE: {("f2",): 2, ("f1",): 1}}

    instruments.at_scrape(inside)

    assert (await exposed(instruments))[:2] == ['inside{festival_id="f1"} 1.0', 'inside{festival_id="f2"} 2.0']


async def test_scrapes_at_the_same_time_share_a_reading(instruments: Instruments, exposed: Exposed) -> None:
    begun = 0

    async def slow() -> Mapping[Gauge, Samples]:
        nonlocal begun
        begun += 1
        await asyncio.sleep(0)
        return {WALLETS: {(): begun}}

    instruments.at_scrape(slow)

    one, other = await asyncio.gather(exposed(instruments), exposed(instruments))

    assert one == other == ["wallets 1.0", "created_total 0.0"]


async def test_a_series_of_odd_values_is_exposed(instruments: Instruments, exposed: Exposed) -> None:
    async def inside() -> Mapping[Gauge, Samples]:
        return {INSIDE: {("a % \ud800\n",): float("nan"), ("other",): 1e16}}

    instruments.at_scrape(inside)

    assert (await exposed(instruments))[:2] == [
        'inside{festival_id="a % ?\\n"} NaN',
        'inside{festival_id="other"} 1e+16',
    ]
