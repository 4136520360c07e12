"""Several Instruments over one directory, as several processes have them."""

import errno
import gc
import json
import os
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.instrument import FolderUnusable, Instruments
from steward.instrument.arena import Arena, ArenaFull
from steward.instrument.exemplars import SharedExemplars, encode_place
from steward.instrument.layout import HEADER, MAGIC
from steward.instrument.notices import Notices
from steward.instrument.slot import Slot
from steward.instrument.store import Placed, Store, decode, encode
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric

pytestmark = pytest.mark.slow

Exposed = Callable[[Instruments], Awaitable[list[str]]]


class Bar(NamedTuple):
    bar: str


SOLD = Counter("sold_total", "Drinks sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Pouring.", buckets=(1, 2))
QUEUE = Gauge("queue", "People waiting.")
STAFF = Gauge("staff", "People who ever worked.", across=Across.SUM)
PEAK = Gauge("peak", "Longest queue.", across=Across.MAX)
MOOD = Gauge("mood", "Mood last seen.", across=Across.LATEST)
ENTRY = b"\x08\0\0\0\x01\0\0\0" + b"not JSON" + b"\0" * 8
"""An entry that is in order but for its key."""
METRICS: tuple[Metric, ...] = (SOLD, POURED, QUEUE, STAFF, PEAK, MOOD)


