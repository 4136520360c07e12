"""Threads and processes that count at once, as fast as they can."""

import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from steward.instrument import Instruments
from steward.model import Counter, Gauge, Histogram, Label

pytestmark = pytest.mark.slow

Exposed = Callable[[Instruments], Awaitable[list[str]]]

THREADS, INCREMENTS, OBSERVATIONS = 4, 200_000, 50_000
COUNT = """
import asyncio, sys, threading
from pathlib import Path
from typing import NamedTuple
from steward.instrument import Instruments
from steward.model import Counter, Gauge, Histogram, Label

class Bar(NamedTuple):
    bar: str

SOLD = Counter("sold_total", "Sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")
instruments = Instruments([SOLD, POURED, QUEUE], directory=Path(sys.argv[1]) if len(sys.argv) > 1 else None)
family = instruments.counter(SOLD, Bar)
sold, poured, queue = family.labels("0"), instruments.histogram(POURED), instruments.gauge(QUEUE)
begin = threading.Barrier(%(threads)d)

def increment():
    for number in range(%(increments)d):
        sold.inc()

def observe():
    for number in range(%(observations)d // 4):
        poured.observe(0.5)
        poured.observe(1.5)
        poured.observe(1.5)
        poured.observe(2.5)
        queue.inc()
        family.labels(str(number %% 500 + 1)).inc()
        queue.dec()

def work():
    begin.wait()
    increment()
    observe()
    queue.inc()

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=work) for _ in range(%(threads)d)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(asyncio.run(instruments.expose())[0].decode(), flush=True)
sys.stdin.read()
""" % {"threads": THREADS, "increments": INCREMENTS, "observations": OBSERVATIONS}  # noqa: UP031

SOLD = Counter("sold_total", "Sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COUNT, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _expect_whole(lines: list[str], processes: int) -> None:
    workers = processes * THREADS
    quarter = OBSERVATIONS // 4
    assert f'sold_total{{bar="0"}} {float(workers * INCREMENTS)}' in lines
    others = [line for line in lines if re.match(r'sold_total\{bar="[1-9]', line)]
    assert [float(line.rpartition(" ")[2]) for line in others] == [workers * quarter / 500] * 500
    assert [line for line in lines if line.startswith("poured")] == [
        f'poured_bucket{{le="1.0"}} {float(workers * quarter)}',
        f'poured_bucket{{le="2.0"}} {float(workers * quarter * 3)}',
        f'poured_bucket{{le="+Inf"}} {float(workers * quarter * 4)}',
        f"poured_count {float(workers * quarter * 4)}",
        f"poured_sum {float(workers * quarter * 6)}",
    ]
    assert f"queue {float(workers)}" in lines


def test_threads_lose_nothing() -> None:
    process = _start()
    out, _ = process.communicate(timeout=120)

    _expect_whole(out.splitlines(), 1)


async def test_threads_of_several_processes_lose_nothing(tmp_path: Path, exposed: Exposed) -> None:
    reader = Instruments([SOLD, POURED, QUEUE], directory=tmp_path)
    processes = [_start(str(tmp_path)) for _ in range(2)]
    last = 0.0
    for process in processes:
        assert process.stdout is not None
        while "queue" not in process.stdout.readline():
            now = reader.total(SOLD)
            assert now >= last
            last = now

    _expect_whole(await exposed(reader), 2)
    for process in processes:
        process.communicate(timeout=60)
    lines = await exposed(reader)
    assert f'sold_total{{bar="0"}} {float(2 * THREADS * INCREMENTS)}' in lines
    assert "queue" not in " ".join(lines)
