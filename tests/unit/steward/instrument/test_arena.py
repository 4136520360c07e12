import mmap
import re
from itertools import pairwise
from pathlib import Path

import pytest

from steward.instrument import arena as arena_module
from steward.instrument.arena import Arena, ArenaFull
from steward.instrument.layout import DOUBLE, ZERO_AT


def test_each_has_its_own_numbers() -> None:
    arena = Arena()
    _, one = arena.append(3)
    numbers, other = arena.append(2)

    numbers[one] = numbers[one + 2] = 7.0

    assert other == one + 3
    assert list(numbers[one : other + 2]) == [7.0, 0.0, 7.0, 0.0, 0.0]


def test_one_number_is_always_zero() -> None:
    arena = Arena()
    numbers, at = arena.append(1)

    numbers[at] = 1.0

    assert at > ZERO_AT
    assert numbers[ZERO_AT] == 0.0


def test_it_says_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arena_module, "_RESERVED", mmap.PAGESIZE)
    arena = Arena()
    arena.append(mmap.PAGESIZE // DOUBLE - ZERO_AT - 2)
    _, last = arena.append(1)

    with pytest.raises(ArenaFull, match="numbers are in use"):
        arena.append(1)
    assert last == len(arena.numbers) - 1


def test_no_memory_is_set_aside_for_what_is_not_used() -> None:
    arena = Arena()
    arena.numbers[0] = 1

    maps = Path("/proc/self/smaps").read_text().split("VmFlags:")
    flags = [after.splitlines()[0].split() for before, after in pairwise(maps) if _megabytes(before) >= 64]

    assert any("nr" in one and "ac" not in one for one in flags)


def _megabytes(mapping: str) -> int:
    (size,) = re.findall(r"^Size: +(\d+) kB$", mapping, re.MULTILINE)[-1:] or ["0"]
    return int(size) // 1024
