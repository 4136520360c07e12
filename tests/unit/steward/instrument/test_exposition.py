from collections.abc import Iterable

import pytest
from prometheus_client import Metric as ClientMetric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from steward.instrument.exposition import OPENMETRICS, TEXT, content_type, render
from steward.instrument.merge import Family
from steward.model import Counter, Gauge, Histogram, Label, Unit

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
WHO = Label.bounded("who", 9, "anybody")
FAMILIES = [
    Family(Counter("drunk_bytes_total", 'Said "so".\nTwice \\.', (WHO,), Unit.BYTES), {('"\\\n',): (3.0,)}),
    Family(Gauge("mood", "Now."), {(): (-0.5,)}),
    Family(
        Histogram("waited_seconds", "Wait.", (WHO,), Unit.SECONDS, buckets=(0.1, 1)),
        {("me",): (2.0, 0.0, 1.0, 7.5)},
    ),
]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", TEXT),
        ("*/*", TEXT),
        ("text/html, */*;q=0.8", TEXT),
        ("application/openmetrics-text", OPENMETRICS),
        ("Application/OpenMetrics-Text; version=99.9.9", OPENMETRICS),
        ("application/openmetrics-text;q=0", TEXT),
        ("application/openmetrics-text;q=0.3,text/plain;q=0.5", TEXT),
        ("application/openmetrics-text;q=nonsense", TEXT),
        (";;,,=", TEXT),
        (PROMETHEUS, OPENMETRICS),
    ],
)
def test_the_accept_header_chooses(accept: str, expected: str) -> None:
    assert content_type(accept) == expected


def _flat(families: Iterable[ClientMetric]) -> dict[str, object]:
    samples: dict[str, object] = {}
    for family in families:
        for sample in family.samples:
            samples[f"{sample.name}{sorted(sample.labels.items())}"] = (
                family.type,
                family.documentation,
                sample.value,
            )
    return samples


def test_both_formats_say_the_same() -> None:
    text = _flat(parse_text(render(FAMILIES, TEXT).decode()))
    openmetrics = _flat(parse_openmetrics(render(FAMILIES, OPENMETRICS).decode()))  # type: ignore[no-untyped-call]

    assert text == openmetrics
    assert text["waited_seconds_bucket[('le', '+Inf'), ('who', 'me')]"] == ("histogram", "Wait.", 3.0)
    assert text["waited_seconds_sum[('who', 'me')]"] == ("histogram", "Wait.", 7.5)
    assert text["drunk_bytes_total[('who', '\"\\\\\\n')]"] == ("counter", 'Said "so".\nTwice \\.', 3.0)
    assert len(text) == 7


def test_openmetrics_names_the_unit_and_ends() -> None:
    lines = render(FAMILIES, OPENMETRICS).decode().splitlines()

    assert "# UNIT waited_seconds seconds" in lines
    assert lines[-1] == "# EOF"
