"""What is told to the browser, as JSON."""

import dataclasses
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from steward.dashboards.wire import Mark


def encoded(value: object) -> bytes:
    """Return something of `wire` as JSON; every number in it is finite."""
    return json.dumps(value, default=_fields, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def joined(start: float, end: float, panels: Mapping[int, bytes], marks: Sequence[Mark]) -> bytes:
    """Return a `wire.DashboardData` of panels that are JSON already."""
    inner = b",".join(b'"%d":%s' % item for item in panels.items())
    return b'{"start":%s,"end":%s,"panels":{%s},"marks":%s}' % (
        encoded(start),
        encoded(end),
        inner,
        encoded(list(marks)),
    )


def _fields(value: object) -> dict[str, Any]:
    kind: type = type(value)
    return {name.removesuffix("_"): getattr(value, name) for name in _names(kind)}


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is nothing that a browser is told")
    return tuple(field.name for field in dataclasses.fields(kind))
