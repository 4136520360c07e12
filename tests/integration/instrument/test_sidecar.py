"""The sidecar as a process beside real workers, some of them killed."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import httpx
import psutil
import pytest
from prometheus_client.core import Metric as ClientFamily
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from steward.instrument import manifest
from steward.model import Counter
from steward.testing.polling import eventually
from steward.testing.ports import free_port

pytestmark = pytest.mark.slow

WORKER = """
import sys
from pathlib import Path
from typing import NamedTuple
from steward.instrument import Instruments
from steward.model import Across, Counter, Gauge, Histogram, Label

SOLD = Counter("sold_total", "Sold, so to say: a \\\\ and a\\nline.", (Label.bounded("bar", 50, "a bar"),))
POURED = Histogram("poured_total_seconds", "Poured.", buckets=(1, 2))
QUEUE = Gauge("queue", "Waiting.")
ASKED = Gauge("asked", "Asked.", across=Across.SCRAPE)
MORE = Gauge("more", "Only in newer programs.")

class AtBar(NamedTuple):
    bar: str

newer = (MORE,) if sys.argv[2] == "new" else ()
instruments = Instruments([SOLD, POURED, QUEUE, ASKED, *newer], directory=Path(sys.argv[1]))
sold = instruments.counter(SOLD, AtBar)
for line in sys.stdin:
    sold.labels(bar='a "bar"').inc(int(line), exemplar={"trace_id": "42"})
    instruments.histogram(POURED).observe(int(line))
    for gauge in (QUEUE, *newer):
        instruments.gauge(gauge).set(1)
    print("done", flush=True)
"""

WRITER = """
import sys
from pathlib import Path
from steward.instrument import manifest

folder, text = Path(sys.argv[1]), sys.argv[2]
metrics = manifest.load(text)
sys.stdin.readline()
for _ in range(100):
    path = manifest.write(folder, metrics)
    try:
        assert manifest.read(path).metrics == metrics
    except FileNotFoundError:
        pass
    path.unlink(missing_ok=True)
manifest.write(folder, metrics)
"""


class Worker:
    """A process that counts what it is told to."""

    def __init__(self, directory: Path, program: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(directory), program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests: IO[str] = self.process.stdin
        self.replies: IO[str] = self.process.stdout

    @property
    def pid(self) -> int:
        return self.process.pid

    def begin(self, sold: int) -> None:
        self.requests.write(f"{sold}\n")
        self.requests.flush()

    def done(self) -> None:
        assert self.replies.readline() == "done\n"

    def count(self, sold: int) -> None:
        self.begin(sold)
        self.done()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.requests.close()
        self.process.wait(30)
        self.replies.close()


class Sidecar:
    """A sidecar that runs."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process = process
        self.address = address

    def get(self, path: str = "/metrics", **headers: str) -> httpx.Response:
        return httpx.get(f"http://{self.address}{path}", headers=headers).raise_for_status()

    def families(self) -> dict[str, ClientFamily]:
        """Return what both formats say, having seen that it is the same."""
        text = {family.name: family for family in parse_text(self.get().text)}
        openmetrics = self.get(accept="application/openmetrics-text").text
        same = {family.name: family for family in parse_openmetrics(openmetrics)}  # type: ignore[no-untyped-call]
        assert text.keys() == same.keys()
        return text

    def end(self) -> tuple[int, list[str]]:
        """Ask it to end; return its exit code, and what it logged of the numbers."""
        self.process.terminate()
        _, said = self.process.communicate(timeout=30)
        lines = [json.loads(line) for line in said.splitlines()]
        return self.process.returncode, [line["event"] for line in lines if line["logger"] == "steward.instrument"]


@contextmanager
def _sidecar(directory: Path) -> Iterator[Sidecar]:
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-P", "-m", "steward.instrument.sidecar"]
    command += ["--directory", str(directory), "--listen", address]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        sidecar = Sidecar(process, address)
        try:
            eventually("the sidecar answers", lambda: _answers(sidecar))
            yield sidecar
        finally:
            process.kill()


