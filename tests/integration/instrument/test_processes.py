"""Real processes that count into one directory, and are killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from steward.instrument import Instruments
from steward.model import Across, Counter, Gauge, Histogram, Label

pytestmark = pytest.mark.slow

Exposed = Callable[[Instruments], Awaitable[list[str]]]

WORKER = """
import json, os, sys
from pathlib import Path
from typing import NamedTuple
from steward.instrument import Instruments
from steward.model import Across, Counter, Gauge, Histogram, Label

class Bar(NamedTuple):
    bar: str

SOLD = Counter("sold_total", "Sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")
STAFF = Gauge("staff", "Ever worked.", across=Across.SUM)
instruments = Instruments([SOLD, POURED, QUEUE, STAFF], directory=Path(sys.argv[1]))

def serve(requests, replies):
    for line in requests:
        times, bars = json.loads(line)
        for bar in range(bars):
            instruments.counter(SOLD, Bar).labels(str(bar)).inc(0)
        sold = instruments.counter(SOLD, Bar).labels("0")
        poured = instruments.histogram(POURED)
        for _ in range(times):
            sold.inc()
            poured.observe(1)
        instruments.gauge(QUEUE).inc()
        instruments.gauge(STAFF).set(1)
        print("done", file=replies, flush=True)
"""
SPAWNED = WORKER + "serve(sys.stdin, sys.stdout)\n"
FORKED = (
    WORKER
    + """
instruments.counter(SOLD, Bar).labels("0").inc(1000)
instruments.gauge(QUEUE).set(100)
instruments.gauge(STAFF).set(10)
child = os.fork()
if child:
    print(child, flush=True)
    os.waitpid(child, 0)
    print("buried", flush=True)
    sys.stdin.close()
    os.read(int(sys.argv[2]), 1)
else:
    serve(sys.stdin, sys.stdout)
"""
)
POOLED = """
import asyncio, os, sys
from pathlib import Path
from sqlalchemy import QueuePool, create_engine
from festivals.catalogue import database
from steward.instrument import Instruments, SqlMetrics, watch_engine

instruments = Instruments(database.METRICS, directory=Path(sys.argv[1]))
engine = create_engine("sqlite://", poolclass=QueuePool)
open_, idle, in_use = database.CONNECTIONS_OPEN, database.CONNECTIONS_IDLE, database.CONNECTIONS_IN_USE
watch_engine(
    engine,
    instruments,
    SqlMetrics(database.QUERIES, database.QUERY_DURATION, database.ERRORS, open_, idle, in_use),
)
with engine.connect(), engine.connect():
    pass
held = engine.connect()
if os.fork() == 0:
    engine.dispose(close=False)
    with engine.connect():
        body, _ = asyncio.run(instruments.expose())
        gauges = [line for line in body.decode().splitlines() if line.startswith("festivals_db_connections")]
        print(*gauges, sep=";", flush=True)
    os._exit(0)
os.wait()
"""
ENDLESS = (
    WORKER + "print('ready', flush=True)\nwhile True:\n    instruments.counter(SOLD, Bar).labels('0').inc()\n"
)

SOLD = Counter("sold_total", "Sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")
STAFF = Gauge("staff", "Ever worked.", across=Across.SUM)


class Worker:
    """A process that counts what it is told to."""

    def __init__(self, source: str, directory: Path, *arguments: str, pass_fds: tuple[int, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", source, str(directory), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=pass_fds,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests: IO[str] = self.process.stdin
        self.replies: IO[str] = self.process.stdout

    def begin(self, times: int, bars: int = 0) -> None:
        self.requests.write(json.dumps([times, bars]) + "\n")
        self.requests.flush()

    def await_line(self) -> str:
        return self.replies.readline().strip()

    def count(self, times: int, bars: int = 0) -> None:
        self.begin(times, bars)
        assert self.await_line() == "done"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self.requests.close()
        self.process.wait(30)
        self.replies.close()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker(SPAWNED, tmp_path))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def reader(tmp_path: Path) -> Instruments:
    return Instruments([SOLD, POURED, QUEUE, STAFF], directory=tmp_path)


def _number_of_files(folder: Path) -> int:
    return len(list(folder.glob("*.slot")))


async def test_sums_are_exact_after_kills(
    workers: Callable[[], Worker], reader: Instruments, exposed: Exposed, tmp_path: Path
) -> None:
    first = [workers() for _ in range(3)]
    for worker in first:
        worker.begin(1000, bars=1500)
    for worker in first:
        assert worker.await_line() == "done"
    for worker in first[:2]:
        worker.kill()

    assert "queue 1.0" in await exposed(reader)
    for _ in range(2):
        workers().count(500)

    lines = await exposed(reader)
    assert 'sold_total{bar="0"} 4000.0' in lines
    assert "poured_count 4000.0" in lines
    assert "poured_sum 4000.0" in lines
    assert "queue 3.0" in lines
    assert "staff 5.0" in lines
    assert _number_of_files(tmp_path) == 4, "replacements took the files of the dead"


async def test_a_kill_in_the_middle_loses_nothing_that_was_seen(
    reader: Instruments, exposed: Exposed, tmp_path: Path
) -> None:
    seen = 0.0
    for _ in range(5):
        worker = Worker(ENDLESS, tmp_path)
        assert worker.await_line() == "ready"
        for _ in range(20):
            now = reader.total(SOLD)
            assert now >= seen
            seen = now
        worker.kill()
        assert reader.total(SOLD) >= seen


async def test_a_forked_child_counts_for_itself(
    workers: Callable[[], Worker], reader: Instruments, exposed: Exposed, tmp_path: Path
) -> None:
    predecessor = workers()
    predecessor.count(0)
    predecessor.kill()
    end, keep = os.pipe()
    parent = Worker(FORKED, tmp_path, str(end), pass_fds=(end,))
    os.close(end)
    child = int(parent.await_line())

    parent.count(500)
    lines = await exposed(reader)
    assert 'sold_total{bar="0"} 1500.0' in lines
    assert "queue 101.0" in lines
    assert "staff 12.0" in lines

    os.kill(child, signal.SIGKILL)
    assert parent.await_line() == "buried"
    lines = await exposed(reader)
    assert 'sold_total{bar="0"} 1500.0' in lines
    assert "queue 100.0" in lines
    assert "staff 12.0" in lines

    os.close(keep)
    parent.close()
    assert "queue" not in " ".join(await exposed(reader))


def test_a_forked_child_counts_only_its_own_connections(tmp_path: Path) -> None:
    worker = Worker(POOLED, tmp_path)

    line = worker.await_line()
    worker.close()

    assert line == (
        "festivals_db_connections_open 3.0;festivals_db_connections_idle 1.0;festivals_db_connections_in_use 2.0"
    )


async def test_a_child_does_not_keep_its_dead_parent_alive(
    reader: Instruments, exposed: Exposed, tmp_path: Path
) -> None:
    end, keep = os.pipe()
    parent = Worker(FORKED, tmp_path, str(end), pass_fds=(end,))
    os.close(end)
    child = int(parent.await_line())
    parent.count(1)

    parent.process.send_signal(signal.SIGKILL)
    parent.process.wait(30)

    assert "queue 1.0" in await exposed(reader), "the child's own part alone"
    os.kill(child, signal.SIGKILL)
    os.close(keep)
    parent.close()
