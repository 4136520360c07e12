"""Counting that is interrupted at every point where a signal handler or a finalizer may come, by more counting."""

import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple, TypeVar

import pytest

from steward.instrument import Instruments
from steward.instrument import slot as slot_module
from steward.instrument.layout import HEADER, bounds, entries
from steward.instrument.slot import Slot
from steward.model import Counter, Gauge, Histogram, Label
from steward.testing.descriptors import close_forgotten

pytestmark = pytest.mark.slow

Result = TypeVar("Result")
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
        close_forgotten()
        if not more:
            return at
    raise AssertionError


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """Run what only lets others have their turn."""
    while True:
        try:
            work.send(None)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def read(path: Path) -> list[tuple[bytes, int, float]]:
    """Return what a reader sees: each key, how many numbers it has, and the first of them."""
    data = path.read_bytes()
    numbers = memoryview(data).cast("d")
    used = HEADER.unpack(data[: HEADER.size])[1]
    return [(key, size, numbers[at // 8]) for key, at, size in entries(data, HEADER.size, used)]


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
        assert {key: number for key, size, number in read(slot.path) if size == 3} == expected
        assert {key for key, *_ in slot.entries()} == {b"filling.", *expected}
        slot.abandon()
        return came()

    assert points(work, tmp_path) > 10


@pytest.mark.parametrize("left", [0, 16, 40, 1000, 8000])
@pytest.mark.parametrize(("size", "other"), [(3, 3), (200, 1), (200, 300)])
def test_an_entry_while_room_is_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int, size: int, other: int
) -> None:
    slot = Slot.claim(tmp_path, "f")
    slot.append(b"filling.", (HEADROOM - 16 - left) // 8)
    came = 0

    def interrupting(start: int, stop: int) -> slice:
        nonlocal came
        came += 1
        if came == 1:
            slot.append(b"interrupting", other)
        return slice(start, stop)

    monkeypatch.setattr(slot_module, "slice", interrupting, raising=False)
    slot.append(b"interrupted", size)
    slot.append(b"after", 1)

    assert came >= 3
    assert {key for key, *_ in read(slot.path)} == {b"filling.", b"interrupting", b"interrupted", b"after"}
    assert {key for key, *_ in slot.entries()} == {b"filling.", b"interrupting", b"interrupted", b"after"}


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
            (path,) = folder.glob("*.slot")
            counted = {key: first for key, _, first in read(path) if key.startswith(b'["c_total"')}
            assert sum(counted.values()) == number * 4
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


@pytest.mark.parametrize("shared", [True, False])
def test_a_scrape_while_which_more_is_counted_and_added_up(tmp_path: Path, *, shared: bool) -> None:
    def work(folder: Path, at: int) -> bool:
        instruments = Instruments([COUNTER], directory=folder if shared else None)
        counter = instruments.counter(COUNTER, Who)
        totals = []

        def handle() -> None:
            counter.labels("new").inc(2)
            assert instruments.total(COUNTER) == 3

        counter.labels("old").inc()
        with interrupted(at, handle) as came:
            first = finished(instruments.expose())[0].decode()
            totals.append(instruments.total(COUNTER))
        assert totals in ([1], [3])
        assert instruments.total(COUNTER) == (3 if came() else 1)
        assert 'c_total{who="old"} 1.0' in first
        second = finished(instruments.expose())[0].decode()
        assert ('c_total{who="new"} 2.0' in second) is came()
        return came()

    assert points(work, tmp_path) > 30


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
    keys = [key for key, *_ in read(path)]
    assert len([key for key in keys if key.startswith(b'["c_total"')]) == 4 * 150 + 150
    assert len([key for key in keys if key.startswith(b"e")]) == 150
