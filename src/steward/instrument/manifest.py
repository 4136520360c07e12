"""Declarations as a file beside the slots: what the numbers in a folder mean, without the program that wrote them.

A file is named for the fingerprint of what it holds, as the slot files of the same set of metrics are.
"""

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from steward.model import Across, CatalogueError, Counter, Gauge, Histogram, Label, Metric, Unit

_FORMAT = 1
_SUFFIX = ".json"

_Object: TypeAlias = Mapping[str, Any]
_Member = TypeVar("_Member", bound=Enum)


class ManifestUnreadable(ValueError):
    """A text that does not hold declarations; the message names what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A set of metrics that some process of a folder counts, or counted."""

    fingerprint: str
    metrics: tuple[Metric, ...]
    """Sorted by name."""
    used: float
    """When a process last started with them, in seconds since the epoch."""


def dump(metrics: Iterable[Metric]) -> str:
    """Return the declarations as JSON in ASCII: the same text whatever the order of `metrics`.

    One that stands there twice is written once.
    """
    declared = [_written(metric) for metric in sorted(set(metrics), key=lambda metric: metric.name)]
    content = {"format": _FORMAT, "metrics": declared}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n"


def load(text: str) -> tuple[Metric, ...]:
    """Return the metrics that `dump` wrote, sorted by name; raises ManifestUnreadable."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestUnreadable(f"not JSON: {error}") from None
    if not isinstance(content, dict) or "format" not in content:
        raise ManifestUnreadable("not declarations of metrics: `format` is missing")
    if content["format"] != _FORMAT:
        raise ManifestUnreadable(
            f"written in format {content['format']!r}, and this version of steward reads {_FORMAT};"
            " use one version for all that share a folder"
        )
    metrics = [_metric(one, number) for number, one in enumerate(_list(content, "metrics", "the file"))]
    for one, following in pairwise([metric.name for metric in metrics]):
        if one >= following:
            raise ManifestUnreadable(f"metric {following}: it stands after {one}; they are sorted, each once")
    return tuple(metrics)


def fingerprint(metrics: Iterable[Metric]) -> str:
    """Return 12 hexadecimal digits that are the same for the same declarations only."""
    return _digest(dump(metrics))


def write(folder: Path, metrics: Iterable[Metric]) -> Path:
    """Write the declarations into `folder`, closed to others, unless they are there; return the file.

    The file's time becomes now, so that the set that was started last is known. Several processes may do this at
    once: a reader sees a whole file or none. Raises OSError.
    """
    text = dump(metrics)
    path = folder / f"{_digest(text)}{_SUFFIX}"
    try:
        if path.read_text(encoding="ascii") == text:
            os.utime(path)
            return path
    except (FileNotFoundError, UnicodeDecodeError):
        pass
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return path


def files(folder: Path) -> list[Path]:
    """Return the files of declarations in `folder`, by name; raises OSError where it cannot be listed."""
    found = [entry for entry in folder.iterdir() if entry.suffix == _SUFFIX and not entry.name.startswith(".")]
    return sorted(found)


def read(path: Path) -> Manifest:
    """Return what a file of declarations holds; raises OSError, ManifestUnreadable."""
    try:
        text = path.read_text(encoding="ascii")
        used = path.stat().st_mtime
        metrics = load(text)
    except UnicodeDecodeError:
        raise ManifestUnreadable(f"{path}: not text in ASCII") from None
    except ManifestUnreadable as error:
        raise ManifestUnreadable(f"{path}: {error}") from None
    if path.stem != _digest(text):
        raise ManifestUnreadable(f"{path}: changed since it was written: its name is not the digest of its text")
    return Manifest(path.stem, metrics, used)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("ascii"), digest_size=6).hexdigest()


def _written(metric: Metric) -> dict[str, object]:
    written: dict[str, object] = {
        "kind": metric.kind,
        "name": metric.name,
        "help": metric.help,
        "unit": metric.unit.value,
        "labels": [
            {"name": label.name, "values": label.values, "at_most": label.at_most, "meaning": label.meaning}
            for label in metric.labels
        ],
    }
    if isinstance(metric, Gauge):
        written["across"] = metric.across.value
    elif isinstance(metric, Histogram):
        # 1 and 1.0 are the same bound, and must be the same text.
        written["buckets"] = [float(bound) for bound in metric.buckets]
    return written


def _metric(one: object, number: int) -> Metric:
    if not isinstance(one, dict):
        raise ManifestUnreadable(f"metric {number}: not an object")
    where = f"metric {one.get('name', number)}"
    kind = _text(one, "kind", where)
    make = _MAKERS.get(kind)
    if make is None:
        raise ManifestUnreadable(f"{where}: {kind!r} is not a kind of metric; known: {', '.join(_MAKERS)}")
    try:
        return make(one, where)
    except CatalogueError as error:
        raise ManifestUnreadable(f"{where}: {error}") from None


def _counter(one: _Object, where: str) -> Counter:
    return Counter(**_common(one, where))


def _gauge(one: _Object, where: str) -> Gauge:
    return Gauge(**_common(one, where), across=_member(Across, one, "across", where))


def _histogram(one: _Object, where: str) -> Histogram:
    bounds = _list(one, "buckets", where)
    if not all(isinstance(bound, float) and math.isfinite(bound) for bound in bounds):
        raise ManifestUnreadable(f"{where}: `buckets` must be finite numbers")
    return Histogram(**_common(one, where), buckets=tuple(bounds))


_MAKERS: Mapping[str, Callable[[_Object, str], Metric]] = {
    Counter.kind: _counter,
    Gauge.kind: _gauge,
    Histogram.kind: _histogram,
}


def _common(one: _Object, where: str) -> dict[str, Any]:
    return {
        "name": _text(one, "name", where),
        "help": _text(one, "help", where),
        "labels": tuple([_label(label, where) for label in _list(one, "labels", where)]),
        "unit": _member(Unit, one, "unit", where),
    }


def _label(one: object, where: str) -> Label:
    if not isinstance(one, dict):
        raise ManifestUnreadable(f"{where}: a label is not an object")
    at_most = one.get("at_most")
    if not isinstance(at_most, int) or isinstance(at_most, bool):
        raise ManifestUnreadable(f"{where}: `at_most` of a label must be a whole number")
    values = None
    if one.get("values") is not None:
        values = tuple(_list(one, "values", where))
        if not all(isinstance(value, str) for value in values):
            raise ManifestUnreadable(f"{where}: `values` of a label must be texts")
    return Label(_text(one, "name", where), values, at_most, _text(one, "meaning", where))


def _text(one: _Object, key: str, where: str) -> str:
    value = one.get(key)
    if not isinstance(value, str):
        raise ManifestUnreadable(f"{where}: `{key}` must be a text")
    return value


def _list(one: _Object, key: str, where: str) -> list[Any]:
    value = one.get(key)
    if not isinstance(value, list):
        raise ManifestUnreadable(f"{where}: `{key}` must be a list")
    return value


def _member(kind: type[_Member], one: _Object, key: str, where: str) -> _Member:
    try:
        return kind(_text(one, key, where))
    except ValueError:
        known = ", ".join(repr(member.value) for member in kind)
        raise ManifestUnreadable(f"{where}: {one[key]!r} is not `{key}`; known: {known}") from None
