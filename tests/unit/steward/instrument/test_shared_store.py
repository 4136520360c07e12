"""Several Instruments over one directory, as several processes have them."""

import errno
import gc
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from steward.instrument import FolderUnusable, Instruments
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric

Exposed = Callable[[Instruments], Awaitable[list[str]]]

SOLD = Counter("sold_total", "Drinks sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Pouring.", buckets=(1, 2))
QUEUE = Gauge("queue", "People waiting.")
STAFF = Gauge("staff", "People who ever worked.", across=Across.SUM)
PEAK = Gauge("peak", "Longest queue.", across=Across.MAX)
MOOD = Gauge("mood", "Mood last seen.", across=Across.LATEST)
ENTRY = b"steward1\x28" + b"\0" * 7 + b"\x08\0\0\0\x01\0\0\0" + b"not JSON" + b"\0" * 8
"""A file that is in order but for its only key."""
METRICS: tuple[Metric, ...] = (SOLD, POURED, QUEUE, STAFF, PEAK, MOOD)


class Process:
    """What a process does with Instruments, up to its end."""

    def __init__(self, directory: Path) -> None:
        self.instruments = Instruments(METRICS, directory=directory)

    def work(self, number: float) -> None:
        self.instruments.counter(SOLD).inc(number, bar="b1")
        self.instruments.histogram(POURED).observe(number)
        for gauge in (QUEUE, STAFF, PEAK, MOOD):
            self.instruments.gauge(gauge).set(number)

    def end(self) -> None:
        """Let go of the file, as the kernel does for a process that is killed."""
        del self.instruments
        gc.collect()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


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


async def test_what_the_dead_leave(tmp_path: Path, exposed: Exposed) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    one.work(1)
    other.work(3)
    other.end()

    lines = await exposed(one.instruments)

    assert 'sold_total{bar="b1"} 4.0' in lines
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

    assert len(_files(tmp_path)) == 2
    assert 'sold_total{bar="b1"} 6.0' in lines
    assert "poured_count 3.0" in lines
    assert lines[-4:] == ["queue 3.0", "staff 6.0", "peak 3.0", "mood 2.0"]


async def test_a_sum_that_is_set_again_replaces_only_its_own_part(tmp_path: Path, exposed: Exposed) -> None:
    one = Process(tmp_path)
    one.work(3)
    one.end()
    replacement = Process(tmp_path)

    for number in (1, 2):
        replacement.instruments.gauge(STAFF).set(number)

    assert "staff 5.0" in await exposed(replacement.instruments)


async def test_a_file_grows_while_bound_handles_go_on_counting(tmp_path: Path, exposed: Exposed) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    first = one.instruments.counter(SOLD).bind(bar="b0")
    for number in range(3000):
        one.instruments.counter(SOLD).inc(bar=f"b{number}")
    first.inc()

    lines = await exposed(other.instruments)

    assert other.instruments.total(SOLD) == 3001
    assert 'sold_total{bar="b0"} 2.0' in lines
    assert len([line for line in lines if line.startswith("sold_total")]) == 3000


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


@pytest.mark.parametrize(
    "damage", [b"", b"garbage", b"steward1" + b"\xff" * 8, b"steward1\x40" + b"\0" * 7 + b"\xff" * 99, ENTRY]
)
async def test_a_damaged_file_harms_nobody(tmp_path: Path, exposed: Exposed, damage: bytes) -> None:
    one, other = Process(tmp_path), Process(tmp_path)
    one.work(1)
    other.end()
    _files(tmp_path)[1].write_bytes(damage)

    assert 'sold_total{bar="b1"} 1.0' in await exposed(one.instruments)
    replacement = Process(tmp_path)
    replacement.work(1)
    assert 'sold_total{bar="b1"} 2.0' in await exposed(one.instruments)


async def test_a_full_disk_costs_new_series_not_the_application(
    tmp_path: Path, exposed: Exposed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = Process(tmp_path)
    one.work(1)

    def full(_descriptor: int, _offset: int, _length: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    for number in range(3000):
        one.instruments.counter(SOLD).inc(bar=f"b{number}")

    assert 'sold_total{bar="b1"} 2.0' in await exposed(one.instruments)
    assert caplog.text.count("No space left on device") == 1


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(
        FolderUnusable, match=f"cannot share their numbers in {tmp_path}/file/shared: Not a directory"
    ):
        Instruments(METRICS, directory=tmp_path / "file" / "shared")


def test_files_are_closed_to_others(tmp_path: Path) -> None:
    process = Process(tmp_path / "shared")

    (file,) = _files(tmp_path / "shared")

    assert process.instruments.total(SOLD) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
