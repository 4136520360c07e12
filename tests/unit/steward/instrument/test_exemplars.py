import math
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.instrument.exemplars import (
    LONGEST,
    Exemplar,
    Exemplars,
    Place,
    decode_place,
    encode_place,
    pack,
    unpack,
)

pytestmark = pytest.mark.slow

PLACE: Place = ("c_total", ("a",), 0)
NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]*", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=()))


def _allowed(labels: Mapping[str, str]) -> bool:
    return bool(labels) and sum(len(name) + len(text) for name, text in labels.items()) <= LONGEST


@given(st.dictionaries(NAMES, TEXT, max_size=60).filter(_allowed), st.floats(allow_nan=False))
def test_what_is_packed_is_unpacked(labels: dict[str, str], value: float) -> None:
    exemplars = Exemplars()
    exemplars.put(PLACE, labels, value)
    kept = exemplars.known[PLACE]

    assert unpack(pack(kept) + bytes(50)) == kept
    assert kept.labels.keys() == labels.keys()


def test_the_greatest_number_of_the_longest_characters_fits() -> None:
    labels = {"t": "\x01" * (LONGEST - 1)}
    exemplars = Exemplars()

    exemplars.put(PLACE, labels, 1.0)

    assert unpack(pack(exemplars.known[PLACE])) == exemplars.known[PLACE]


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_record_that_is_not_whole_is_none(at: int, byte: int) -> None:
    whole = pack(Exemplar({"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"}, 0.25, 1.5))
    damaged = bytearray(whole + bytes(100))
    damaged[at % len(whole)] ^= byte or 1

    assert unpack(bytes(damaged)) is None


@pytest.mark.parametrize("length", [0, 1, 8, 23, 24, 60])
def test_a_record_that_ends_early_is_none(length: int) -> None:
    whole = pack(Exemplar({"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"}, 0.25, 1.5))

    assert unpack(whole[:length]) is None
    assert unpack(bytes(length)) is None


def test_a_whole_record_of_something_else_is_none() -> None:
    rest = struct.pack("=Idd", 3, 1.0, 1.0) + b"abc"

    assert unpack(struct.pack("=I", zlib.crc32(rest)) + rest) is None


@pytest.mark.parametrize(
    "labels", [{}, {"": "x"}, {"1st": "x"}, {"a-b": "x"}, {"ä": "x"}, {"a\n": "x"}, {"t": "x" * LONGEST}]
)
def test_labels_that_openmetrics_forbids_are_refused(labels: dict[str, str]) -> None:
    exemplars = Exemplars()

    with pytest.raises(ValueError, match="an exemplar's"):
        exemplars.put(PLACE, labels, 1.0)
    assert exemplars.known == {}


@pytest.mark.parametrize(
    ("text", "kept"), [("\ud800", "?"), (b"x", "b'x'"), (7, "7"), (None, "None"), ([1], "[1]"), ("ü", "ü")]
)
def test_what_is_no_text_is_kept_as_text(text: Any, kept: str) -> None:
    exemplars = Exemplars()

    exemplars.put(PLACE, {"t": text}, 1.0)

    assert exemplars.known[PLACE].labels == {"t": kept}


def test_what_the_caller_does_to_his_labels_later_does_not_matter() -> None:
    exemplars, labels = Exemplars(), {"t": "1"}
    exemplars.put(PLACE, labels, 1.0)

    labels["t"] = "2"

    assert exemplars.known[PLACE].labels == {"t": "1"}


@given(TEXT.map(lambda text: text.encode("utf-8", "replace").decode()), st.integers(0, 99))
def test_a_place_is_read_as_it_was_written(value: str, bucket: int) -> None:
    place = ("h", (value, "x"), bucket)

    assert decode_place(encode_place(place)) == place


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"e",
        b'["c_total"]',
        b"e[",
        b"e[]",
        b"e[0]",
        b"e7",
        b'e{"a":1}',
        b'e["0","c_total"]',
        b'e[0,"c_total",["a"]]',
        b'e[0,["c_total"]]',
        b'e[0,"c_total",null]',
        b'e[0,"\xff"]',
        b"e" + b"[" * 100_000,
    ],
)
def test_a_key_that_is_no_place_is_none(key: bytes) -> None:
    assert decode_place(key) is None


def test_an_infinite_value_is_kept() -> None:
    assert unpack(pack(Exemplar({"a": "b"}, math.inf, 1.0))) == Exemplar({"a": "b"}, math.inf, 1.0)
