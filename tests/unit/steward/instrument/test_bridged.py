"""Process metrics and other libraries' collectors beside the catalogue's."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client import Counter as ClientCounter
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.process_collector import ProcessCollector

from steward.instrument import Instruments
from steward.model import Counter

SOLD = Counter("sold_total", "Sold.")


async def _samples(instruments: Instruments) -> dict[str, list[tuple[dict[str, str], float]]]:
    body, _ = await instruments.expose("application/openmetrics-text")
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in parse_openmetrics(body.decode()):  # type: ignore[no-untyped-call]
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    ClientCounter("theirs", "Theirs.", registry=registry).inc(3)
    return registry


async def test_a_process_tells_of_itself_where_it_is_asked_to() -> None:
    assert "process_cpu_seconds_total" not in await _samples(Instruments([SOLD]))

    samples = await _samples(Instruments([SOLD], process_metrics=True))

    ((labels, resident),) = samples["process_resident_memory_bytes"]
    assert labels == {}
    assert resident > 1e6
    assert "python_gc_collections_total" in samples


async def test_each_process_of_a_folder_is_told_of_by_its_slot(tmp_path: Path) -> None:
    instruments = Instruments([SOLD], directory=tmp_path, process_metrics=True)
    beside = Instruments([SOLD], directory=tmp_path)

    samples = await _samples(instruments)

    assert [labels for labels, _ in samples["process_open_fds"]] == [{"worker": "0"}, {"worker": "1"}]
    assert beside.total(SOLD) == 0


@pytest.mark.parametrize("process_metrics", [False, True])
async def test_another_librarys_registry_is_exposed_as_well(process_metrics: bool) -> None:
    instruments = Instruments([SOLD], process_metrics=process_metrics)
    instruments.bridge(_registry())
    instruments.counter(SOLD).inc()

    samples = await _samples(instruments)

    assert samples["theirs_total"] == [({}, 3.0)]
    assert samples["sold_total"] == [({}, 1.0)]


async def test_what_two_would_tell_is_told_once() -> None:
    registry = _registry()
    ProcessCollector(registry=registry)
    ClientCounter("sold", "Sold by others.", registry=registry).inc(7)
    instruments = Instruments([SOLD], process_metrics=True)
    instruments.bridge(registry)

    samples = await _samples(instruments)

    assert samples["sold_total"] == [({}, 0.0)]
    assert len(samples["process_start_time_seconds"]) == 1
    assert samples["theirs_total"] == [({}, 3.0)]
