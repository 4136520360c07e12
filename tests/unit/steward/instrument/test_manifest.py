import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.instrument import manifest
from steward.instrument.manifest import ManifestUnreadable, dump, fingerprint, load
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric, Unit

pytestmark = pytest.mark.slow

SOLD = Counter("sold_total", "Drinks sold.", (Label.bounded("bar", 50, "a bar"), Label.closed("size", "s", "l")))
QUEUE = Gauge("queue", "People waiting.", across=Across.MAX)
POURED = Histogram("poured_seconds", "Pouring.", unit=Unit.SECONDS, buckets=(0.5, 1, 2))
METRICS = (SOLD, QUEUE, POURED)

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LABEL_NAMES = NAMES.map("of_{}".format)
HELPS = st.text(min_size=1).filter(str.strip)
BOUNDS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
LABELS = st.lists(
    st.builds(Label.bounded, LABEL_NAMES, st.integers(1, 10**9), st.text())
    | st.builds(
        lambda name, values, meaning: Label.closed(name, *values, meaning=meaning),
        LABEL_NAMES,
        st.lists(st.text(), min_size=1, unique=True),
        st.text(),
    ),
    max_size=4,
    unique_by=lambda label: label.name,
).map(tuple)
UNITS = st.sampled_from(Unit)


def _named(name: str, unit: Unit) -> str:
    return f"{name}_{unit.value}" if unit.value else f"{name}_x"


COUNTERS = st.builds(
    lambda name, text, labels, unit: Counter(f"{_named(name, unit)}_total", text, labels, unit),
    *(NAMES, HELPS, LABELS, UNITS),
)
GAUGES = st.builds(
    lambda name, text, labels, unit, across: Gauge(_named(name, unit), text, labels, unit, across),
    *(NAMES, HELPS, LABELS, UNITS, st.sampled_from(Across)),
)
HISTOGRAMS = st.builds(
    lambda name, text, labels, unit, bounds: Histogram(
        _named(name, unit), text, labels, unit, tuple(sorted(bounds))
    ),
    *(NAMES, HELPS, LABELS, UNITS, st.lists(BOUNDS, min_size=1, unique_by=float)),
)
SETS = st.lists(COUNTERS | GAUGES | HISTOGRAMS, max_size=5, unique_by=lambda metric: metric.name)


@settings(max_examples=40, deadline=None)
@given(SETS)
def test_what_is_written_is_read(metrics: list[Metric]) -> None:
    assert load(dump(metrics)) == tuple(sorted(metrics, key=lambda metric: metric.name))


@settings(max_examples=20, deadline=None)
@given(SETS, st.randoms())
def test_the_text_tells_the_same_of_the_same_declarations(metrics: list[Metric], random: Any) -> None:
    text = dump(metrics)
    random.shuffle(metrics)

    assert dump([*metrics, *metrics]) == text
    assert dump(load(text)) == text
    assert text.isascii()


def test_whole_bounds_are_the_same_as_fractions() -> None:
    assert dump([Histogram("a", "A.", buckets=(1, 2))]) == dump([Histogram("a", "A.", buckets=(1.0, 2.0))])


@pytest.mark.parametrize(
    "other",
    [
        Gauge("queue", "People waiting!", across=Across.MAX),
        Gauge("queue", "People waiting.", across=Across.LATEST),
        Gauge("queue", "People waiting.", (Label.bounded("bar", 2, ""),), across=Across.MAX),
        Histogram("queue", "People waiting."),
    ],
)
def test_each_part_of_a_declaration_is_in_the_fingerprint(other: Metric) -> None:
    assert fingerprint([QUEUE]) != fingerprint([other])
    assert fingerprint(METRICS) == fingerprint(reversed(METRICS))
    assert len(bytes.fromhex(fingerprint(METRICS))) == 6


def _changed(**changes: object) -> str:
    content = json.loads(dump([SOLD]))
    content["metrics"][0] |= changes
    return json.dumps(content)


LABEL = {"name": "bar", "values": None, "at_most": 2, "meaning": ""}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "not JSON: "),
        ("[" * 100_000, "not JSON: "),
        ("[]", "`format` is missing"),
        ("{}", "`format` is missing"),
        ('{"format":2,"metrics":[]}', "written in format 2, and this version of steward reads 1"),
        ('{"format":1}', "the file: `metrics` must be a list"),
        ('{"format":1,"metrics":[7]}', "metric 0: not an object"),
        ('{"format":1,"metrics":[{}]}', "metric 0: `kind` must be a text"),
        (_changed(kind="summary"), "metric sold_total: 'summary' is not a kind of metric; known: counter, gauge"),
        (_changed(name="sold"), "metric sold: counter sold: a counter's name ends in _total"),
        (_changed(help=None), "metric sold_total: `help` must be a text"),
        (_changed(unit="miles"), "metric sold_total: 'miles' is not `unit`; known: 'seconds', "),
        (_changed(labels={}), "metric sold_total: `labels` must be a list"),
        (_changed(labels=["bar"]), "metric sold_total: a label is not an object"),
        (_changed(labels=[LABEL | {"at_most": True}]), "metric sold_total: `at_most` of a label must be a whole"),
        (_changed(labels=[LABEL | {"values": "sl"}]), "metric sold_total: `values` must be a list"),
        (_changed(labels=[LABEL | {"values": [1]}]), "metric sold_total: `values` of a label must be texts"),
        (_changed(labels=[LABEL | {"name": "le"}]), "metric sold_total: label 'le': Prometheus sets this one"),
        (_changed(kind="gauge", name="sold", across="any"), "metric sold: 'any' is not `across`; known: 'sum'"),
        (_changed(kind="histogram", buckets=["1"]), "metric sold_total: `buckets` must be finite"),
        (
            _changed(kind="histogram", buckets=[float("inf")]),
            "metric sold_total: `buckets` must be finite numbers",
        ),
        (
            json.dumps({"format": 1, "metrics": json.loads(dump([SOLD]))["metrics"] * 2}),
            "metric sold_total: it stands after sold_total",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, wrong: str) -> None:
    with pytest.raises(ManifestUnreadable) as caught:
        load(text)
    assert wrong in str(caught.value)


def test_a_file_is_written_once_closed_to_others_and_read_again(tmp_path: Path) -> None:
    path = manifest.write(tmp_path, METRICS)
    os.utime(path, (1, 1))
    inode = path.stat().st_ino

    assert manifest.write(tmp_path, reversed(METRICS)) == path
    assert manifest.files(tmp_path) == [path] == list(tmp_path.iterdir())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_ino == inode
    found = manifest.read(path)
    assert (found.fingerprint, found.metrics) == (fingerprint(METRICS), (POURED, QUEUE, SOLD))
    assert found.used > 1, "starting again with the same declarations is seen"


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", dump([QUEUE]).encode()])
def test_a_damaged_file_is_named_and_written_anew(tmp_path: Path, damage: bytes) -> None:
    path = manifest.write(tmp_path, METRICS)
    path.write_bytes(damage)

    with pytest.raises(ManifestUnreadable, match=str(path)):
        manifest.read(path)
    manifest.write(tmp_path, METRICS)

    assert manifest.read(path).metrics == (POURED, QUEUE, SOLD)


def test_a_folder_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        manifest.write(tmp_path / "missing", METRICS)
