"""How the pages write shares, numbers and rates."""

import math
from datetime import timedelta

from steward.oncall.deliver.text import duration

_YEAR = 365 * 86_400.0
_STEPS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def percent(share: float | None, digits: int = 0) -> str:
    """Write a share as percent, never nearer to whole than it is: 0.99996 is `99.99%`, and -0.3 is `-30%`."""
    if share is None:
        return "unknown"
    scaled = round(share * 100 * 10**digits, 6)
    return f"{math.floor(scaled) / 10**digits:,.{digits}f}%"


def amount(number: float | None) -> str:
    """Write how many: `0`, `812`, `12.3k`, `4.56M`."""
    if number is None:
        return "unknown"
    for size, letter in _STEPS:
        if abs(number) >= 10 * size or (size > 1e3 and abs(number) >= size):
            return f"{number / size:.3g}{letter}"
    return f"{number:,.0f}"


def factor(number: float | None) -> str:
    """Write how many times: `0`, `0.37`, `14.4`, `1,000`."""
    if number is None:
        return "unknown"
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}" if number >= 0.01 or not number else "under 0.01"


def exactly(number: float) -> str:
    """Write a number as somebody wrote it: `99.9`, `99`."""
    return f"{number:.10g}"


def lasting(seconds: float) -> str:
    """Write a time in seconds in words."""
    return "over a year" if seconds > _YEAR else duration(timedelta(seconds=seconds))


FIGURES = {function.__name__: function for function in (percent, amount, exactly, factor, lasting)}
