"""Counting that is interrupted at every point where a signal handler or a finalizer may come, by more counting."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

import pytest

from steward.instrument import Instruments
from steward.instrument.slot import HEADER, Slot, bounds, entries
from steward.model import Counter, Gauge, Histogram, Label

pytestmark = pytest.mark.slow

WHO = Label.bounded("who", 9999, "anybody")
COUNTER = Counter("c_total", "x", (WHO,))
HISTOGRAM = Histogram("h", "x", (WHO,), buckets=(1, 2))
GAUGE = Gauge("g", "x", (WHO,))
HEADROOM = bounds(0)[1] - HEADER.size


class Who(NamedTuple):
    who: str


@contextmanager
def interrupted(at: int, handle: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Call `handle` at the call or return of this number; tell whether it came to that."""
    seen = 0

    def profile(_frame: object, _event: str, _argument: object) -> None:
        nonlocal seen
        if seen == at:
            handle()
        seen += 1

    sys.setprofile(profile)
    try:
        yield lambda: seen > at
    finally:
        sys.setprofile(None)


def points(work: Callable[[Path, int], bool], folder: Path) -> int:
    """Do `work` with an interruption at each point, until there is none; return how many there were."""
    for at in range(2000):
        more = work(folder / str(at), at)
        rmtree(folder / str(at), ignore_errors=True)
        if not more:
            return at
    raise AssertionError


@pytest.mark.parametrize("left", [0, 40, 1000])
def test_an_entry_while_another_is_added(tmp_path: Path, left: int) -> None:
    def work(folder: Path, at: int) -> bool:
        folder.mkdir()
        slot = Slot.claim(folder, "f")
        slot.append(b"filling.", (HEADROOM - 16 - left) // 8)
        expected: dict[bytes, float] = {}

        def add(key: bytes, number: float) -> None:
            cells, place = slot.append(key, 3)
            cells[place] = expected[key] = number

        with interrupted(at, lambda: add(b"interrupting", 7.0)) as came:
            add(b"interrupted", 5.0)
        add(b"after", 9.0)
        data = slot.path.read_bytes()
        used = HEADER.unpack(data[: HEADER.size])[1]
        numbers = memoryview(data).cast("d")
        found = {key: numbers[place // 8] for key, place, size in entries(data, HEADER.size, used) if size == 3}
        assert found == expected
        assert {key for key, *_ in slot.entries()} == {b"filling.", *expected}
        slot.abandon()
        return came()

    assert points(work, tmp_path) > 10


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("who", ["same", "other"])
def test_a_series_while_one_is_made(tmp_path: Path, who: str, *, shared: bool) -> None:
    def work(folder: Path, at: int) -> bool:
        instruments = Instruments([COUNTER, HISTOGRAM, GAUGE], directory=folder if shared else None)
        counter, histogram = instruments.counter(COUNTER, Who), instruments.histogram(HISTOGRAM, Who)

        def count(who: str) -> None:
            bound = counter.labels(who)
            bound.inc(3)
            histogram.labels(who).observe(1.5)
            kept.append(bound.inc)

        kept: list[Callable[[], None]] = []
        with interrupted(at, lambda: count(who)) as came:
            count("same")
        for inc in kept:
            inc()
        number = 1 + came()
        assert instruments.total(COUNTER) == number * 4
        poured = histogram.labels("same")
        assert poured.cells[poured.at + 2] == (number if who == "same" else 1)
        assert counter.labels("same").cells[counter.labels("same").at] == (number * 4 if who == "same" else 4)
        if shared:
            reader = Instruments([COUNTER, HISTOGRAM, GAUGE], directory=folder)
            assert reader.total(COUNTER) == number * 4
        return came()

    assert points(work, tmp_path) > 30


def test_a_gauge_that_is_set_while_it_is_made(tmp_path: Path) -> None:
    def work(folder: Path, at: int) -> bool:
        gauge = Instruments([GAUGE], directory=folder).gauge(GAUGE, Who)
        with interrupted(at, lambda: gauge.labels("same").inc()) as came:
            gauge.labels("same").inc(2)
        bound = gauge.labels("same")
        assert bound.cells[bound.at] == 2 + came()
        bound.set(7)
        assert bound.cells[bound.at] == 7
        return came()

    assert points(work, tmp_path) > 20


def test_threads_that_add_series_and_exemplars_at_once(tmp_path: Path) -> None:
    instruments = Instruments([COUNTER, HISTOGRAM, GAUGE], directory=tmp_path)
    counter = instruments.counter(COUNTER, Who)

    def work(thread: int) -> None:
        for number in range(150):
            counter.labels(f"{thread} {number}").inc()
            counter.labels(str(number)).inc(exemplar={"trace_id": f"{thread} {number}"})

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(thread,)) for thread in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    finally:
        sys.setswitchinterval(interval)

    reader = Instruments([COUNTER, HISTOGRAM, GAUGE], directory=tmp_path)
    assert reader.total(COUNTER) == 4 * 150 * 2
    (path, *_) = sorted(tmp_path.glob("*.slot"))
    data = path.read_bytes()
    keys = [key for key, *_ in entries(data, HEADER.size, HEADER.unpack(data[: HEADER.size])[1])]
    assert len([key for key in keys if key.startswith(b'["c_total"')]) == 4 * 150 + 150
    assert len([key for key in keys if key.startswith(b"e")]) == 150
