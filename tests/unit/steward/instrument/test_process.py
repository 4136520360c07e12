import fcntl
import gc
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest
from prometheus_client.core import Metric as ClientFamily
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from steward.instrument import process
from steward.instrument.exposition import OPENMETRICS, TEXT
from steward.instrument.notices import Notices
from steward.instrument.process import ProcessMetrics
from steward.model import Gauge

OF_A_PROCESS = {
    "process_cpu_seconds",
    "process_resident_memory_bytes",
    "process_virtual_memory_bytes",
    "process_open_fds",
    "process_max_fds",
    "process_start_time_seconds",
}
OF_PYTHON = {"python_gc_objects_collected", "python_gc_objects_uncollectable", "python_gc_collections"}


async def _families(metrics: ProcessMetrics, format_: str = TEXT) -> dict[str, ClientFamily]:
    text = (await metrics.text(format_)).decode()
    parse = parse_openmetrics if format_ == OPENMETRICS else parse_text
    ended = text + "# EOF\n" if format_ == OPENMETRICS else text
    return {family.name: family for family in parse(ended)}


def _by_worker(family: ClientFamily) -> dict[str, float]:
    return {sample.labels["worker"]: sample.value for sample in family.samples}


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """Hold a file as a slot is held, and give the process id."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield os.getpid()


@contextmanager
def _running(source: str) -> Iterator[int]:
    """Run a process until it is no longer needed, and give its id."""
    with subprocess.Popen(
        [sys.executable, "-Sc", f"{source}\nprint()\ninput()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        try:
            yield running.pid
        finally:
            running.kill()


def _holder(path: Path) -> AbstractContextManager[int]:
    """Run a process that holds a file."""
    return _running(f"import fcntl; file = open({str(path)!r}, 'w'); fcntl.flock(file, fcntl.LOCK_EX)")


@pytest.mark.parametrize("format_", [TEXT, OPENMETRICS])
async def test_one_process_tells_of_itself_without_a_label(format_: str) -> None:
    families = await _families(ProcessMetrics(Notices()), format_)

    assert families.keys() == OF_A_PROCESS | OF_PYTHON | {"python_info"}
    for name in OF_A_PROCESS:
        assert [sample.labels for sample in families[name].samples] == [{}]
    me = psutil.Process()
    (start,) = families["process_start_time_seconds"].samples
    assert start.value == pytest.approx(me.create_time(), abs=2)
    (memory,) = families["process_resident_memory_bytes"].samples
    assert memory.value == pytest.approx(me.memory_info().rss, rel=0.5)
    (info,) = families["python_info"].samples
    assert info.labels["version"] == platform.python_version()
    generations = {sample.labels["generation"] for sample in families["python_gc_collections"].samples}
    assert len(generations) == len(gc.get_stats())


@pytest.mark.parametrize("format_", [TEXT, OPENMETRICS])
async def test_of_several_each_living_one_is_told_by_its_slot(format_: str, tmp_path: Path) -> None:
    with _held(tmp_path / "0") as me, _holder(tmp_path / "3") as other:
        metrics = ProcessMetrics(Notices(), holders=lambda: [(0, me), (3, other)])
        families = await _families(metrics, format_)
        started = psutil.Process(other).create_time()

    assert families.keys() == OF_A_PROCESS | {"python_info"}
    for name in OF_A_PROCESS:
        assert _by_worker(families[name]).keys() == {"0", "3"}
    assert _by_worker(families["process_start_time_seconds"])["3"] == pytest.approx(started, abs=2)
    assert families["process_cpu_seconds"].type == "counter"


async def test_the_next_holder_of_a_slot_is_told_in_its_place(tmp_path: Path) -> None:
    holders: list[tuple[int, int]] = []
    metrics = ProcessMetrics(Notices(), holders=lambda: holders)
    with _held(tmp_path / "0") as me, _holder(tmp_path / "1") as other:
        holders[:] = [(1, me)]
        before = _by_worker((await _families(metrics))["process_virtual_memory_bytes"])
        holders[:] = [(1, other)]
        after = _by_worker((await _families(metrics))["process_virtual_memory_bytes"])

        assert before.keys() == after.keys() == {"1"}
        assert before["1"] > after["1"] == psutil.Process(other).memory_info().vms


async def test_a_process_that_has_ended_is_left_out_without_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _holder(tmp_path / "0") as ended:
        pass

    with _held(tmp_path / "1") as me:
        families = await _families(ProcessMetrics(Notices(), holders=lambda: [(0, ended), (1, me)]))

    assert _by_worker(families["process_open_fds"]).keys() == {"1"}
    assert caplog.text == ""


async def test_the_id_of_a_process_that_holds_nothing_is_not_believed(tmp_path: Path) -> None:
    """As a process of another container has one that means somebody else here."""
    with _held(tmp_path / "0") as me, _running("") as bystander:
        families = await _families(ProcessMetrics(Notices(), holders=lambda: [(0, me), (1, bystander)]))

    assert _by_worker(families["process_open_fds"]).keys() == {"0"}


async def test_a_machine_that_does_not_tell_its_locks_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_LOCKS", tmp_path / "missing")

    families = await _families(ProcessMetrics(Notices(), holders=lambda: [(0, os.getpid())]))

    assert _by_worker(families["process_open_fds"]).keys() == {"0"}


async def test_python_can_be_left_out() -> None:
    assert (await _families(ProcessMetrics(Notices(), python=False))).keys() == OF_A_PROCESS
    assert await _families(ProcessMetrics(Notices(), holders=list, python=False)) == {}


async def test_a_name_of_the_catalogue_goes_before() -> None:
    ours = [Gauge("process_open_fds", "Counted otherwise.")]

    families = await _families(ProcessMetrics(Notices(), ours=ours))

    assert families.keys() == (OF_A_PROCESS | OF_PYTHON | {"python_info"}) - {"process_open_fds"}
