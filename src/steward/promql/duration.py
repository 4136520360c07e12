"""Durations as Prometheus writes them: `30s`, `5m`, `1h30m`, `30d`."""

import re
from dataclasses import dataclass
from typing import Self

_UNITS = {
    "y": 365 * 86_400_000,
    "w": 7 * 86_400_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
"""Unit -> milliseconds, from the largest to the smallest."""
_WRITTEN = ("d", "h", "m", "s", "ms")
_PATTERN = re.compile(r"(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?")
_PART = re.compile(r"(\d+)(ms|[ywdhms])")


@dataclass(frozen=True, order=True, slots=True)
class Duration:
    """A length of time; exact to the millisecond, as Prometheus is."""

    milliseconds: int

    @classmethod
    def of(cls, seconds: float) -> Self:
        """Return the duration of that many seconds, rounded to the millisecond."""
        return cls(round(seconds * 1000))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read Prometheus' notation; raises ValueError."""
        if not text or not _PATTERN.fullmatch(text):
            raise ValueError(f"{text!r} is not a duration such as 30s, 5m, 1h30m or 30d")
        return cls(sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text)))

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.milliseconds / 1000

    def scaled(self, factor: float) -> "Duration":
        """Return this duration multiplied by `factor`."""
        return Duration(round(self.milliseconds * factor))

    def __add__(self, other: "Duration") -> "Duration":
        return Duration(self.milliseconds + other.milliseconds)

    def __str__(self) -> str:
        sign, left = ("-", -self.milliseconds) if self.milliseconds < 0 else ("", self.milliseconds)
        parts = []
        for unit in _WRITTEN:
            number, left = divmod(left, _UNITS[unit])
            if number:
                parts.append(f"{number}{unit}")
        return sign + ("".join(parts) or "0s")


ZERO = Duration(0)


def seconds(number: float) -> Duration:
    """Return that many seconds."""
    return Duration.of(number)


def minutes(number: float) -> Duration:
    """Return that many minutes."""
    return Duration.of(number * 60)


def hours(number: float) -> Duration:
    """Return that many hours."""
    return Duration.of(number * 3600)


def days(number: float) -> Duration:
    """Return that many days of 24 hours."""
    return Duration.of(number * 86_400)
