import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Counter as ClientCounter
from prometheus_client import Gauge as ClientGauge
from prometheus_client import Histogram as ClientHistogram
from prometheus_client import Metric as ClientMetric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.utils import floatToGoString

from steward.instrument import Instruments
from steward.instrument.exemplars import Exemplar
from steward.instrument.exposition import (
    OPENMETRICS,
    TEXT,
    content_type,
    filled,
    header,
    in_go,
    series_lines,
    with_exemplars,
)
from steward.instrument.labels import printable
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric, Unit

pytestmark = pytest.mark.slow

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
WHO = Label.bounded("who", 999, "anybody")
PLACE = Label.bounded("place", 999, "anywhere")
DRUNK = Counter("drunk_bytes_total", 'Said "so".\nTwice \\.', (WHO, PLACE), Unit.BYTES)
MOOD = Gauge("mood", "Now: 100 % of it.", (WHO,), across=Across.LATEST)
WAITED = Histogram("waited_seconds", "Wait.", (WHO,), Unit.SECONDS, buckets=(0.1, 1, 2_500_000))
METRICS: tuple[Metric, ...] = (DRUNK, MOOD, WAITED)


class Who(NamedTuple):
    who: str


class WhoWhere(NamedTuple):
    who: str
    place: str


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", TEXT),
        ("*/*", TEXT),
        ("text/html, */*;q=0.8", TEXT),
        ("application/openmetrics-text", OPENMETRICS),
        ("Application/OpenMetrics-Text; version=99.9.9", OPENMETRICS),
        ("application/openmetrics-text;q=0", TEXT),
        ("application/openmetrics-text;q=0.000, text/plain;q=0", TEXT),
        ("application/openmetrics-text;q=0.3,text/plain;q=0.5", TEXT),
        ("application/openmetrics-text;q=0.5,text/plain;q=0.5", OPENMETRICS),
        ("application/openmetrics-text;q=0.3,text/*;q=0.5", TEXT),
        ("application/openmetrics-text;q=0.3,text/plain;q=0.1,*/*;q=0.9", OPENMETRICS),
        ("application/openmetrics-text;q=0.1,application/openmetrics-text;q=0.9,text/plain;q=0.5", OPENMETRICS),
        ("application/openmetrics-text;q=0.9,application/openmetrics-text;q=0.1,text/plain;q=0.5", OPENMETRICS),
        ("application/openmetrics-text;q=nonsense", TEXT),
        ("application/openmetrics-text;q=nan", TEXT),
        ("application/openmetrics-text;q=-1", TEXT),
        (";;,,=", TEXT),
        (PROMETHEUS, OPENMETRICS),
    ],
)
def test_the_accept_header_chooses(accept: str, expected: str) -> None:
    assert content_type(accept) == expected


@given(st.text())
def test_any_accept_header_has_an_answer(accept: str) -> None:
    assert content_type(accept) in {TEXT, OPENMETRICS}


class TestNumbers:
    @given(st.floats(min_value=0) | st.floats(1e5, 1e18) | st.integers(0, 10**18).map(float))
    def test_a_bound_is_written_as_prometheus_client_writes_it(self, number: float) -> None:
        assert in_go(number) == floatToGoString(number)  # type: ignore[no-untyped-call]

    @given(st.floats(allow_nan=False))
    def test_a_number_is_read_as_what_it_was(self, number: float) -> None:
        assert float(in_go(number)) == number
        assert in_go(-number) == ("-" + in_go(number) if in_go(number)[0] not in "-+" else in_go(-number))

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (0, "0.0"),
            (0.005, "0.005"),
            (1e-05, "1e-05"),
            (0.0001, "0.0001"),
            (999_999, "999999.0"),
            (1_000_000, "1e+06"),
            (-1_000_000, "-1e+06"),
            (1_234_567.5, "1.2345675e+06"),
            (10_203_040, "1.020304e+07"),
            (12_345_678_901, "1.2345678901e+10"),
            (1e16, "1e+16"),
            (5e300, "5e+300"),
            (math.inf, "+Inf"),
            (-math.inf, "-Inf"),
            (math.nan, "NaN"),
        ],
    )
    def test_examples(self, number: float, text: str) -> None:
        assert in_go(number) == text

    def test_numbers_that_are_not_finite_are_written_as_go_reads_them(self) -> None:
        template = 'a{b="x nan"} %r\na{b="inf"} %r\na %r\nb %r\n'

        assert filled(template, [math.nan, math.inf, -math.inf, 1.0]) == (
            'a{b="x nan"} NaN\na{b="inf"} +Inf\na -Inf\nb 1.0\n'
        )
        assert filled("a %r\nb %r\n", [1.7e308, 1.7e308]) == "a 1.7e+308\nb 1.7e+308\n"
        assert filled("a %r\nb %r\n", [math.inf, -math.inf]) == "a +Inf\nb -Inf\n"


