import errno
import fcntl
import gc
import os
import tempfile
import threading
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.instrument import claim as claim_module
from steward.instrument import layout
from steward.instrument.claim import is_held
from steward.instrument.layout import DOUBLE, HEADER, MAGIC, ZERO_AT, bounds, entries, number_of
from steward.instrument.slot import Slot

FIRST_CHUNK = bounds(0)[1]
USED = slice(8, 16)


def claim(folder: Path) -> Slot:
    return Slot.claim(folder, "f")


def file(folder: Path, number: int = 0) -> Path:
    return folder / f"f-{number}.slot"


def entry(key: bytes, *numbers: float) -> bytes:
    cells = memoryview(bytearray(len(numbers) * DOUBLE)).cast("d")
    for at, number in enumerate(numbers):
        cells[at] = number
    padded = key + bytes(-len(key) % DOUBLE)
    return len(key).to_bytes(4, "little") + len(numbers).to_bytes(4, "little") + padded + cells.tobytes()


def header(used: int, magic: bytes = MAGIC) -> bytes:
    return HEADER.pack(magic, used, 1, 7)


def held(slot: Slot) -> dict[bytes, list[float]]:
    return {key: list(cells[at : at + size]) for key, cells, at, size in slot.entries()}


def read(path: Path) -> dict[bytes, list[float]]:
    """Return what a reader sees."""
    data = path.read_bytes()
    numbers = memoryview(data).cast("d")
    used = int.from_bytes(data[USED], "little")
    return {
        key: list(numbers[at // DOUBLE : at // DOUBLE + size])
        for key, at, size in entries(data, HEADER.size, used)
    }


class TestChunks:
    def test_each_begins_where_the_last_ends(self) -> None:
        ends = [bounds(number) for number in range(12)]

        assert ends[0] == (0, 65536)
        assert all(one[1] == other[0] for one, other in pairwise(ends))
        assert all(start % 65536 == 0 for start, _ in ends), "a map begins at a page"

    def test_each_doubles_the_last_up_to_four_mebibytes(self) -> None:
        sizes = [end - start for start, end in (bounds(number) for number in range(10))]

        assert sizes == [65536 * 2**number for number in range(7)] + [4 * 1024 * 1024] * 3


class TestEntries:
    @given(st.lists(st.tuples(st.binary(min_size=1, max_size=900), st.integers(1, 700)), unique_by=lambda x: x[0]))
    def test_the_next_holder_finds_what_was_added(self, added: list[tuple[bytes, int]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            slot, cells = claim(Path(folder)), None
            expected: dict[bytes, list[float]] = {}
            for number, (key, size) in enumerate(added):
                cells, at = slot.append(key, size)
                cells[at] = cells[at + size - 1] = number + 0.5
                expected[key] = list(cells[at : at + size])
            assert read(file(Path(folder))) == expected
            del slot, cells

            assert held(claim(Path(folder))) == expected

    def test_thousands_fill_several_chunks(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        places = [slot.append(f"key {number}".encode(), 17) for number in range(5000)]
        for number, (cells, at) in enumerate(places):
            cells[at + 16] = number

        found = read(file(tmp_path))
        assert len(found) == 5000
        assert all(found[f"key {number}".encode()] == [0.0] * 16 + [number] for number in range(5000))
        assert file(tmp_path).stat().st_size == bounds(3)[1]
        assert held(slot) == found

    @pytest.mark.parametrize("left", [0, 8, 16, 24])
    def test_none_lies_across_two_chunks(self, tmp_path: Path, left: int) -> None:
        slot = claim(tmp_path)
        slot.append(b"filling.", (FIRST_CHUNK - HEADER.size - 16 - left) // DOUBLE)
        cells, at = slot.append(b"eight by", 2)
        cells[at] = 1.0
        _, further = slot.append(b"next    ", 1)

        data = file(tmp_path).read_bytes()
        begin = data.index(b"eight by") - 8
        assert begin == FIRST_CHUNK
        assert at == 2
        assert further == at + 2 + 2
        assert read(file(tmp_path))[b"eight by"] == [1.0, 0.0]
        assert held(slot)[b"eight by"] == [1.0, 0.0]

    def test_one_that_ends_with_its_chunk_stays_in_it(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        slot.append(b"filling.", (FIRST_CHUNK - HEADER.size - 16 - 24) // DOUBLE)

        slot.append(b"eight by", 1)

        assert file(tmp_path).stat().st_size == FIRST_CHUNK
        del slot
        slot = claim(tmp_path)
        slot.append(b"next", 1)
        assert set(read(file(tmp_path))) == {b"filling.", b"eight by", b"next"}

    def test_one_that_is_greater_than_the_first_chunks_lies_in_a_later_one(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)

        slot.append(b"great", 40_000)

        assert len(read(file(tmp_path))[b"great"]) == 40_000
        assert held(slot) == read(file(tmp_path))

    def test_one_that_no_chunk_can_hold_is_refused(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)

        with pytest.raises(OSError, match="more than a chunk"):
            slot.append(b"greatest", 4 * 1024 * 1024 // DOUBLE)
        assert file(tmp_path).stat().st_size == FIRST_CHUNK

    def test_one_may_fill_a_chunk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(layout, "LARGEST_CHUNK", 2 * FIRST_CHUNK)
        slot = claim(tmp_path)

        slot.append(b"greatest", (2 * FIRST_CHUNK - 16) // DOUBLE)

        assert set(held(slot)) == set(read(file(tmp_path))) == {b"greatest"}
        assert file(tmp_path).stat().st_size == 3 * FIRST_CHUNK
        with pytest.raises(OSError, match="more than a chunk"):
            slot.append(b"greatest", 2 * FIRST_CHUNK // DOUBLE - 1)

    def test_the_header_holds_a_zero(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)

        assert memoryview(file(tmp_path).read_bytes()).cast("d")[ZERO_AT] == 0.0
        assert slot.append(b"a", 1)[1] * DOUBLE >= HEADER.size

    def test_threads_add_one_after_another(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        thread = threading.Thread(target=slot.append, args=(b"a", 1))
        with slot._lock:
            thread.start()
            thread.join(0.01)
            assert read(file(tmp_path)) == {}
        thread.join(30)

        assert read(file(tmp_path)) == {b"a": [0.0]}

    def test_the_bytes_of_numbers_are_those_bytes(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        slot.append(b"filling", 9000)
        cells, at = slot.append(b"text", 2)

        slot.bytes_of(cells, at, 2)[:5] = b"hello"

        assert cells.cast("B")[at * DOUBLE : at * DOUBLE + 5].tobytes() == b"hello"
        assert b"hello" in file(tmp_path).read_bytes()


class TestKilledWhileWriting:
    """What a holder leaves that is killed between any two of its writes."""

    @pytest.mark.parametrize("key", [b"new", b"new key!"])
    def test_a_part_of_an_entry(self, tmp_path: Path, key: bytes) -> None:
        whole = entry(key, 3.0, 4.0)
        old = entry(b"old", 5.0)
        for written in range(len(whole) + 1):
            data = header(HEADER.size + len(old)) + old + whole[:written]
            file(tmp_path).write_bytes(data + bytes(FIRST_CHUNK - len(data)))

            slot = claim(tmp_path)
            cells, at = slot.append(b"next", 3)

            assert list(cells[at : at + 3]) == [0.0, 0.0, 0.0]
            assert held(slot) == read(file(tmp_path)) == {b"old": [5.0], b"next": [0.0, 0.0, 0.0]}
            del slot, cells

    def test_a_chunk_that_is_there_and_not_in_use(self, tmp_path: Path) -> None:
        old = entry(b"old", *[0.0] * 8000)
        data = header(HEADER.size + len(old)) + old
        for size in (FIRST_CHUNK, FIRST_CHUNK + 4096, bounds(1)[1], bounds(2)[1]):
            file(tmp_path).write_bytes(data + bytes(size - len(data)))

            slot = claim(tmp_path)
            slot.append(b"next", 200)

            assert set(held(slot)) == set(read(file(tmp_path))) == {b"old", b"next"}
            assert file(tmp_path).stat().st_size >= bounds(1)[1]
            del slot

    def test_a_filler_that_is_written_and_not_in_use(self, tmp_path: Path) -> None:
        old = entry(b"old", *[0.0] * 8000)
        left = FIRST_CHUNK - HEADER.size - len(old)
        filler = (0).to_bytes(4, "little") + (left // DOUBLE - 1).to_bytes(4, "little")
        for written in (0, 4, 8):
            data = header(HEADER.size + len(old)) + old + filler[:written]
            file(tmp_path).write_bytes(data + bytes(bounds(1)[1] - len(data)))

            slot = claim(tmp_path)
            slot.append(b"next", 200)

            assert set(held(slot)) == set(read(file(tmp_path))) == {b"old", b"next"}
            del slot

    def test_a_part_of_an_entry_where_the_next_one_has_no_room(self, tmp_path: Path) -> None:
        old, cut = entry(b"old", *[0.0] * 8000), entry(b"cut", 3.0)[:16]
        data = header(HEADER.size + len(old)) + old + cut
        file(tmp_path).write_bytes(data + bytes(FIRST_CHUNK - len(data)))

        slot = claim(tmp_path)
        slot.append(b"next", 200)

        assert set(held(slot)) == set(read(file(tmp_path))) == {b"old", b"next"}

    def test_an_entry_counts_only_when_it_is_written(self, tmp_path: Path) -> None:
        class Killing:
            def __setitem__(self, _place: slice, _entry: bytes) -> None:
                raise KeyboardInterrupt

        slot = claim(tmp_path)
        slot.append(b"old", 1)
        slot._chunks[-1] = Killing()  # type: ignore[call-overload]
        before = file(tmp_path).read_bytes()

        with pytest.raises(KeyboardInterrupt):
            slot.append(b"new", 1)
        assert file(tmp_path).read_bytes() == before

    def test_a_filler_without_the_entry_that_it_made_room_for(self, tmp_path: Path) -> None:
        old = entry(b"old", *[0.0] * 8000)
        left = FIRST_CHUNK - HEADER.size - len(old)
        filler = (0).to_bytes(4, "little") + (left // DOUBLE - 1).to_bytes(4, "little")
        data = header(FIRST_CHUNK) + old + filler
        for size in (FIRST_CHUNK, bounds(1)[1]):
            file(tmp_path).write_bytes(data + bytes(size - len(data)))

            slot = claim(tmp_path)
            slot.append(b"next", 1)

            assert set(held(slot)) == set(read(file(tmp_path))) == {b"old", b"next"}
            del slot

    @pytest.mark.parametrize("size", [0, 1, 63, 64, 4096, FIRST_CHUNK])
    def test_a_file_without_a_header(self, tmp_path: Path, size: int) -> None:
        file(tmp_path).write_bytes(bytes(size))
        made = file(tmp_path).stat().st_ino

        slot = claim(tmp_path)
        slot.append(b"first", 1)

        assert read(file(tmp_path)) == {b"first": [0.0]}
        assert file(tmp_path).stat().st_ino == made

    def test_a_replacement_that_has_no_name_yet(self, tmp_path: Path) -> None:
        file(tmp_path).write_bytes(b"rubbish")
        (tmp_path / f"f-0.{os.getpid()}").write_bytes(b"what an earlier one left")

        slot = claim(tmp_path)
        slot.append(b"first", 1)

        assert read(file(tmp_path)) == {b"first": [0.0]}
        assert [path.name for path in tmp_path.iterdir()] == ["f-0.slot"]


OLD = entry(b"old", 5.0)
DAMAGED = {
    "another file": b"#!/bin/sh\n",
    "the format before": HEADER.pack(b"steward1", 80, 0, 0) + OLD,
    "a header of nothing": MAGIC + b"\1" * 56,
    "in use beyond its end": header(4 * FIRST_CHUNK),
    "in use far beyond its end": header(2**63),
    "nothing in use, not even the header": header(0) + OLD,
    "less in use than the header": header(56) + OLD,
    "in use up to the middle of a number": header(HEADER.size + len(OLD) - 4) + OLD,
    "in use up to the middle of what would be a key's length": header(HEADER.size + len(OLD) + 4) + OLD,
    "in use up to the middle of an entry": header(HEADER.size + len(OLD) - 8) + OLD,
    "an entry that goes beyond what is in use": header(HEADER.size + 16) + b"\xff" * 16,
    "rubbish after an entry": header(HEADER.size + len(OLD) + 104) + OLD + b"\xff" * 104,
    "an entry across two chunks": header(FIRST_CHUNK + 80)
    + entry(b"long", *[0.0] * ((FIRST_CHUNK - HEADER.size) // DOUBLE))
    + bytes(120),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("rest", [0, 3, FIRST_CHUNK])
def test_a_damaged_file_is_replaced_and_not_written_to(tmp_path: Path, damage: bytes, rest: int) -> None:
    content = damage + bytes(rest)
    file(tmp_path).write_bytes(content)
    (tmp_path / "before").hardlink_to(file(tmp_path))

    slot = claim(tmp_path)
    slot.append(b"first", 1)

    assert number_of(slot.path) == 0
    assert (tmp_path / "before").read_bytes() == content, "whoever has it mapped goes on reading it"
    assert read(file(tmp_path)) == held(slot) == {b"first": [0.0]}
    with file(tmp_path).open("rb") as opened:
        assert is_held(opened.fileno())


def test_a_sound_file_is_not_replaced_whatever_stands_behind_what_is_in_use(tmp_path: Path) -> None:
    data = header(HEADER.size + len(OLD)) + OLD
    file(tmp_path).write_bytes(data + b"\xff" * (FIRST_CHUNK - len(data) + 3))

    slot = claim(tmp_path)
    cells, at = slot.append(b"next", 2)

    assert list(cells[at : at + 2]) == [0.0, 0.0]
    assert held(slot) == {b"old": [5.0], b"next": [0.0, 0.0]}


class TestClaims:
    def test_each_holder_has_a_file_of_its_own(self, tmp_path: Path) -> None:
        slots = [claim(tmp_path) for _ in range(4)]

        assert [number_of(slot.path) for slot in slots] == [0, 1, 2, 3]
        assert [slot.path for slot in slots] == [file(tmp_path, number) for number in range(4)]

    def test_the_first_free_one_is_taken(self, tmp_path: Path) -> None:
        slots = {number: claim(tmp_path) for number in range(4)}
        del slots[3], slots[1]

        assert number_of(claim(tmp_path).path) == 1

    def test_it_is_held_as_long_as_any_map_of_it_is_there(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        cells, _ = slot.append(b"a", 1)
        del slot
        gc.collect()
        assert number_of(claim(tmp_path).path) == 1

        del cells
        gc.collect()
        assert number_of(claim(tmp_path).path) == 0

    def test_an_abandoned_one_is_free_whoever_still_refers_to_its_numbers(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        cells, _ = slot.append(b"a", 1)

        slot.abandon()

        assert number_of(claim(tmp_path).path) == 0
        with pytest.raises(ValueError, match="released"):
            cells[0] = 1.0

    def test_families_do_not_meet(self, tmp_path: Path) -> None:
        one, other = Slot.claim(tmp_path, "one"), Slot.claim(tmp_path, "other")

        assert (number_of(one.path), number_of(other.path)) == (0, 0)

    def test_who_holds_it_stands_in_it(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)

        assert HEADER.unpack(slot.path.read_bytes()[: HEADER.size])[2] == os.getpid()

    def test_files_of_one_name_are_told_apart(self, tmp_path: Path) -> None:
        marks = set()
        for _ in range(3):
            marks.add(HEADER.unpack(claim(tmp_path).path.read_bytes()[: HEADER.size])[3])
            file(tmp_path).unlink()

        assert len(marks) == 3

    def test_it_is_closed_to_others(self, tmp_path: Path) -> None:
        assert claim(tmp_path).path.stat().st_mode & 0o777 == 0o600

    def test_whoever_looks_whether_it_is_held_keeps_nobody_from_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        claim(tmp_path)
        looking = os.open(file(tmp_path), os.O_RDONLY)
        fcntl.flock(looking, fcntl.LOCK_SH)
        waited = 0

        def wait(_seconds: float) -> None:
            nonlocal waited
            waited += 1
            if waited == 3:
                fcntl.flock(looking, fcntl.LOCK_UN)

        monkeypatch.setattr(claim_module, "time", SimpleNamespace(sleep=wait))

        assert number_of(claim(tmp_path).path) == 0
        os.close(looking)

    def test_whoever_was_stopped_while_looking_keeps_nobody_for_long(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        claim(tmp_path)
        looking = os.open(file(tmp_path), os.O_RDONLY)
        fcntl.flock(looking, fcntl.LOCK_SH)
        monkeypatch.setattr(claim_module, "time", SimpleNamespace(sleep=lambda _seconds: None))

        assert number_of(claim(tmp_path).path) == 1
        os.close(looking)

    def test_one_that_lives_is_passed_by_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def sleep(_seconds: float) -> None:
            raise AssertionError("waited for a process that lives")

        living = claim(tmp_path)
        monkeypatch.setattr(claim_module, "time", SimpleNamespace(sleep=sleep))

        assert number_of(claim(tmp_path).path) == number_of(living.path) + 1

    def test_looking_does_not_hold_it(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        with slot.path.open("rb") as reader:
            assert is_held(reader.fileno())
            slot.abandon()
            assert not is_held(reader.fileno())
            assert number_of(claim(tmp_path).path) == 0

    def test_one_that_is_removed_before_it_is_locked_is_not_held(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        removed = 0
        locked = claim_module._locked

        def lock(descriptor: int) -> bool:
            nonlocal removed
            removed += 1
            if removed < 3:
                file(tmp_path).unlink()
            return locked(descriptor)

        monkeypatch.setattr(claim_module, "_locked", lock)

        slot = claim(tmp_path)

        assert file(tmp_path).samefile(slot.path)
        assert removed == 3

    def test_a_full_disk_is_said_and_leaves_nothing_open(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_descriptor: int, _offset: int, _length: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "posix_fallocate", full)
        gc.collect()
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        for content in (b"", b"rubbish"):
            file(tmp_path).write_bytes(content)
            with pytest.raises(OSError, match="No space left"):
                claim(tmp_path)
        gc.collect()

        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208

    def test_a_file_that_is_replaced_is_not_left_open(self, tmp_path: Path) -> None:
        gc.collect()
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        for _ in range(3):
            file(tmp_path).write_bytes(b"rubbish")
            claim(tmp_path).abandon()
        gc.collect()

        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208

    def test_the_disk_is_taken_and_no_hole_is_left(self, tmp_path: Path) -> None:
        slot = claim(tmp_path)
        slot.append(b"great", 40_000)

        status = slot.path.stat()
        assert status.st_blocks * 512 >= status.st_size


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 300))
def test_reading_any_bytes_ends(data: bytes, start: int, end: int) -> None:
    for key, at, size in entries(data, start, end):
        assert start <= at <= at + size * DOUBLE <= min(end, len(data))
        assert key
