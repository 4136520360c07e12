"""A folder told of by somebody who does not know whose it is."""

import gc
import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from steward.instrument import Instruments, manifest
from steward.instrument.sets import FolderExposer
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric

pytestmark = pytest.mark.slow

BAR = Label.bounded("bar", 100, "a bar")
TENT = Label.bounded("tent", 100, "a tent")
SOLD = Counter("sold_total", "Drinks sold.", (BAR,))
POURED = Histogram("poured", "Pouring.", buckets=(1, 2))
QUEUE = Gauge("queue", "People waiting.")
STAFF = Gauge("staff", "People who ever worked.", across=Across.SUM)
PEAK = Gauge("peak", "Longest queue.", across=Across.MAX)
METRICS: tuple[Metric, ...] = (SOLD, POURED, QUEUE, STAFF, PEAK)


class AtBar(NamedTuple):
    bar: str


class InTent(NamedTuple):
    tent: str


LABELS: dict[tuple[str, ...], Any] = {("bar",): AtBar, ("tent",): InTent}


class Worker:
    """What a process does with Instruments, up to its end."""

    def __init__(self, folder: Path, metrics: tuple[Metric, ...] = METRICS) -> None:
        self.metrics = metrics
        self.instruments = Instruments(metrics, directory=folder)

    def count(self, number: float, bar: str = "b1") -> None:
        for metric in self.metrics:
            if isinstance(metric, Counter):
                handle: Any = self.instruments.counter
                labels = LABELS.get(metric.label_names)
                series = handle(metric, labels).labels(bar) if labels else handle(metric)
                series.inc(number, exemplar={"trace_id": bar})
            elif isinstance(metric, Histogram):
                self.instruments.histogram(metric).observe(number)
            elif isinstance(metric, Gauge):
                self.instruments.gauge(metric).set(number)

    def end(self) -> None:
        """Let go of the file, as the kernel does for a process that is killed."""
        del self.instruments
        gc.collect()


async def _body(exposer: FolderExposer, accept: str = "") -> str:
    pieces, _ = await exposer.stream(accept)
    return b"".join([piece async for piece in pieces]).decode()


async def _lines(exposer: FolderExposer) -> list[str]:
    """Return the sample lines, without what is told of processes and of the instruments themselves."""
    body = await _body(exposer)
    return [line for line in body.splitlines() if not line.startswith(("#", "process_", "steward_"))]


def _content(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}


def _as_old(folder: Path, metrics: tuple[Metric, ...]) -> None:
    """Let a set of metrics be one that was started before the others."""
    (path,) = [path for path in manifest.files(folder) if set(metrics) <= set(manifest.read(path).metrics)]
    os.utime(path, (1, 1))


async def test_a_folder_is_told_as_its_processes_tell_it(tmp_path: Path) -> None:
    one, other = Worker(tmp_path), Worker(tmp_path)
    one.count(1)
    other.count(3, bar="b2")
    exposer = FolderExposer(tmp_path)

    assert await _lines(exposer) == [
        "peak 3.0",
        'poured_bucket{le="1.0"} 1.0',
        'poured_bucket{le="2.0"} 1.0',
        'poured_bucket{le="+Inf"} 2.0',
        "poured_count 2.0",
        "poured_sum 4.0",
        "queue 4.0",
        'sold_total{bar="b1"} 1.0',
        'sold_total{bar="b2"} 3.0',
        "staff 4.0",
    ]

    other.end()
    one.count(1)
    lines = await _lines(exposer)
    assert {"peak 3.0", "queue 1.0", 'sold_total{bar="b1"} 2.0', 'sold_total{bar="b2"} 3.0'} <= set(lines)


