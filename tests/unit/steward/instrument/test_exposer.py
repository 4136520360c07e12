import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from steward.instrument import Instruments
from steward.instrument import exposer as exposer_module
from steward.instrument import reading as reading_module
from steward.instrument import tables as tables_module
from steward.instrument.exposition import TEXT
from steward.instrument.reading import Reading
from steward.instrument.tables import Block, Table
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric

WHO = Label.bounded("who", 200_000, "anybody")
COUNTER = Counter("c_total", "x", (WHO,))
HISTOGRAM = Histogram("h", "x", (WHO,), buckets=(1, 2))
GAUGE = Gauge("g", "x", across=Across.SUM)
LAST = Counter("last_total", "Stands last.")
METRICS: tuple[Metric, ...] = (COUNTER, HISTOGRAM, GAUGE, LAST)


class Who(NamedTuple):
    who: str


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make steps, blocks and pieces of ten lines."""
    monkeypatch.setattr(reading_module, "AT_ONCE", 10)
    monkeypatch.setattr(tables_module, "AT_ONCE", 10)
    monkeypatch.setattr(exposer_module, "_WORTH_SENDING", 10)


@pytest.fixture(params=["alone", "shared"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path if request.param == "shared" else None


def count(instruments: Instruments, start: int, stop: int) -> None:
    for number in range(start, stop):
        instruments.counter(COUNTER, Who).labels(str(number)).inc()
        instruments.histogram(HISTOGRAM, Who).labels(str(number)).observe(1.5)


def series(text: str) -> list[str]:
    return [line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")]


def _remove(folder: Path, number: int) -> None:
    (path,) = folder.glob(f"*-{number}.slot")
    path.unlink()


async def rest(pieces: AsyncIterator[bytes]) -> str:
    return b"".join([piece async for piece in pieces]).decode()


@pytest.mark.usefixtures("few")
async def test_a_piece_is_some_lines_and_all_of_them_are_the_whole(directory: Path | None) -> None:
    instruments = Instruments(METRICS, directory=directory)
    count(instruments, 0, 50)

    pieces, _ = await instruments.stream()
    texts = [piece.decode() async for piece in pieces]

    assert len(texts) > 25
    assert max(text.count("\n") for text in texts) < 30
    assert "".join(texts).encode() == (await instruments.expose())[0]
    assert len(series("".join(texts))) == 50 + 50 * 5 + 1 + 2
    assert all(text.endswith("\n") for text in texts)


@pytest.mark.usefixtures("few")
async def test_others_get_their_turn_between_any_two_pieces(directory: Path | None) -> None:
    instruments = Instruments(METRICS, directory=directory)
    count(instruments, 0, 100)
    turns = 0
    done = asyncio.Event()

    async def other() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    pieces, _ = await instruments.stream()
    preparing = turns
    number = len([piece async for piece in pieces])
    done.set()
    await task

    assert preparing >= 100 // 10 * 2
    assert turns - preparing >= number - 1


@pytest.mark.usefixtures("few")
async def test_two_streams_that_take_turns_while_series_are_added(directory: Path | None) -> None:
    instruments = Instruments(METRICS, directory=directory)
    count(instruments, 0, 30)
    whole = set(series((await instruments.expose())[0].decode()))
    one, _ = await instruments.stream()
    first = [await anext(one) for _ in range(3)]
    count(instruments, 30, 60)
    other, _ = await instruments.stream()
    texts = {0: b"".join(first), 1: b""}
    streams = {0: one, 1: other}
    number = 60
    while streams:
        for key, stream in list(streams.items()):
            try:
                texts[key] += await anext(stream)
            except StopAsyncIteration:
                del streams[key]
            count(instruments, number, number + 1)
            number += 1

    for key, least in ((0, 30), (1, 60)):
        found = series(texts[key].decode())
        assert len(found) == len(set(found)), "no line stands twice"
        assert whole <= set(found)
        assert {f'c_total{{who="{who}"}}' for who in range(least)} <= set(found)
        assert texts[key].count(b"# TYPE") == 4


@pytest.mark.usefixtures("few")
async def test_a_file_that_goes_costs_a_stream_in_its_middle_nothing(tmp_path: Path) -> None:
    one, other = Instruments(METRICS, directory=tmp_path), Instruments(METRICS, directory=tmp_path)
    count(one, 0, 30)
    count(other, 20, 50)
    one.counter(LAST).inc()
    before, _ = await one.stream()
    texts = [(await anext(before)).decode()]
    _remove(tmp_path, 1)
    after = asyncio.create_task(one.expose())
    for _ in range(4):
        await asyncio.sleep(0)
    texts += [(await anext(before)).decode() for _ in range(3)]
    text = (await after)[0].decode()

    found = series("".join(texts) + await rest(before))
    assert {f'c_total{{who="{who}"}}' for who in range(50)} <= set(found)
    assert {f'h_count{{who="{who}"}}' for who in range(30)} <= set(found)
    assert "last_total" in found
    assert 'c_total{who="29"} 1.0' in text
    assert 'who="30"' not in text


@pytest.mark.usefixtures("few")
async def test_until_all_is_taken_up_anew_there_is_what_was_there(tmp_path: Path) -> None:
    one, other = Instruments(METRICS, directory=tmp_path), Instruments(METRICS, directory=tmp_path)
    count(one, 0, 30)
    count(other, 20, 50)
    await one.expose()
    _remove(tmp_path, 1)
    exposer, steps = one._exposer, 0

    for _ in exposer._steps():
        found = set(series(await rest(exposer._pieces(TEXT, {}, {}, b""))))
        assert {f'h_count{{who="{who}"}}' for who in range(30)} <= found
        assert "last_total" in found
        steps += 1

    assert steps > 5


@pytest.mark.usefixtures("few")
async def test_the_first_process_may_come_while_a_stream_is_in_its_middle(tmp_path: Path) -> None:
    one = Instruments(METRICS, directory=tmp_path)
    _remove(tmp_path, 0)
    exposer = one._exposer
    assert series((await exposer.expose())[0].decode()) == []
    count(Instruments(METRICS, directory=tmp_path), 0, 30)

    texts = [await rest(exposer._pieces(TEXT, {}, {}, b"")) for _ in exposer._steps()]

    assert set(texts) == {""}
    assert 'h_count{who="29"} 1.0' in (await exposer.expose())[0].decode()


@pytest.mark.usefixtures("few")
async def test_a_total_costs_a_stream_in_its_middle_nothing(tmp_path: Path) -> None:
    one, other = Instruments(METRICS, directory=tmp_path), Instruments(METRICS, directory=tmp_path)
    count(one, 0, 30)
    count(other, 30, 50)
    whole = set(series((await one.expose())[0].decode()))
    stream, _ = await one.stream()
    text = (await anext(stream)).decode()
    _remove(tmp_path, 1)

    assert one.total(COUNTER) == 30
    assert one.total(LAST) == 0
    found = series(text + await rest(stream))

    assert 'h_count{who="29"}' in found
    assert "last_total" in found
    assert set(found) <= whole
    assert one.total(COUNTER) == 30


async def test_exemplars_stand_in_openmetrics_alone(directory: Path | None) -> None:
    instruments = Instruments(METRICS, directory=directory)
    instruments.counter(COUNTER, Who).labels("a").inc(exemplar={"trace_id": "1"})
    instruments.histogram(HISTOGRAM, Who).labels("a").observe(1.5, exemplar={"trace_id": "2"})
    instruments.histogram(HISTOGRAM, Who).labels("a").observe(1.6, exemplar={"trace_id": "3"})

    text, _ = await instruments.expose()
    openmetrics, _ = await instruments.expose("application/openmetrics-text")

    assert b"trace_id" not in text
    lines = [line.split(" # ") for line in openmetrics.decode().splitlines() if " # " in line]
    assert [(series_, beside.rpartition(" ")[0]) for series_, beside in lines] == [
        ('c_total{who="a"} 1.0', '{trace_id="1"} 1.0'),
        ('h_bucket{who="a",le="2.0"} 2.0', '{trace_id="3"} 1.6'),
    ]


async def test_exemplars_give_others_their_turn(directory: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposer_module, "_EXEMPLARS_AT_ONCE", 10)
    instruments = Instruments(METRICS, directory=directory)
    for number in range(100):
        instruments.counter(COUNTER, Who).labels(str(number)).inc(exemplar={"trace_id": str(number)})
    await instruments.expose()
    turns = 0
    reading = asyncio.create_task(instruments._exposer._exemplars())

    while not reading.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns >= 10
    assert len(reading.result()["c_total"]) == 100


async def test_one_thread_at_a_time_looks_and_adds_up(
    directory: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    instruments = Instruments(METRICS, directory=directory)
    count(instruments, 0, 5)
    depth = 0

    class Watched:
        def __enter__(self) -> None:
            nonlocal depth
            depth += 1

        def __exit__(self, *_: object) -> None:
            nonlocal depth
            depth -= 1

    def watch(owner: type | Table | Reading, name: str) -> None:
        ask = getattr(owner, name)

        def asked(*arguments: object) -> object:
            seen[name] = seen.get(name, True) and depth > 0
            return ask(*arguments)

        monkeypatch.setattr(owner, name, asked)

    exposer = instruments._exposer
    seen: dict[str, bool] = {}
    monkeypatch.setattr(exposer, "_lock", Watched())
    watch(exposer._reading, "refresh")
    watch(Table, "extend")
    watch(Block, "text")
    watch(Block, "summed")

    await instruments.expose()
    assert instruments.total(COUNTER) == 5
    assert exposer.known(COUNTER)

    assert seen == {"refresh": True, "extend": True, "text": True, "summed": True}


@pytest.mark.parametrize("metric", [GAUGE, Gauge("peak", "x", across=Across.MAX)])
async def test_a_family_without_series_is_not_named(metric: Gauge) -> None:
    instruments = Instruments([metric])
    if metric.across is Across.MAX:
        instruments.gauge(metric)
    body, _ = await instruments.expose("application/openmetrics-text")

    assert body == b"# EOF\n"


async def test_tens_of_thousands_of_series() -> None:
    instruments = Instruments(METRICS)
    family = instruments.counter(COUNTER, Who)
    for number in range(30_000):
        family.labels(str(number)).inc(number)

    pieces, _ = await instruments.stream()
    texts = [piece.decode() async for piece in pieces]

    assert max(text.count("\n") for text in texts) < 5000
    lines = "".join(texts).splitlines()
    assert lines[2] == 'c_total{who="0"} 0.0'
    assert lines[30_001] == 'c_total{who="29999"} 29999.0'
    assert instruments.total(COUNTER) == sum(range(30_000))
