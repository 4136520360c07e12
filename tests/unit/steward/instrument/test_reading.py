import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steward.instrument import reading as reading_module
from steward.instrument.notices import Notices
from steward.instrument.reading import FolderReading, OwnReading, SlotFile
from steward.instrument.slot import Slot
from steward.instrument.store import Placed, Store, encode
from steward.model import Counter, Gauge, Histogram, Label, Metric

SOLD = Counter("sold_total", "Sold.", (Label.bounded("bar", 9999, "a bar"),))
POURED = Histogram("poured", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")
METRICS: tuple[Metric, ...] = (SOLD, POURED, QUEUE)


@pytest.fixture
def reading(tmp_path: Path) -> FolderReading:
    return FolderReading(tmp_path, METRICS, "f")


def sell(slot: Slot, *bars: str) -> None:
    for bar in bars:
        cells, at = slot.append(encode(("sold_total", (bar,))), 1)
        cells[at] += 1


def look(reading: FolderReading) -> list[SlotFile]:
    for _ in reading.refresh():
        pass
    return list(reading.parts)


def sold(part: SlotFile) -> dict[str, float]:
    return {values[0]: part.numbers[at] for values, at in part.places["sold_total"].items()}


def test_what_was_added_since_is_seen_at_the_next_look(tmp_path: Path, reading: FolderReading) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a")
    (part,) = look(reading)
    assert sold(part) == {"a": 1}

    sell(slot, *[f"b{number}" for number in range(3000)])
    assert look(reading) == [part]

    assert len(sold(part)) == 3001
    assert set(sold(part).values()) == {1.0}
    assert list(part.places["sold_total"])[:2] == [("a",), ("b0",)]


def test_processes_come_in_the_order_of_their_slots(tmp_path: Path, reading: FolderReading) -> None:
    slots = [Slot.claim(tmp_path, "f") for _ in range(12)]

    assert [part.number for part in look(reading)] == list(range(12))
    assert [pid for _, pid in reading.holders()] == [os.getpid()] * 12
    slots[3].abandon()
    look(reading)
    assert [number for number, _ in reading.holders()] == [number for number in range(12) if number != 3]


def test_what_is_not_a_slot_of_ours_is_not_read(tmp_path: Path, reading: FolderReading) -> None:
    slot = Slot.claim(tmp_path, "f")
    for name in ("f.json", "f-0.123", "g-1.slot", "f-.slot", "f-x.slot", "f-1", "ff-1.slot", "f-1.slot.tmp"):
        (tmp_path / name).write_bytes(slot.path.read_bytes())

    assert [part.number for part in look(reading)] == [0]


def test_a_file_without_a_header_is_empty_until_it_has_one(tmp_path: Path, reading: FolderReading) -> None:
    (tmp_path / "f-0.slot").touch()
    (part,) = look(reading)
    assert (part.alive, sold(part)) == (False, {})
    assert part.numbers[5] == 0.0

    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a")

    assert look(reading) == [part]
    assert (part.alive, sold(part)) == (True, {"a": 1})


def test_a_process_that_ends_stays_with_what_it_counted(tmp_path: Path, reading: FolderReading) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a")
    (part,) = look(reading)
    assert part.alive

    slot.abandon()
    look(reading)

    assert (part.alive, sold(part)) == (False, {"a": 1})


def test_a_file_that_grows_while_it_is_looked_at(
    tmp_path: Path, reading: FolderReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a")

    grown = False

    def growing(ask: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*arguments: object) -> Any:
            nonlocal grown
            answered = ask(*arguments)
            if not grown:
                grown = True
                slot.append(b"great", 20_000)
            return answered

        return answer

    monkeypatch.setattr(os, "pread", growing(os.pread))
    monkeypatch.setattr(os, "fstat", growing(os.fstat))

    (part,) = look(reading)

    assert sold(part) == {"a": 1}
    assert part.alive


def test_a_file_that_was_replaced_is_another(tmp_path: Path, reading: FolderReading) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a", "b")
    (before,) = look(reading)
    slot.path.unlink()
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "c")

    (after,) = look(reading)

    assert after is not before
    assert sold(after) == {"c": 1}


@pytest.mark.parametrize("looked_between", [True, False])
def test_a_file_that_was_made_anew_in_its_place_is_another(
    tmp_path: Path, reading: FolderReading, *, looked_between: bool
) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a", "b")
    (before,) = look(reading)
    slot.abandon()
    os.truncate(slot.path, 0)
    if looked_between:
        (empty,) = look(reading)
        assert (sold(empty), empty.numbers[5]) == ({}, 0.0)
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "c")

    (after,) = look(reading)

    assert after is not before
    assert sold(after) == {"c": 1}