async def test_openmetrics_and_exemplars(tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    worker.count(1)

    body = await _body(FolderExposer(tmp_path), "application/openmetrics-text")

    families = {family.name: family for family in parse_openmetrics(body)}  # type: ignore[no-untyped-call]
    assert {metric.name.removesuffix("_total") for metric in METRICS} <= families.keys()
    assert families["sold"].samples[0].exemplar.labels == {"trace_id": "b1"}
    assert body.endswith("\n# EOF\n")


async def test_what_two_sets_declare_alike_is_added_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fresh = Gauge("fresh", "New here.")
    reworded = Counter("sold_total", "Drinks sold, at any bar.", (BAR,))
    old, new = Worker(tmp_path), Worker(tmp_path, (reworded, QUEUE, fresh))
    _as_old(tmp_path, METRICS)
    exposer = FolderExposer(tmp_path)
    old.count(1)
    new.count(2)

    lines = await _lines(exposer)

    assert {"fresh 2.0", "queue 3.0", 'sold_total{bar="b1"} 3.0', "poured_count 1.0"} <= set(lines)
    assert "# HELP sold_total Drinks sold, at any bar." in await _body(exposer)
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Counter("sold_total", "Sold.", (BAR,)), Counter("sold_total", "Sold.")),
        (Counter("sold_total", "Sold.", (BAR,)), Counter("sold_total", "Sold.", (TENT,))),
        (Counter("sold_total", "Sold."), Gauge("sold", "Sold.")),
        (Gauge("sold", "Sold.", across=Across.MAX), Gauge("sold", "Sold.", across=Across.LATEST)),
        (Histogram("sold", "Sold.", buckets=(1, 2)), Histogram("sold", "Sold.", buckets=(1, 3))),
        (Histogram("sold", "Sold."), Gauge("sold_count", "Sold.")),
        (Gauge("sold", "Sold."), Histogram("sold", "Sold.")),
    ],
)
async def test_where_two_sets_differ_the_newest_is_right(
    tmp_path: Path, old: Metric, new: Metric, caplog: pytest.LogCaptureFixture
) -> None:
    before, after = Worker(tmp_path, (old, QUEUE)), Worker(tmp_path, (new, QUEUE))
    _as_old(tmp_path, (old, QUEUE))
    before.count(1)
    alone = tmp_path / "alone"
    expected = Worker(alone, (new, QUEUE))
    for worker in (after, expected):
        worker.count(2)
    exposer = FolderExposer(tmp_path)

    lines = await _lines(exposer)
    await _body(exposer, "application/openmetrics-text")

    assert lines.pop(0) == "queue 3.0"
    assert lines == (await _lines(FolderExposer(alone)))[1:]
    (record,) = caplog.records
    assert record.getMessage().startswith(f"metric {old.name}: processes that were started earlier, with ")


async def test_a_new_set_is_noticed_and_so_is_one_that_is_started_again(tmp_path: Path) -> None:
    exposer = FolderExposer(tmp_path)
    buckets = [Histogram("poured", "Pouring.", buckets=bounds) for bounds in ((1,), (2,))]
    first = Worker(tmp_path, (buckets[0],))
    first.count(1)
    assert "poured_count 1.0" in await _lines(exposer)

    _as_old(tmp_path, (buckets[0],))
    Worker(tmp_path, (buckets[1],)).count(1)
    assert 'poured_bucket{le="2.0"} 1.0' in await _lines(exposer)

    _as_old(tmp_path, (buckets[1],))
    Worker(tmp_path, (buckets[0],)).count(1)
    assert 'poured_bucket{le="1.0"} 2.0' in await _lines(exposer)


async def test_each_living_process_is_told_of_once(tmp_path: Path) -> None:
    """Here all are this one, which holds slots of two sets."""
    workers = [Worker(tmp_path), Worker(tmp_path), Worker(tmp_path, (QUEUE,))]
    _as_old(tmp_path, METRICS)
    exposer = FolderExposer(tmp_path)

    body = await _body(exposer)

    assert "\nsteward_instrument_sidecar_workers 1.0\n" in body
    assert body.count("\nprocess_open_fds{") == 1
    assert 'process_open_fds{worker="0"}' in body
    assert "python_" not in body

    workers.pop().end()
    assert 'process_open_fds{worker="0"}' in await _body(exposer)
    for worker in workers:
        worker.end()
    body = await _body(exposer)
    assert "process_" not in body
    assert "\nsteward_instrument_sidecar_workers 0.0\n" in body


async def test_a_name_of_the_catalogue_goes_before_that_of_a_process(tmp_path: Path) -> None:
    fds = Gauge("process_open_fds", "Counted otherwise.")
    worker = Worker(tmp_path, (fds,))
    worker.count(2)

    body = await _body(FolderExposer(tmp_path))

    assert body.count("# TYPE process_open_fds ") == 1
    assert "\nprocess_open_fds 2.0\n" in body


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text"])
async def test_a_folder_that_is_missing_or_empty(
    tmp_path: Path, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "later"
    exposer = FolderExposer(folder)
    for _ in range(2):
        assert (await _body(exposer, accept)).startswith("# HELP steward_instrument_sidecar_workers ")
    assert not folder.exists()
    folder.mkdir()
    await _body(exposer, accept)
    assert list(folder.iterdir()) == []
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder} does not exist yet; there are no metrics until a process counts there",
        f"{folder} holds no declarations of metrics yet; there are no metrics until a process counts there",
    ]

    worker = Worker(folder, (QUEUE,))
    worker.count(2)
    assert await _lines(exposer) == ["queue 2.0"]


@pytest.mark.parametrize("damage", [b"{}", b"\xff", b'{"format":9,"metrics":[]}'])
async def test_declarations_that_cannot_be_read_cost_their_own_set(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(tmp_path, (QUEUE,))
    worker.count(2)
    (tmp_path / "000000000000.json").write_bytes(damage)
    exposer = FolderExposer(tmp_path)

    for _ in range(2):
        assert await _lines(exposer) == ["queue 2.0"]

    (record,) = caplog.records
    assert record.getMessage().startswith(f"a set of metrics is left out: {tmp_path}/000000000000.json: ")


async def test_reading_changes_nothing_in_the_folder(tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    worker.count(1)
    before = _content(tmp_path)

    await _body(FolderExposer(tmp_path))

    assert _content(tmp_path) == before
