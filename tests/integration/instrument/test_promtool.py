"""What Prometheus' own checker says of the expositions of the whole catalogue."""

import subprocess
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from festivals.catalogue import admin, api, business, cache, database, worker
from steward.instrument import Instruments, Samples
from steward.model import Across, Counter, Gauge, Histogram, Metric

pytestmark = pytest.mark.slow

MODULES = (admin, api, business, cache, database, worker)
METRICS = tuple(metric for module in MODULES for metric in module.METRICS)


def _values(metric: Metric) -> dict[str, str]:
    return {
        label.name: label.values[0] if label.values else 'a "value" \\ of\ntwo lines' for label in metric.labels
    }


async def _filled(directory: Path | None) -> Instruments:
    instruments = Instruments(METRICS, directory=directory)
    asked: dict[Gauge, Samples] = {}
    for metric in METRICS:
        labels = _values(metric)
        if isinstance(metric, Counter):
            instruments.counter(metric).inc(**labels)
        elif isinstance(metric, Histogram):
            instruments.histogram(metric).observe(1.5, **labels)
        elif isinstance(metric, Gauge) and metric.across is Across.SCRAPE:
            asked[metric] = {tuple(labels.values()): 2}
        elif isinstance(metric, Gauge):
            instruments.gauge(metric).set(3, **labels)

    async def read() -> dict[Gauge, Samples]:
        return asked

    instruments.at_scrape(read)
    return instruments


@pytest.mark.parametrize("shared", [False, True])
async def test_promtool_has_nothing_to_say(tmp_path: Path, *, shared: bool) -> None:
    instruments = await _filled(tmp_path if shared else None)
    body, _ = await instruments.expose()

    checked = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, check=False)  # noqa: ASYNC221

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


@pytest.mark.parametrize("shared", [False, True])
async def test_every_metric_is_exposed_with_its_own_labels(tmp_path: Path, *, shared: bool) -> None:
    instruments = await _filled(tmp_path if shared else None)
    text, _ = await instruments.expose()
    openmetrics, _ = await instruments.expose("application/openmetrics-text")

    for families in (
        list(parse_text(text.decode())),
        list(parse_openmetrics(openmetrics.decode())),  # type: ignore[no-untyped-call]
    ):
        named = {family.name: family for family in families}
        for metric in METRICS:
            family = named.pop(metric.name.removesuffix("_total"))
            assert (family.type, family.documentation) == (metric.kind, metric.help)
            names = {name for sample in family.samples for name in sample.labels} - {"le"}
            assert names == set(metric.label_names)
        assert named == {}