class TestLines:
    def test_a_label_is_escaped_and_per_cent_is_kept(self) -> None:
        (line,) = series_lines(MOOD, ('a"b\\c\nd%r%%s{}é',)).splitlines()

        assert filled(line, [1.0]) == 'mood{who="a\\"b\\\\c\\nd%r%%s{}é"} 1.0'

    def test_the_label_of_a_bucket_stands_last(self) -> None:
        lines = filled(series_lines(WAITED, ("%d",)), [1.0, 2.0, 3.0, 4.0, 4.0, 9.5]).splitlines()

        assert lines == [
            'waited_seconds_bucket{who="%d",le="0.1"} 1.0',
            'waited_seconds_bucket{who="%d",le="1.0"} 2.0',
            'waited_seconds_bucket{who="%d",le="2.5e+06"} 3.0',
            'waited_seconds_bucket{who="%d",le="+Inf"} 4.0',
            'waited_seconds_count{who="%d"} 4.0',
            'waited_seconds_sum{who="%d"} 9.5',
        ]

    def test_a_metric_without_labels_has_no_braces(self) -> None:
        assert series_lines(Gauge("g", "x"), ()) == "g %r\n"
        assert series_lines(Histogram("h", "x", buckets=(1,)), ()).splitlines()[0] == 'h_bucket{le="1.0"} %r'

    def test_openmetrics_names_the_unit_and_leaves_the_suffix(self) -> None:
        assert header(DRUNK, OPENMETRICS) == (
            '# HELP drunk_bytes Said \\"so\\".\\nTwice \\\\.\n'
            "# TYPE drunk_bytes counter\n# UNIT drunk_bytes bytes\n"
        )
        assert header(DRUNK, TEXT) == (
            '# HELP drunk_bytes_total Said "so".\\nTwice \\\\.\n# TYPE drunk_bytes_total counter\n'
        )
        assert "UNIT" not in header(MOOD, OPENMETRICS)

    def test_an_exemplar_is_escaped(self) -> None:
        text = with_exemplars("a 1.0\nb 2.0\n", {1: Exemplar({"t": '"\\\n', "u": "ü"}, 1e6, 12.3456)})

        assert text == 'a 1.0\nb 2.0 # {t="\\"\\\\\\n",u="ü"} 1e+06 12.346\n'


def _flat(families: Iterable[ClientMetric]) -> dict[tuple[str, tuple[tuple[str, str], ...]], tuple[str, ...]]:
    samples: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[str, ...]] = {}
    for family in families:
        for sample in family.samples:
            if sample.name.endswith("_created"):
                continue
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in samples
            beside = sample.exemplar and (sorted(sample.exemplar.labels.items()), sample.exemplar.value)
            samples[key] = (
                family.name, family.type, family.documentation, family.unit, repr(sample.value), repr(beside)
            )  # fmt: skip
    return samples


