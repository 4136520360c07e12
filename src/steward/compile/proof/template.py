"""Renders the texts of alerts as Prometheus does, for the template functions that alerts here may use."""

import math
import re
from collections.abc import Callable, Mapping

from steward.model import CatalogueError

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_LABEL = re.compile(r"\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)")
_PRINTF = re.compile(r'printf "(%\.[0-9]f)"')
_VALUE = "$value"

_LARGE = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")
_LARGE_1024 = ("", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_SMALL = ("", "m", "u", "n", "p", "f", "a", "z", "y")


def rendered(text: str, labels: Mapping[str, str], value: float | None) -> str:
    """Return a text with its placeholders filled in; raises CatalogueError for one that is not known here."""
    return _ACTION.sub(lambda action: _evaluated(action[1], labels, value), text)


def _evaluated(action: str, labels: Mapping[str, str], value: float | None) -> str:
    if label := _LABEL.fullmatch(action):
        return labels.get(label[1], "")
    source, *pipeline = (part.strip() for part in action.split("|"))
    if source != _VALUE or len(pipeline) > 1:
        raise CatalogueError(f"{{{{ {action} }}}} is more than the placeholders known here: {_known()}")
    if value is None:
        raise CatalogueError(f"{{{{ {action} }}}} needs the example's value")
    if not pipeline:
        return _plain(value)
    return _function(pipeline[0])(value)


def _function(name: str) -> Callable[[float], str]:
    if form := _PRINTF.fullmatch(name):
        return lambda value: form[1] % value
    if name not in _FUNCTIONS:
        raise CatalogueError(f"template function {name} is not known here; known: {_known()}")
    return _FUNCTIONS[name]


def _known() -> str:
    return ", ".join(["$labels.NAME", "$value", 'printf "%.2f"', *_FUNCTIONS])


def _plain(value: float) -> str:
    """Return a number as Go writes it, which turns to exponents at a million."""
    if not math.isfinite(value):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN")
    text = f"{value:.15g}"
    if 1e6 <= abs(value) < 1e15:
        mantissa, _, exponent = f"{value:.14e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
    return text


def _humanize(value: float) -> str:
    if value == 0 or not math.isfinite(value):
        return f"{value:.4g}"
    prefix = 0
    if abs(value) >= 1:
        while abs(value) >= 1000 and prefix < len(_LARGE) - 1:
            value, prefix = value / 1000, prefix + 1
        return f"{value:.4g}{_LARGE[prefix]}"
    while abs(value) < 1 and prefix < len(_SMALL) - 1:
        value, prefix = value * 1000, prefix + 1
    return f"{value:.4g}{_SMALL[prefix]}"


def _humanize_1024(value: float) -> str:
    prefix = 0
    while abs(value) >= 1024 and prefix < len(_LARGE_1024) - 1:
        value, prefix = value / 1024, prefix + 1
    return f"{value:.4g}{_LARGE_1024[prefix]}"


def _percentage(value: float) -> str:
    return f"{value * 100:.4g}%"


def _duration(value: float) -> str:
    if abs(value) < 1:
        return _short_duration(value)
    sign, left = ("-", -value) if value < 0 else ("", value)
    whole = int(left)
    seconds, minutes, hours, days = whole % 60, whole // 60 % 60, whole // 3600 % 24, whole // 86400
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return f"{sign}{left:.4g}s"


def _short_duration(value: float) -> str:
    return "0s" if value == 0 else f"{_humanize(value)}s"


_FUNCTIONS: dict[str, Callable[[float], str]] = {
    "humanize": _humanize,
    "humanize1024": _humanize_1024,
    "humanizePercentage": _percentage,
    "humanizeDuration": _duration,
}
