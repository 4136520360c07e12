"""How the pages write the values of expressions."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from steward.oncall.deliver.text import duration
from steward.oncall.prometheus import Rule

NONE, RATIO, SECONDS, BYTES = "none", "percentunit", "s", "bytes"
"""Grafana's names of units."""

_BY_TEMPLATE = {"humanizePercentage": RATIO, "humanizeDuration": SECONDS, "humanize1024": BYTES}
_TEMPLATE = re.compile(r"\$value\s*\|\s*(\w+)")
_KIBI = 1024
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB")
_MINUTE = 60


def unit_of(rules: Sequence[Rule]) -> str:
    """Return the unit of an alert's value, as the templates of its annotations write it; `none` for a number."""
    for rule in rules:
        for text in rule.annotations.values():
            if found := _TEMPLATE.search(text):
                return _BY_TEMPLATE.get(found[1], NONE)
    return NONE


def written(value: float, unit: str = NONE) -> str:
    """Write a value: `5.25 %`, `1.2 s`, `0.25`."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if unit == RATIO:
        return f"{_digits(value * 100)} %"
    if unit == SECONDS:
        return f"{_digits(value)} s"
    return _size(value) if unit == BYTES else _digits(value)


def length(seconds: float) -> str:
    """Write a length of time: `0 s`, `30 s`, `5 min`."""
    if seconds < _MINUTE:
        return f"{_digits(seconds)} s"
    return duration(timedelta(seconds=seconds))


def series(labels: Mapping[str, str]) -> str:
    """Write the labels of a series in one line."""
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items())) or "all together"


def _digits(value: float) -> str:
    text = f"{value:,.4g}"
    return f"{value:,.0f}" if "e+" in text else text


def _size(value: float) -> str:
    place = 0
    while abs(value) >= _KIBI and place < len(_SIZES) - 1:
        value, place = value / _KIBI, place + 1
    return f"{_digits(value)} {_SIZES[place]}"