def _answers(sidecar: Sidecar) -> bool:
    assert sidecar.process.poll() is None, "it ended at once"
    try:
        return sidecar.get("/healthz").text == "ok\n"
    except httpx.TransportError:
        return False


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    with ExitStack() as started:

        def start(program: str = "old") -> Worker:
            worker = Worker(tmp_path / "numbers", program)
            started.callback(worker.kill)
            return worker

        yield start


def _values(family: ClientFamily) -> dict[str, float]:
    return {sample.labels.get("worker", sample.name): sample.value for sample in family.samples}


def test_it_tells_of_workers_that_come_and_are_killed(workers: Callable[..., Worker], tmp_path: Path) -> None:
    folder = tmp_path / "numbers"
    with _sidecar(folder) as sidecar:
        assert sidecar.families().keys() == {"steward_instrument_sidecar_workers"}
        assert not folder.exists()

        one, other = workers(), workers()
        one.begin(3)
        other.begin(4)
        one.done()
        other.done()
        families = sidecar.families()
        assert _values(families["sold"]) == {"sold_total": 7}
        assert families["sold"].samples[0].labels == {"bar": 'a "bar"'}
        assert _values(families["queue"]) == {"queue": 2}
        assert "asked" not in families
        assert _values(families["steward_instrument_sidecar_workers"]).popitem()[1] == 2
        told = _values(families["process_start_time_seconds"])
        assert told.keys() == {"0", "1"}
        started = sorted(psutil.Process(worker.pid).create_time() for worker in (one, other))
        assert sorted(told.values()) == pytest.approx(started, abs=0.5)

        other.kill()
        families = sidecar.families()
        assert _values(families["sold"]) == {"sold_total": 7}
        assert _values(families["poured_total_seconds"])["poured_total_seconds_sum"] == 7
        assert _values(families["queue"]) == {"queue": 1}
        assert len(_values(families["process_open_fds"])) == 1

        workers().count(5)
        families = sidecar.families()
        assert _values(families["sold"]) == {"sold_total": 12}
        assert _values(families["queue"]) == {"queue": 2}
        assert _values(families["process_open_fds"]).keys() == {"0", "1"}
        assert len(list(folder.glob("*.slot"))) == 2

        code, said = sidecar.end()
        assert code == 0
        assert said == [
            "sidecar begins",
            f"{folder} does not exist yet; there are no metrics until a process counts there",
        ]


def test_it_tells_of_old_and_new_programs_at_once(workers: Callable[..., Worker], tmp_path: Path) -> None:
    old = workers("old")
    old.count(1)
    with _sidecar(tmp_path / "numbers") as sidecar:
        assert "more" not in sidecar.families()

        new = workers("new")
        new.count(2)
        families = sidecar.families()
        assert _values(families["sold"]) == {"sold_total": 3}
        assert "more" in families
        sets = [manifest.read(path) for path in manifest.files(tmp_path / "numbers")]
        (before,) = [one for one in sets if all(metric.name != "more" for metric in one.metrics)]
        assert _values(families["process_cpu_seconds"]).keys() == {"0", f"{before.fingerprint}-0"}

        old.kill()
        families = sidecar.families()
        assert _values(families["sold"]) == {"sold_total": 3}
        assert _values(families["process_cpu_seconds"]).keys() == {"0"}


def test_promtool_has_nothing_to_say(workers: Callable[..., Worker], tmp_path: Path) -> None:
    workers("new").count(1)
    with _sidecar(tmp_path / "numbers") as sidecar:
        body = sidecar.get().content

    checked = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, check=False)

    assert b'sold_total{bar="a \\"bar\\""} 1.0' in body
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_processes_that_write_declarations_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    metrics = (Counter("sold_total", "Sold."),)
    arguments = [sys.executable, "-c", WRITER, str(tmp_path), manifest.dump(metrics)]
    writers = [subprocess.Popen(arguments, stdin=subprocess.PIPE) for _ in range(3)]
    for writer in writers:
        writer.communicate(b"go\n", timeout=60)

    assert [writer.returncode for writer in writers] == [0, 0, 0]
    (path,) = tmp_path.iterdir()
    assert manifest.read(path).metrics == metrics
