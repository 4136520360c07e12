import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from steward.instrument import Instruments
from steward.instrument import exposer as exposer_module
from steward.instrument import reading as reading_module
from steward.instrument import tables as tables_module
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


def _remove_second(folder: Path) -> None:
    (path,) = folder.glob("*-1.slot")
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
    _remove_second(tmp_path)
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
async def test_a_total_costs_a_stream_in_its_middle_nothing(tmp_path: Path) -> None:
    one, other = Instruments(METRICS, directory=tmp_path), Instruments(METRICS, directory=tmp_path)
    count(one, 0, 30)
    count(other, 30, 50)
    whole = set(series((await one.expose())[0].decode()))
    stream, _ = await one.stream()
    text = (await anext(stream)).decode()
    _remove_second(tmp_path)

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


async def test_a_family_without_series_is_not_named() -> None:
    instruments = Instruments([GAUGE])
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