def test_a_file_that_was_cut_short_is_not_read_beyond_its_end(tmp_path: Path, reading: FolderReading) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, *[f"b{number}" for number in range(3000)])
    look(reading)
    slot.abandon()
    os.truncate(slot.path, 65536)

    (part,) = look(reading)

    assert sold(part) == {}
    assert part.numbers[5] == 0.0


def test_a_length_that_is_not_of_whole_numbers_harms_nobody(tmp_path: Path, reading: FolderReading) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a")
    with slot.path.open("ab") as file:
        file.write(b"abc")

    (part,) = look(reading)

    assert sold(part) == {"a": 1}


def test_files_that_go_are_forgotten(
    tmp_path: Path, reading: FolderReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = [Slot.claim(tmp_path, "f") for _ in range(2)]
    look(reading)
    slots[0].path.unlink()
    assert [part.number for part in look(reading)] == [1]

    monkeypatch.setattr(os, "listdir", lambda _folder: ["f-1.slot", "f-7.slot"])
    assert [part.number for part in look(reading)] == [1], "gone between the two"


def test_files_that_go_are_closed(tmp_path: Path, reading: FolderReading) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for number in range(3):
        slot = Slot.claim(tmp_path, "f")
        sell(slot, str(number))
        assert len(look(reading)) == 1
        slot.path.unlink()
        del slot
    assert look(reading) == []
    gc.collect()

    assert len(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        look(FolderReading(tmp_path / "missing", METRICS, "f"))


def test_reading_many_keys_gives_others_their_turn(
    tmp_path: Path, reading: FolderReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "AT_ONCE", 10)
    slot = Slot.claim(tmp_path, "f")
    sell(slot, *[str(number) for number in range(95)])

    steps = [len(part.places["sold_total"]) for _ in reading.refresh() for part in reading.parts]

    assert steps == [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
    assert len(list(reading.refresh())) == 1, "no key is read twice"


def test_two_looks_that_take_turns_each_see_all(
    tmp_path: Path, reading: FolderReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "AT_ONCE", 2)
    slot = Slot.claim(tmp_path, "f")
    sell(slot, *[str(number) for number in range(20)])
    looks: list[Iterator[None]] = [reading.refresh()]
    next(looks[0])
    looks.append(reading.refresh())
    next(looks[1])
    sell(slot, *[str(number) for number in range(20, 40)])
    looks.append(reading.refresh())

    while looks:
        for one in list(looks):
            if next(one, "done") == "done":
                looks.remove(one)

    look(reading)
    (part,) = reading.parts
    assert sold(part) == {str(number): 1 for number in range(40)}
    assert list(part.places["sold_total"]) == [(str(number),) for number in range(40)]


def test_a_series_that_stands_twice_is_the_later_one(tmp_path: Path, reading: FolderReading) -> None:
    slot = Slot.claim(tmp_path, "f")
    sell(slot, "a", "a")
    cells, at = slot.append(encode(("sold_total", ("a",))), 1)
    cells[at] = 9

    (part,) = look(reading)

    assert sold(part) == {"a": 9}


def test_a_process_alone_reads_its_own_memory() -> None:
    store = Store(METRICS, None, Notices())
    reading = OwnReading(store)
    placed = Placed()
    store.place(("queue", ()), placed)
    placed.cells[placed.at] = 3.0

    assert list(reading.refresh()) == []
    assert reading.alive
    assert reading.parts == (reading,)
    assert reading.numbers[reading.places["queue"][()]] == 3.0


def test_exemplars_of_a_process_alone() -> None:
    store = Store(METRICS, None, Notices())
    store.exemplars.put(("sold_total", ("a",), 0), {"t": "1"}, 1.0)

    ((place, exemplar),) = OwnReading(store).exemplars()

    assert place == ("sold_total", ("a",), 0)
    assert exemplar.labels == {"t": "1"}


def test_an_exemplar_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    store = Store(METRICS, tmp_path, Notices())
    reading = FolderReading(tmp_path, METRICS, store.fingerprint)
    for bar in ("a", "b"):
        store.exemplars.put(("sold_total", (bar,), 0), {"t": "12345678"}, 1.0)
    look(reading)
    assert len(list(reading.exemplars())) == 2
    (path,) = tmp_path.glob("*.slot")
    at = path.read_bytes().index(b"12345678")
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"8765")

    assert [place[1] for place, _ in reading.exemplars()] == [("b",)]
