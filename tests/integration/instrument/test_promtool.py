"""What Prometheus' own checker says of expositions."""

import asyncio
import subprocess
from collections import namedtuple
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.utils import floatToGoString

from festivals.catalogue import admin, api, business, cache, database, worker
from steward.instrument import Instruments, Samples
from steward.instrument.exposition import in_go
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric, Unit

pytestmark = pytest.mark.slow

MODULES = (admin, api, business, cache, database, worker)
METRICS = tuple(metric for module in MODULES for metric in module.METRICS)


def _values(metric: Metric) -> dict[str, str]:
    return {
        label.name: label.values[0] if label.values else 'a "value" \\ of\ntwo lines' for label in metric.labels
    }


def _names(metric: Metric) -> Callable[..., Any]:
    names: Callable[..., Any] = namedtuple("Names", metric.label_names)  # type: ignore[misc]
    return names


async def _filled(directory: Path | None) -> Instruments:
    instruments = Instruments(METRICS, directory=directory)
    asked: dict[Gauge, Samples] = {}
    for metric in METRICS:
        labels = _values(metric)
        if isinstance(metric, Counter):
            instruments.counter(metric, _names(metric)).labels(**labels).inc()
        elif isinstance(metric, Histogram):
            instruments.histogram(metric, _names(metric)).labels(**labels).observe(1.5)
        elif isinstance(metric, Gauge) and metric.across is Across.SCRAPE:
            asked[metric] = {tuple(labels.values()): 2}
        elif isinstance(metric, Gauge):
            instruments.gauge(metric, _names(metric)).labels(**labels).set(3)

    async def read() -> dict[Gauge, Samples]:
        return asked

    instruments.at_scrape(read)
    return instruments


def _checked(body: bytes) -> tuple[int, bytes, bytes]:
    checked = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, check=False)
    return checked.returncode, checked.stdout, checked.stderr


@pytest.mark.parametrize("shared", [False, True])
async def test_promtool_has_nothing_to_say(tmp_path: Path, *, shared: bool) -> None:
    instruments = await _filled(tmp_path if shared else None)
    body, _ = await instruments.expose()

    assert _checked(body) == (0, b"", b"")


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
        assert list(named) == ["steward_instrument_series_dropped"]


def test_bounds_of_buckets_are_the_text_that_prometheus_has_for_them() -> None:
    bounds = {bound for metric in METRICS if isinstance(metric, Histogram) for bound in metric.buckets}

    assert len(bounds) > 20
    for bound in bounds:
        assert in_go(bound) == floatToGoString(bound)  # type: ignore[no-untyped-call]


WHO = (Label.bounded("who", 9999, "anybody"), Label.bounded("place", 9999, "anywhere"))
ODD: tuple[Metric, ...] = (
    Counter("odd_drunk_bytes_total", 'Said "so".\nTwice \\.', WHO, Unit.BYTES),
    Gauge("odd_mood_ratio", "Now.", WHO, Unit.RATIO),
    Histogram("odd_waited_seconds", "Wait.", WHO, Unit.SECONDS),
)
VALUES = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(
    ['"', "\\", "\n", '\\"', "\\n", "\r\n", "\0", "%", "%r", "{}", "🎪", "\ud83c", "\u2028", "#", " ", ""]
)


@settings(max_examples=5)
@given(st.lists(st.tuples(VALUES, VALUES, st.floats()), min_size=50, max_size=100))
def test_promtool_and_both_parsers_take_whatever_labels_hold(series: Sequence[tuple[str, str, float]]) -> None:
    instruments = Instruments(ODD)
    counter, gauge, histogram = ODD
    assert isinstance(counter, Counter)
    assert isinstance(gauge, Gauge)
    assert isinstance(histogram, Histogram)
    families = (
        instruments.counter(counter, _names(counter)),
        instruments.gauge(gauge, _names(gauge)),
        instruments.histogram(histogram, _names(histogram)),
    )
    for who, place, number in series:
        families[0].labels(who, place).inc(number)
        families[1].labels(who, place).set(number)
        families[2].labels(who, place).observe(abs(number))

    text = asyncio.run(instruments.expose())[0]
    openmetrics = asyncio.run(instruments.expose("application/openmetrics-text"))[0]

    assert _checked(text) == (0, b"", b"")
    distinct = {(who.encode("utf-8", "replace"), place.encode("utf-8", "replace")) for who, place, _ in series}
    for parsed in (
        parse_text(text.decode()),
        parse_openmetrics(openmetrics.decode()),  # type: ignore[no-untyped-call]
    ):
        samples = [sample for family in parsed for sample in family.samples]
        found = [sample.labels for sample in samples if sample.name == "odd_drunk_bytes_total"]
        assert {(one["who"].encode(), one["place"].encode()) for one in found} == distinct
        assert len(found) == len(distinct)
