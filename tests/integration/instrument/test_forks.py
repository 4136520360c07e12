"""Processes that fork, start others and run out of disk while they count."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from steward.instrument import Instruments
from steward.model import Across, Counter, Gauge, Histogram, Label
from steward.testing.polling import eventually

pytestmark = pytest.mark.slow

PROLOGUE = """
import asyncio, multiprocessing, os, resource, shutil, signal, sys, threading
from pathlib import Path
from typing import NamedTuple
from steward.instrument import Instruments
from steward.instrument.claim import is_held
from steward.instrument.layout import number_of
from steward.instrument.slot import Slot
from steward.model import Across, Counter, Gauge, Histogram, Label

class Bar(NamedTuple):
    bar: str

SOLD = Counter("sold_total", "Sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")
STAFF = Gauge("staff", "Ever worked.", across=Across.SUM)
FOLDER = Path(sys.argv[1])
METRICS = [SOLD, POURED, QUEUE, STAFF]

def wait_all():
    while True:
        try:
            _, status = os.wait()
        except ChildProcessError:
            return
        assert status == 0, status
"""

THREADS = r"""
instruments = Instruments(METRICS, directory=FOLDER)
family = instruments.counter(SOLD, Bar)
hot, poured = family.labels("hot"), instruments.histogram(POURED)
instruments.gauge(QUEUE).set(1000)
done, counted = threading.Event(), [0] * 4

def work(number):
    sys.setswitchinterval(1e-6)
    while not done.is_set():
        hot.inc()
        poured.observe(1.5)
        family.labels(str(counted[number] % 700)).inc()
        counted[number] += 1

threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)]
for thread in threads:
    thread.start()
for number in range(12):
    if os.fork() == 0:
        for _ in range(500):
            hot.inc()
            poured.observe(1.5)
            family.labels(f"child {number}").inc()
            family.labels("0").inc()
        instruments.gauge(QUEUE).set(1)
        if number % 3:
            os._exit(0)
        os.write(1, b"child\n")
        os.read(0, 1)
        os._exit(0)
done.set()
for thread in threads:
    thread.join()
os.write(1, f"counted {sum(counted)}\n".encode())
os.read(0, 1)
"""


SOLD = Counter("sold_total", "Sold.", (Label.bounded("bar", 5000, "a bar"),))
POURED = Histogram("poured", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")
STAFF = Gauge("staff", "Ever worked.", across=Across.SUM)


@pytest.fixture
def reader(tmp_path: Path) -> Instruments:
    return Instruments([SOLD, POURED, QUEUE, STAFF], directory=tmp_path)


def _start(source: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROLOGUE + source, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(source: str, folder: Path) -> tuple[str, str]:
    """Run to the end and return what was written to stdout and stderr."""
    process = _start(source, folder)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    return out, error


def _lines(reader: Instruments) -> list[str]:
    body, _ = asyncio.run(reader.expose())
    return [line for line in body.decode().splitlines() if not line.startswith(("#", "steward_"))]


def _value(lines: list[str], series: str) -> float:
    (value,) = [line.rpartition(" ")[2] for line in lines if line.rpartition(" ")[0] == series]
    return float(value)


def test_forks_while_threads_count(tmp_path: Path, reader: Instruments) -> None:
    process = _start(THREADS, tmp_path)
    assert process.stdout is not None
    replies = [process.stdout.readline().split() for _ in range(5)]
    (counted,) = [int(reply[1]) for reply in replies if reply[0] == "counted"]
    each = counted + 12 * 500

    everything = 2 * counted + 12 * 500 * 3
    eventually("what every child counted", lambda: reader.total(SOLD) >= everything)
    assert reader.total(SOLD) == everything
    lines = _lines(reader)
    assert _value(lines, 'sold_total{bar="hot"}') == each
    assert _value(lines, 'poured_bucket{le="2.0"}') == each
    assert _value(lines, "poured_sum") == each * 1.5
    assert [_value(lines, f'sold_total{{bar="child {number}"}}') for number in range(12)] == [500.0] * 12
    eventually("one value of the parent, four of children", lambda: _value(_lines(reader), "queue") == 1004)

    process.kill()
    process.wait(30)
    assert _value(_lines(reader), "queue") == 4, "no child keeps its parent's part alive"
    process.communicate()
    eventually("nobody alive", lambda: not [line for line in _lines(reader) if line.startswith("queue")])


def test_a_child_without_a_folder_counts_for_itself_alone(tmp_path: Path) -> None:
    out, _ = _run(
        """
instruments = Instruments(METRICS)
sold = instruments.counter(SOLD, Bar).labels("b")
sold.inc(5)
for _ in range(3):
    if os.fork() == 0:
        sold.inc()
        instruments.counter(SOLD, Bar).labels("child").inc()
        instruments.histogram(POURED).observe(1, exemplar={"a": "b"})
        print(instruments.total(SOLD), flush=True)
        os._exit(0)
    wait_all()
sold.inc()
print(instruments.total(SOLD), instruments.histogram(POURED).cells[instruments.histogram(POURED).at])
""",
        tmp_path,
    )

    assert out.split() == ["7.0", "7.0", "7.0", "6.0", "0.0"]


def test_children_of_children(tmp_path: Path, reader: Instruments) -> None:
    _run(
        """
instruments = Instruments(METRICS, directory=FOLDER)
sold, staff = instruments.counter(SOLD, Bar).labels("b"), instruments.gauge(STAFF)
depth = 0
while depth < 4 and os.fork() == 0:
    depth += 1
    sold.inc(10 ** depth)
    staff.inc()
