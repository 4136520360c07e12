from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, Info
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as ClientFamily
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.registry import Collector

from steward import model
from steward.instrument.bridge import Bridge
from steward.instrument.exposition import OPENMETRICS, TEXT
from steward.instrument.notices import Notices

FORMATS = pytest.mark.parametrize("format_", [TEXT, OPENMETRICS])


class Says(Collector):
    def __init__(self, *families: ClientFamily) -> None:
        self._families = families

    def collect(self) -> Iterator[ClientFamily]:
        yield from self._families


class Breaks(Collector):
    def collect(self) -> Iterator[ClientFamily]:
        yield GaugeMetricFamily("half_told", "Before it breaks.", 1)
        message = "the printer is on fire"
        raise RuntimeError(message)


def _text(*collectors: Collector, format_: str, ours: tuple[model.Metric, ...] = ()) -> str:
    return Bridge(collectors, Notices(), ours).text(format_).decode()


def _families(text: str, format_: str) -> dict[str, ClientFamily]:
    parse = parse_openmetrics if format_ == OPENMETRICS else parse_text
    ended = text + "# EOF\n" if format_ == OPENMETRICS else text
    return {family.name: family for family in parse(ended)}


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("poured", "Drinks poured.", ["bar"], registry=registry).labels('a "bar"\n').inc(3, {"trace_id": "7"})
    Histogram("wait_seconds", "Waiting.", unit="seconds", buckets=(1, 2), registry=registry).observe(1.5)
    Info("till", "The till.", registry=registry).info({"version": "2"})
    return registry


@FORMATS
def test_a_whole_registry_is_told_in_both_formats(format_: str) -> None:
    text = _text(_registry(), Says(GaugeMetricFamily("heat", "Heat.", 2)), format_=format_)

    families = _families(text, format_)
    assert {"poured", "wait_seconds", "heat"} <= families.keys()
    (poured, *_) = families["poured"].samples
    assert (poured.name, poured.labels, poured.value) == ("poured_total", {"bar": 'a "bar"\n'}, 3)
    assert ('# {trace_id="7"} 3.0' in text) == (format_ == OPENMETRICS)
    assert "# EOF" not in text


@FORMATS
def test_what_fails_is_left_out_and_said_once(format_: str, caplog: pytest.LogCaptureFixture) -> None:
    odd = GaugeMetricFamily("odd", "Odd.", labels=["bar"])
    odd.add_metric(["\udc80"], 1)
    bridge = Bridge([Breaks(), Says(odd, GaugeMetricFamily("heat", "Heat.", 2))], Notices())

    texts = {bridge.text(format_).decode() for _ in range(2)}

    (text,) = texts
    assert set(_families(text, format_)) == {"heat"}
    assert [record.getMessage() for record in caplog.records] == [
        "collector Breaks failed; what it collects is absent",
        "metric odd cannot be written and is absent",
    ]
    assert "the printer is on fire" in caplog.text


@FORMATS
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (model.Counter("sold_total", "Sold."), CounterMetricFamily("sold", "Sold.", 1)),
        (model.Counter("sold_total", "Sold."), GaugeMetricFamily("sold", "Sold.", 1)),
        (model.Gauge("sold", "Sold."), CounterMetricFamily("sold", "Sold.", 1)),
        (model.Histogram("sold", "Sold."), GaugeMetricFamily("sold_count", "Sold.", 1)),
    ],
)
def test_a_name_of_ours_is_left_out_and_said_once(
    format_: str, ours: model.Metric, theirs: ClientFamily, caplog: pytest.LogCaptureFixture
) -> None:
    bridge = Bridge([Says(theirs, GaugeMetricFamily("heat", "Heat.", 2))], Notices(), [ours])

    texts = {bridge.text(format_).decode() for _ in range(2)}

    assert set(_families(texts.pop(), format_)) == {"heat"}
    assert not texts
    (record,) = caplog.records
    assert f"metric {theirs.name} of collector Says is left out: another has its name" in record.getMessage()


@FORMATS
def test_of_two_collectors_with_one_name_the_first_is_heard(format_: str) -> None:
    text = _text(
        Says(GaugeMetricFamily("heat", "Heat.", 1)), Says(GaugeMetricFamily("heat", "Heat.", 2)), format_=format_
    )

    assert [sample.value for sample in _families(text, format_)["heat"].samples] == [1]


@FORMATS
def test_nothing_to_tell_is_no_text(format_: str) -> None:
    assert _text(format_=format_) == ""
