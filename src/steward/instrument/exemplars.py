"""Exemplars: which request, by the identifier of its trace, is one of those that a series counts.

OpenMetrics shows the last one of a counter and of each bucket of a histogram (https://prometheus.io/docs/specs/om/
open_metrics_spec/#exemplars).
"""

import json
import re
import struct
import time
import zlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import TypeAlias

from steward.instrument.labels import Values, printable
from steward.instrument.layout import DOUBLE, Doubles
from steward.instrument.locking import Lock
from steward.instrument.notices import Notices
from steward.instrument.slot import Slot

LONGEST = 128
"""Characters that the names and values of an exemplar may have together; OpenMetrics allows no more."""

Place: TypeAlias = tuple[str, Values, int]
"""A metric's name, the values of its labels, and the bucket's number, 0 for a counter."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_RECORD = struct.Struct("=IIdd")
_TEXT = LONGEST * 12
"""Bytes: a character may need 6 as JSON, and each label has punctuation."""
_SIZE = (_RECORD.size + _TEXT) // DOUBLE
"""Numbers in whose place one lies."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One observation, by its labels, its value and when it was made, in seconds since 1970."""

    labels: Mapping[str, str]
    value: float
    when: float


class Exemplars:
    """The last exemplars of this process."""

    def __init__(self) -> None:
        self.known: dict[Place, Exemplar] = {}

    def put(self, place: Place, labels: Mapping[str, str], value: float) -> None:
        """Remember an observation; raises ValueError when its labels are not what OpenMetrics allows."""
        written = {name: printable(text) for name, text in labels.items()}
        if sum(len(name) + len(text) for name, text in written.items()) > LONGEST:
            raise ValueError(f"an exemplar's names and values have at most {LONGEST} characters together")
        if not written or not all(_NAME.fullmatch(name) for name in written):
            raise ValueError("an exemplar's label names are letters, digits and underscores, at least one of them")
        self._keep(place, Exemplar(written, float(value), time.time()))

    def _keep(self, place: Place, exemplar: Exemplar) -> None:
        self.known[place] = exemplar


class SharedExemplars(Exemplars):
    """The same, kept in the process's slot alone, where whoever answers a scrape sees them."""

    def __init__(
        self, slot: Slot, left: MutableMapping[bytes, tuple[Doubles, int, int]], notices: Notices
    ) -> None:
        super().__init__()
        self._slot = slot
        self._left = left
        self._notices = notices
        self._lock = Lock()
        self._records: dict[Place, memoryview[int]] = {}

    def _keep(self, place: Place, exemplar: Exemplar) -> None:
        with self._lock:
            record = self._records.get(place)
            if record is None:
                try:
                    record = self._records[place] = self._record(place)
                except OSError as error:
                    self._notices.once("slot", "new exemplars are not exposed: %s", error.strerror)
                    return
        packed = pack(exemplar)
        record[: len(packed)] = packed

    def _record(self, place: Place) -> "memoryview[int]":
        key = encode_place(place)
        cells, at, size = self._left.pop(key, (None, 0, 0))
        if cells is None or size != _SIZE:
            cells, at = self._slot.append(key, _SIZE)
        return self._slot.bytes_of(cells, at, _SIZE)


def pack(exemplar: Exemplar) -> bytes:
    """Return the bytes of a record, which say of themselves whether they are whole."""
    text = json.dumps(exemplar.labels, ensure_ascii=False).encode("utf-8", "replace")[:_TEXT]
    rest = struct.pack("=Idd", len(text), exemplar.value, exemplar.when) + text
    return struct.pack("=I", zlib.crc32(rest)) + rest


def unpack(record: bytes) -> Exemplar | None:
    """Return what `pack` packed; None for a record that was being written, or never was."""
    if len(record) < _RECORD.size:
        return None
    check, length, value, when = _RECORD.unpack_from(record)
    end = _RECORD.size + length
    if not length or end > len(record) or zlib.crc32(record[4:end]) != check:
        return None
    try:
        labels = json.loads(record[_RECORD.size : end])
    except ValueError:
        return None
    return Exemplar(labels, value, when)


def encode_place(place: Place) -> bytes:
    """Return the key of an exemplar in a slot file."""
    name, values, bucket = place
    return b"e" + json.dumps([bucket, name, *values], separators=(",", ":"), ensure_ascii=False).encode()


def decode_place(key: bytes) -> Place | None:
    """Return the place that a key stands for, None for another one's or one that is damaged."""
    if not key.startswith(b"e"):
        return None
    try:
        bucket, name, *values = json.loads(key[1:])
    except (RecursionError, TypeError, ValueError):
        return None
    if not isinstance(bucket, int) or not all(isinstance(text, str) for text in (name, *values)):
        return None
    return name, tuple(values), bucket