sold.inc()
staff.inc()
wait_all()
""",
        tmp_path,
    )

    lines = _lines(reader)
    assert reader.total(SOLD) == 11110 + 5
    assert _value(lines, "staff") == 9
    assert len(list(tmp_path.glob("*.slot"))) == 6


def test_processes_that_are_spawned(tmp_path: Path, reader: Instruments) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        PROLOGUE
        + """
instruments = Instruments(METRICS, directory=FOLDER)
sold = instruments.counter(SOLD, Bar).labels("b")

def work(times):
    for _ in range(times):
        sold.inc()

if __name__ == "__main__":
    for way in ("spawn", "forkserver", "fork"):
        context = multiprocessing.get_context(way)
        processes = [context.Process(target=work, args=(100,)) for _ in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
    work(1)
"""
    )
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=60)

    assert reader.total(SOLD) == 601


def test_claims_at_once_while_somebody_looks(tmp_path: Path) -> None:
    out, _ = _run(
        """
slots = [Slot.claim(FOLDER, "f") for _ in range(4)]
del slots
looker = os.fork()
if looker == 0:
    files = [os.open(FOLDER / f"f-{number}.slot", os.O_RDONLY) for number in range(4)]
    while True:
        for file in files:
            is_held(file)
for _ in range(15):
    begin, go = os.pipe()
    told, tell = os.pipe()
    end, over = os.pipe()
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            os.close(go), os.close(over)
            os.read(begin, 1)
            slot = Slot.claim(FOLDER, "f")
            os.write(tell, str(number_of(slot.path)).encode())
            os.read(end, 1)
            os._exit(0)
        children.append(child)
    os.close(begin), os.close(end)
    os.close(go)
    print("".join(sorted("".join(os.read(told, 1).decode() for _ in range(4)))))
    os.close(over), os.close(told), os.close(tell)
    for child in children:
        os.waitpid(child, 0)
os.kill(looker, signal.SIGKILL)
""",
        tmp_path,
    )

    assert out.split() == ["0123"] * 15


def test_a_child_that_gets_no_slot_counts_on_and_lets_its_parent_go(tmp_path: Path, reader: Instruments) -> None:
    process = _start(
        """
folder = FOLDER
first = Instruments(METRICS, directory=folder)
first.counter(SOLD, Bar).labels("left by another").inc()
del first
instruments = Instruments(METRICS, directory=folder)
sold = instruments.counter(SOLD, Bar).labels("b")
sold.inc(exemplar={"of": "parent"})
instruments.gauge(QUEUE).set(7)
instruments._store.folder = FOLDER / "program.py" / "no folder"
(FOLDER / "program.py").touch()
if os.fork() == 0:
    sold.inc(3, exemplar={"of": "child"})
    instruments.counter(SOLD, Bar).labels("new").inc(4)
    instruments.histogram(POURED).observe(1, exemplar={"a": "b"})
    print(sold.cells[sold.at], flush=True)
    os.read(0, 1)
    os._exit(0)
os.read(0, 1)
""",
        tmp_path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "3.0\n"
    assert _value(_lines(reader), "queue") == 7

    process.kill()
    process.wait(30)

    lines = _lines(reader)
    assert "queue" not in " ".join(lines)
    body, _ = asyncio.run(reader.expose("application/openmetrics-text"))
    assert b'{of="parent"}' in body
    assert reader.total(SOLD) == 2
    _, error = process.communicate(timeout=60)
    assert error.count("this process's numbers are not exposed") == 1


def test_a_file_that_may_not_grow(tmp_path: Path, reader: Instruments) -> None:
    out, error = _run(
        """
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
instruments = Instruments(METRICS, directory=FOLDER)
for number in range(5000):
    bound = instruments.counter(SOLD, Bar).labels(f"a bar with a long name {number}")
    bound.inc()
print(bound.cells[bound.at])
""",
        tmp_path,
    )

    assert out == "1.0\n"
    assert error.count("new series are not exposed") == 1
    assert 1000 < len([line for line in _lines(reader) if line.startswith("sold")]) < 5000


def test_a_signal_handler_that_counts_through_forks(tmp_path: Path, reader: Instruments) -> None:
    out, _ = _run(
        """
instruments = Instruments(METRICS, directory=FOLDER)
family = instruments.counter(SOLD, Bar)
came = 0

def handle(number, frame):
    global came
    came += 1
    family.labels(f"signal {came % 50}").inc()

signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
for number in range(40):
    child = os.fork()
    if child == 0:
        for one in range(200):
            family.labels(f"child {one}").inc()
        os._exit(0)
    os.waitpid(child, 0)
while came < 100:
    family.labels("parent").inc(0)
signal.setitimer(signal.ITIMER_REAL, 0)
print(came)
""",
        tmp_path,
    )

    lines = _lines(reader)
    signals = sum(float(line.rpartition(" ")[2]) for line in lines if 'bar="signal' in line)
    assert signals == float(out)
    assert sum(float(line.rpartition(" ")[2]) for line in lines if 'bar="child' in line) == 8000


HELD = """
from steward.instrument.locking import Lock

lock, held, end = Lock(), threading.Event(), threading.Event()

def hold():
    with lock:
        held.set()
        end.wait()

thread = threading.Thread(target=hold, daemon=True)
thread.start()
held.wait()
if os.fork() == 0:
    signal.alarm(5)
    with lock:
        os._exit(0)
wait_all()
end.set()
thread.join()
"""


def test_a_lock_that_another_thread_held_is_open_in_a_child(tmp_path: Path) -> None:
    _run(HELD, tmp_path)