VALUES = st.text(st.characters(exclude_categories=()), max_size=12) | st.sampled_from(
    ['"', "\\", "\n", '\\"', "\\n", "\r\n", "\0", "%", "%r", "%(a)s", "{}", "🎪", "\ud83c", "\u2028", "#", " ", ""]
)
TRACES = st.text(st.characters(exclude_characters='"'), max_size=20)
"""The client's parser does not know that a quote in an exemplar's label may be escaped."""
COUNTS = st.dictionaries(st.tuples(VALUES, VALUES), st.floats(0, 1e300), max_size=4)
MOODS = st.dictionaries(VALUES, st.floats(), max_size=4)
WAITS = st.dictionaries(VALUES, st.lists(st.floats(0, 1e300), max_size=6), max_size=3)


class Both:
    """The same numbers in our instruments and in prometheus_client's."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.ours = Instruments(METRICS)
        self._drunk = ClientCounter("drunk", DRUNK.help, ["who", "place"], unit="bytes", registry=self.registry)
        self._mood = ClientGauge("mood", MOOD.help, ["who"], registry=self.registry)
        self._waited = ClientHistogram(
            "waited", WAITED.help, ["who"], unit="seconds", buckets=WAITED.buckets, registry=self.registry
        )

    def drink(self, who: str, place: str, amount: float, exemplar: dict[str, str] | None = None) -> None:
        self.ours.counter(DRUNK, WhoWhere).labels(who, place).inc(amount, exemplar=exemplar)
        self._drunk.labels(printable(who), printable(place)).inc(amount, exemplar)

    def feel(self, who: str, mood: float) -> None:
        self.ours.gauge(MOOD, Who).labels(who).set(mood)
        self._mood.labels(printable(who)).set(mood)

    def wait(self, who: str, seconds: Sequence[float], exemplar: dict[str, str] | None = None) -> None:
        ours, theirs = self.ours.histogram(WAITED, Who).labels(who), self._waited.labels(printable(who))
        for one in seconds:
            ours.observe(one, exemplar=exemplar)
            theirs.observe(one, exemplar)

    async def text(self, accept: str) -> str:
        body, _ = await self.ours.expose(accept)
        lines = body.decode("utf-8").split("\n")
        return "\n".join([line for line in lines if "steward_instrument" not in line])


@settings(max_examples=40)
@given(COUNTS, MOODS, WAITS)
async def test_parsed_it_is_what_prometheus_client_says_of_the_same(
    counts: Mapping[tuple[str, str], float], moods: Mapping[str, float], waits: Mapping[str, Sequence[float]]
) -> None:
    both = Both()
    for (who, place), amount in counts.items():
        both.drink(who, place, amount)
    for who, mood in moods.items():
        both.feel(who, mood)
    for who, seconds in waits.items():
        both.wait(who, seconds)

    ours = _flat(parse_text(await both.text("")))
    assert ours == _flat(parse_text(generate_latest(both.registry).decode("utf-8")))

    ours = _flat(parse_openmetrics(await both.text("application/openmetrics-text")))  # type: ignore[no-untyped-call]
    theirs = generate_openmetrics(both.registry).decode("utf-8")  # type: ignore[no-untyped-call]
    assert ours == _flat(parse_openmetrics(theirs))  # type: ignore[no-untyped-call]


@settings(max_examples=30)
@given(VALUES, st.sampled_from([0.05, 0.1, 0.5, 1, 7, 1e9]), TRACES)
async def test_exemplars_too(who: str, seconds: float, trace: str) -> None:
    both = Both()
    both.drink(who, who, seconds, {"trace_id": trace})
    both.wait(who, [seconds], {"trace_id": trace, "_2": ""})

    ours = _flat(parse_openmetrics(await both.text("application/openmetrics-text")))  # type: ignore[no-untyped-call]
    theirs = generate_openmetrics(both.registry).decode("utf-8")  # type: ignore[no-untyped-call]

    assert ours == _flat(parse_openmetrics(theirs))  # type: ignore[no-untyped-call]
    assert str(ours).count("trace_id") == 2