class Process:
    """What a process does with Instruments, up to its end."""

    def __init__(self, directory: Path) -> None:
        self.instruments = Instruments(METRICS, directory=directory)

    def sell(self, bar: str = "b1", number: float = 1) -> None:
        self.instruments.counter(SOLD, Bar).labels(bar=bar).inc(number)

    def work(self, number: float) -> None:
        self.sell(number=number)
        self.instruments.histogram(POURED).observe(number)
        for gauge in (QUEUE, STAFF, PEAK, MOOD):
            self.instruments.gauge(gauge).set(number)

    def end(self) -> None:
        """Let go of the file, as the kernel does for a process that is killed."""
        del self.instruments
        gc.collect()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _slots(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.slot"))


async def test_each_exposes_the_numbers_of_all(tmp_path: Path, exposed: Exposed) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    one.work(3)
    other.work(1)

    lines = await exposed(one.instruments)

    assert lines == await exposed(other.instruments)
    assert lines == [
        'sold_total{bar="b1"} 4.0',
        'poured_bucket{le="1.0"} 1.0',
        'poured_bucket{le="2.0"} 1.0',
        'poured_bucket{le="+Inf"} 2.0',
        "poured_count 2.0",
        "poured_sum 4.0",
        "queue 4.0",
        "staff 4.0",
        "peak 3.0",
        "mood 1.0",
    ]
    assert one.instruments.total(SOLD) == 4


def test_a_folder_holds_a_slot_for_each_and_one_list_of_the_metrics(tmp_path: Path) -> None:
    processes = [Process(tmp_path) for _ in range(3)]

    names = sorted(os.listdir(tmp_path))  # noqa: PTH208

    fingerprint = names[0].rpartition("-")[0]
    assert names == [*[f"{fingerprint}-{number}.slot" for number in range(3)], f"{fingerprint}.json"]
    assert processes[0].instruments.total(SOLD) == 0


async def test_what_the_dead_leave(tmp_path: Path, exposed: Exposed) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    one.work(1)
    other.work(3)
    other.end()

    lines = await exposed(one.instruments)

    assert 'sold_total{bar="b1"} 4.0' in lines
    assert "poured_count 2.0" in lines
    assert lines[-4:] == ["queue 1.0", "staff 4.0", "peak 3.0", "mood 3.0"]


async def test_a_replacement_goes_on_in_the_file_of_the_dead(tmp_path: Path, exposed: Exposed) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    one.work(1)
    other.work(3)
    other.end()
    replacement = Process(tmp_path)

    assert (await exposed(one.instruments))[-4:] == ["queue 1.0", "staff 4.0", "peak 3.0", "mood 3.0"]

    replacement.work(2)
    lines = await exposed(one.instruments)

    assert len(_slots(tmp_path)) == 2
    assert 'sold_total{bar="b1"} 6.0' in lines
    assert "poured_count 3.0" in lines
    assert lines[-4:] == ["queue 3.0", "staff 6.0", "peak 3.0", "mood 2.0"]


async def test_gauges_of_nobody_living_are_absent(tmp_path: Path, exposed: Exposed) -> None:
    one = Process(tmp_path)
    reader = Process(tmp_path)
    one.work(3)
    one.end()

    assert (await exposed(reader.instruments))[-3:] == ["staff 3.0", "peak 3.0", "mood 3.0"]


async def test_a_sum_that_is_set_again_replaces_only_its_own_part(tmp_path: Path, exposed: Exposed) -> None:
    one = Process(tmp_path)
    one.work(3)
    one.end()
    replacement = Process(tmp_path)

    for number in (1, 2):
        replacement.instruments.gauge(STAFF).set(number)

    assert "staff 5.0" in await exposed(replacement.instruments)


@pytest.mark.parametrize(("left", "value", "shown"), [(5, 3, "5.0"), (5, 7, "7.0"), (-5, -7, "-5.0")])
async def test_the_highest_of_the_dead_stays_beneath_a_replacements(
    tmp_path: Path, exposed: Exposed, left: float, value: float, shown: str
) -> None:
    one = Process(tmp_path)
    one.instruments.gauge(PEAK).set(left)
    one.end()
    replacement = Process(tmp_path)
    for number in (9, value):
        replacement.instruments.gauge(PEAK).set(number)

    assert f"peak {shown}" in await exposed(replacement.instruments)


async def test_the_highest_is_a_number_where_one_process_has_none(tmp_path: Path, exposed: Exposed) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    one.instruments.gauge(PEAK).set(float("nan"))
    other.instruments.gauge(PEAK).set(2)
    assert "peak 2.0" in await exposed(one.instruments)

    one.instruments.gauge(PEAK).set(3)
    other.instruments.gauge(PEAK).set(float("nan"))
    assert "peak 3.0" in await exposed(one.instruments)

    other.end()
    replacement = Process(tmp_path)
    one.instruments.gauge(PEAK).set(-1)
    replacement.instruments.gauge(PEAK).set(-2)
    assert "peak -1.0" in await exposed(one.instruments)


async def test_a_file_grows_while_bound_handles_go_on_counting(tmp_path: Path, exposed: Exposed) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    family = one.instruments.counter(SOLD, Bar)
    first = family.labels(bar="b0")
    assert other.instruments.total(SOLD) == 0
    for number in range(3000):
        family.labels(bar=f"b{number}").inc()
    first.inc()

    lines = await exposed(other.instruments)

    assert other.instruments.total(SOLD) == 3001
    assert 'sold_total{bar="b0"} 2.0' in lines
    assert len([line for line in lines if line.startswith("sold_total")]) == 3000
    one.end()
    assert Process(tmp_path).instruments.total(SOLD) == 3001


async def test_another_catalogue_in_the_same_directory_is_not_mixed_in(tmp_path: Path, exposed: Exposed) -> None:
    Process(tmp_path).work(3)
    metric = Histogram("poured", "Pouring.", buckets=(1, 5))
    other = Instruments([metric], directory=tmp_path)

    other.histogram(metric).observe(4)

    assert await exposed(other) == [
        'poured_bucket{le="1.0"} 0.0',
        'poured_bucket{le="5.0"} 1.0',
        'poured_bucket{le="+Inf"} 1.0',
        "poured_count 1.0",
        "poured_sum 4.0",
    ]


class TestBounds:
    """The bound of a label holds for all processes of a folder, and for all that ever were."""

    METRIC = Counter("c_total", "x", (Label.bounded("bar", 10, "x"),))

    def _count(self, folder: Path, *bars: str) -> Instruments:
        instruments = Instruments([self.METRIC], directory=folder)
        for bar in bars:
            instruments.counter(self.METRIC, Bar).labels(bar).inc()
        return instruments

    async def test_generations_of_one_slot_share_it(self, tmp_path: Path, exposed: Exposed) -> None:
        lines: list[str] = []
        for generation in range(5):
            instruments = self._count(tmp_path, *[f"{generation} {number}" for number in range(20)])
            lines = await exposed(instruments)
            del instruments
            gc.collect()

        assert len(lines) == 11
        assert 'c_total{bar="other"} 90.0' in lines

    async def test_processes_that_live_share_it(self, tmp_path: Path, exposed: Exposed) -> None:
        living = [self._count(tmp_path, *[f"{process} {number}" for number in range(7)]) for process in range(3)]

        assert len(await exposed(living[0])) == 11

    async def test_values_that_others_know_are_no_new_ones(self, tmp_path: Path, exposed: Exposed) -> None:
        bars = [str(number) for number in range(10)]
        living = [self._count(tmp_path, *bars) for _ in range(3)]

        assert await exposed(living[0]) == [f'c_total{{bar="{bar}"}} 3.0' for bar in bars]


DAMAGE = {
    "empty": b"",
    "garbage": b"garbage",
    "the format before": HEADER.pack(b"steward1", 80, 0, 0) + bytes(100),
    "a header of nothing": MAGIC + b"\xff" * 56,
    "rubbish for entries": HEADER.pack(MAGIC, HEADER.size + 104, 0, 1) + b"\xff" * 104,
    "a key of something else": HEADER.pack(MAGIC, HEADER.size + len(ENTRY), 0, 1) + ENTRY,
    "no length of whole numbers": HEADER.pack(MAGIC, HEADER.size, 0, 1) + bytes(3),
}


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
    @pytest.mark.parametrize("in_place", [True, False])
    @pytest.mark.parametrize("seen_before", [True, False])
    async def test_a_damaged_file_harms_nobody(
        self, tmp_path: Path, exposed: Exposed, damage: bytes, *, in_place: bool, seen_before: bool
    ) -> None:
        one, other = Process(tmp_path), Process(tmp_path)
        one.work(1)
        other.sell("somewhere", 8)
        other.work(1)
        if seen_before:
            assert 'sold_total{bar="b1"} 2.0' in await exposed(one.instruments)
        other.end()
        path = _slots(tmp_path)[1]
        if not in_place:
            path.unlink()
        path.write_bytes(damage)

        lines = await exposed(one.instruments)
        assert 'sold_total{bar="b1"} 1.0' in lines
        assert lines[-4:] == ["queue 1.0", "staff 1.0", "peak 1.0", "mood 1.0"]
        replacement = Process(tmp_path)
        replacement.instruments.gauge(PEAK).set(7)
        replacement.work(1)
        lines = await exposed(one.instruments)
        assert lines[0] == 'sold_total{bar="b1"} 2.0'
        assert "somewhere" not in " ".join(lines)
        assert lines[-4:] == ["queue 2.0", "staff 2.0", "peak 1.0", "mood 1.0"]
        assert len(_slots(tmp_path)) == 2

    @pytest.mark.parametrize(
        "key",
        [
            b'["sold_total",["x"]]',
            b'["sold_total"]',
            b'["sold_total","a","b"]',
            b'["sold_total",7]',
            b'[["sold_total"],"x"]',
            b'["unheard_of_total"]',
            b"[]",
            b"[",
            b'"sold_total"',
            b"\xff\xfe",
            b"[" * 50_000,
            b"e[",
            b'e[0,"sold_total",["x"]]',
            b'e[9,"sold_total","b1"]',
            b'e[-1,"sold_total","b1"]',
            b'e[0,"unheard_of_total"]',
        ],
    )
    async def test_a_damaged_key_harms_nobody(self, tmp_path: Path, exposed: Exposed, key: bytes) -> None:
        one = Process(tmp_path)
        one.sell()
        slot = one.instruments._store._slot
        assert slot is not None
        slot.append(key, 1)
        one.sell("b2")
        expected = ['sold_total{bar="b1"} 1.0', 'sold_total{bar="b2"} 1.0']

        assert await exposed(one.instruments) == expected
        openmetrics, _ = await one.instruments.expose("application/openmetrics-text")
        assert openmetrics.endswith(b"# EOF\n")
        del slot
        one.end()
        assert await exposed(Process(tmp_path).instruments) == expected

    async def test_a_series_of_another_size_is_made_anew(self, tmp_path: Path, exposed: Exposed) -> None:
        one = Process(tmp_path)
        slot = one.instruments._store._slot
        assert slot is not None
        slot.append(b'["sold_total","b1"]', 3)
        del slot
        one.end()

        replacement = Process(tmp_path)
        replacement.sell()

        assert await exposed(replacement.instruments) == ['sold_total{bar="b1"} 1.0']


class TestFolder:
    async def test_one_that_is_emptied_loses_what_was_in_it_and_nobody_fails(
        self, tmp_path: Path, exposed: Exposed
    ) -> None:
        one = Process(tmp_path)
        one.work(1)
        assert 'sold_total{bar="b1"} 1.0' in await exposed(one.instruments)
        _empty(tmp_path)

        one.work(1)
        assert await exposed(one.instruments) == []
        assert one.instruments.total(SOLD) == 0
        other = Process(tmp_path)
        other.work(2)
        assert 'sold_total{bar="b1"} 2.0' in await exposed(one.instruments)

    async def test_one_that_is_removed_is_said_and_counting_goes_on(self, tmp_path: Path) -> None:
        one = Process(tmp_path / "shared")
        shutil.rmtree(tmp_path / "shared")

        one.work(1)
        one.sell("new")

        with pytest.raises(FileNotFoundError):
            await one.instruments.expose()
        other = Process(tmp_path / "shared")
        other.sell()
        assert one.instruments.total(SOLD) == 1

    def test_one_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        with pytest.raises(
            FolderUnusable, match=f"cannot share their numbers in {tmp_path}/file/shared: Not a directory"
        ):
            Instruments(METRICS, directory=tmp_path / "file" / "shared")

    def test_files_are_closed_to_others(self, tmp_path: Path) -> None:
        process = Process(tmp_path / "shared")

        (file,) = _slots(tmp_path / "shared")

        assert process.instruments.total(SOLD) == 0
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700


class TestFullDisk:
    @pytest.fixture
    def full(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        def allocate(_descriptor: int, _offset: int, _length: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        return lambda: monkeypatch.setattr(os, "posix_fallocate", allocate)

    async def test_it_costs_new_series_not_the_application(
        self, tmp_path: Path, exposed: Exposed, caplog: pytest.LogCaptureFixture, full: Callable[[], None]
    ) -> None:
        one = Process(tmp_path)
        one.work(1)
        full()
        for number in range(3000):
            one.sell(f"b{number}")

        lines = await exposed(one.instruments)
        assert 'sold_total{bar="b1"} 2.0' in lines
        assert 1000 < len(lines) < 3000
        assert caplog.text.count("No space left on device") == 1

    async def test_a_series_without_room_counts_all_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        full_slot = Process(tmp_path)
        monkeypatch.setattr(Slot, "append", _no_room)
        bound = full_slot.instruments.counter(SOLD, Bar).labels("b1")
        bound.inc(2)
        bound.inc(exemplar={"a": "b"})

        assert bound.cells[bound.at] == 3
        assert full_slot.instruments.counter(SOLD, Bar).labels("b1") is bound

    async def test_it_costs_new_exemplars_not_the_count(
        self, tmp_path: Path, exposed: Exposed, caplog: pytest.LogCaptureFixture, full: Callable[[], None]
    ) -> None:
        one = Process(tmp_path)
        family = one.instruments.counter(SOLD, Bar)
        bars = [f"b{number}" for number in range(60)]
        for bar in bars:
            family.labels(bar)
        full()
        for bar in bars:
            family.labels(bar).inc(exemplar={"bar": bar})

        assert one.instruments.total(SOLD) == 60
        body, _ = await one.instruments.expose("application/openmetrics-text")
        assert 20 < body.decode().count(" # {bar=") < 60
        assert caplog.text.count("No space left on device") == 1

    def test_memory_that_is_full_costs_new_series_not_the_application(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def append(_arena: object, _size: int) -> None:
            raise ArenaFull("all numbers are in use")

        monkeypatch.setattr(Arena, "append", append)
        instruments = Instruments(METRICS)
        poured = instruments.histogram(POURED)
        poured.observe(1)
        instruments.counter(SOLD, Bar).labels("b1").inc()
        instruments.gauge(PEAK).set(1)

        assert list(poured.cells[poured.at : poured.at + 4]) == [1, 1, 0, 0]
        assert caplog.text.count("new series are not exposed: all numbers are in use") == 1


def _no_room(_slot: Slot, _key: bytes, _size: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


class TestExemplars:
    async def test_the_last_of_all_processes_is_exposed(self, tmp_path: Path) -> None:
        one, other = Process(tmp_path), Process(tmp_path)
        for process, trace in ((one, "1"), (other, "2"), (one, "3")):
            process.instruments.counter(SOLD, Bar).labels("b1").inc(exemplar={"trace_id": trace})
            process.instruments.histogram(POURED).observe(1.5, exemplar={"trace_id": f"h{trace}"})
        one.end()

        body, _ = await other.instruments.expose("application/openmetrics-text")

        lines = body.decode().splitlines()
        assert [line.split(" # ")[1].rpartition(" ")[0] for line in lines if " # {" in line] == [
            '{trace_id="3"} 1.0',
            '{trace_id="h3"} 1.5',
        ]
        assert [line.split(" # ")[0] for line in lines if " # {" in line] == [
            'sold_total{bar="b1"} 3.0',
            'poured_bucket{le="2.0"} 3.0',
        ]

    async def test_a_replacement_writes_over_those_of_the_dead(self, tmp_path: Path) -> None:
        one = Process(tmp_path)
        one.instruments.counter(SOLD, Bar).labels("b1").inc(exemplar={"trace_id": "a long one " * 9})
        size = HEADER.unpack(_slots(tmp_path)[0].read_bytes()[: HEADER.size])[1]
        one.end()
        replacement = Process(tmp_path)

        before, _ = await replacement.instruments.expose("application/openmetrics-text")
        replacement.instruments.counter(SOLD, Bar).labels("b1").inc(exemplar={"trace_id": "2"})
        after, _ = await replacement.instruments.expose("application/openmetrics-text")

        assert b"a long one" in before
        assert b'{trace_id="2"} 1.0 ' in after
        assert b"a long one" not in after
        assert HEADER.unpack(_slots(tmp_path)[0].read_bytes()[: HEADER.size])[1] == size

    async def test_a_record_of_another_size_is_made_anew(self, tmp_path: Path) -> None:
        one = Process(tmp_path)
        slot = one.instruments._store._slot
        assert slot is not None
        slot.append(encode_place(("sold_total", ("b1",), 0)), 1)
        del slot
        one.end()
        replacement = Process(tmp_path)

        replacement.instruments.counter(SOLD, Bar).labels("b1").inc(exemplar={"trace_id": "2"})

        body, _ = await replacement.instruments.expose("application/openmetrics-text")
        assert b'sold_total{bar="b1"} 1.0 # {trace_id="2"} 1.0 ' in body


@given(st.lists(st.text(), max_size=4))
def test_a_series_is_read_as_it_was_written(values: list[str]) -> None:
    series = ("sold_total", tuple(values))

    assert decode(encode(series)) == series


def test_keys_are_json() -> None:
    assert json.loads(encode(("sold_total", ('"', "ü")))) == ["sold_total", '"', "ü"]


def test_whoever_made_a_series_twice_counts_on_in_a_forked_child(tmp_path: Path) -> None:
    store = Store(METRICS, tmp_path, Notices())
    one, other = Placed(), Placed()
    for placed in (one, other):
        store.place(("sold_total", ("b1",)), placed)

    store.restart()

    one.cells[one.at] += 1
    other.cells[other.at] += 2
    assert one.cells[one.at] == other.cells[other.at] == 3


def test_threads_make_one_series_after_another(tmp_path: Path) -> None:
    store, placed = Store(METRICS, tmp_path, Notices()), Placed()
    thread = threading.Thread(target=store.place, args=(("sold_total", ("b1",)), placed))
    with store.lock:
        thread.start()
        thread.join(0.01)
        assert not hasattr(placed, "cells")
    thread.join(30)

    assert placed.cells[placed.at] == 0


def test_threads_keep_one_exemplar_after_another(tmp_path: Path) -> None:
    store = Store(METRICS, tmp_path, Notices())
    assert isinstance(store.exemplars, SharedExemplars)
    put = threading.Thread(target=store.exemplars.put, args=(("poured", (), 0), {"t": "1"}, 1.0))
    (path,) = _slots(tmp_path)
    with store.exemplars._lock:
        put.start()
        put.join(0.01)
        assert encode_place(("poured", (), 0)) not in path.read_bytes()
    put.join(30)

    assert encode_place(("poured", (), 0)) in path.read_bytes()


def test_a_process_alone_knows_where_its_series_are() -> None:
    store = Store(METRICS, None, Notices())
    placed = Placed()

    store.place(("sold_total", ("b1",)), placed)

    assert placed.base == (0.0,)
    assert store.private["sold_total"] == {("b1",): placed.at}
