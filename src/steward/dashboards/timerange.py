"""Times as they stand in addresses, and the moments at which a range is asked.

Times are `now`, `now-6h`, `now/d` (the beginning of today), `now-1d/d`, milliseconds since 1970, or ISO 8601; all
in UTC.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from steward.dashboards.errors import BadQuestion

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
"""Of the units of `now-6h`; a month is 30 days, a year 365."""
NICE = (
    *(1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800),
    *(3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000),
)
"""Steps that people can read, in seconds."""
LONGEST = 400 * 86_400
"""Of a range, in seconds."""
MOST_MOMENTS = 10_000
"""Of a range; Prometheus refuses more than 11,000."""

_RELATIVE = re.compile(r"now(?P<away>(?:[+-]\d{1,6}[smhdwMy])*)(?:/(?P<floor>[smhdwMy]))?")
_AWAY = re.compile(r"([+-])(\d+)([smhdwMy])")
_MILLISECONDS = re.compile(r"\d{10,14}")
_HOW = "write now-1h, milliseconds since 1970, or 2026-11-24T18:00:00Z"


@dataclass(frozen=True, slots=True)
class Grid:
    """The moments at which a range is asked: `start`, `start + step`, ... up to `end`; both are whole steps."""

    start: float
    end: float
    step: float
    fresh: float
    """To which moment a value of now is asked: the whole of this many seconds, so that viewers share it."""
    scrape: float
    """Between two samples, in seconds."""
    asked: tuple[float, float]
    """The range as it was asked for."""

    @property
    def count(self) -> int:
        """How many moments there are."""
        return round((self.end - self.start) / self.step) + 1

    @property
    def latest(self) -> float:
        """The moment of a value that is asked only once, at the end."""
        return math.floor(self.asked[1] / self.fresh) * self.fresh

    @property
    def length(self) -> float:
        """Of the range, in seconds."""
        return self.asked[1] - self.asked[0]


def moment(text: str, *, now: float) -> float:
    """Return the time that `text` means, in seconds since 1970; raises BadQuestion."""
    if relative := _RELATIVE.fullmatch(text):
        return _relative(relative["away"], relative["floor"] or "", now)
    if _MILLISECONDS.fullmatch(text):
        return int(text) / 1_000
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuestion(f"{text!r} is no time; {_HOW}") from None
    try:
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, OSError):
        raise BadQuestion(f"{text!r} is too far away; {_HOW}") from None


def span(start: str, end: str, *, now: float) -> tuple[float, float]:
    """Return both ends of a range in seconds since 1970; raises BadQuestion where it has no length or too much."""
    begin, finish = moment(start, now=now), moment(end, now=now)
    if end.startswith("now") and "/" in end:
        finish = min(finish, now)
    if finish <= begin:
        raise BadQuestion(f"the range from {start} to {end} ends before it begins; swap its ends")
    if finish - begin > LONGEST:
        raise BadQuestion(f"the range from {start} to {end} is longer than {LONGEST // 86_400} days; ask for less")
    return begin, finish


def grid(start: float, end: float, *, width: int, scrape: float, least: float = 0) -> Grid:
    """Return the moments for a chart of `width` pixels: one for each pixel at most, and none closer than scrapes.

    `least` is the shortest step that a panel asks for, in seconds.
    """
    wanted = max((end - start) / max(1, min(width, MOST_MOMENTS)), scrape, least)
    step = wanted if wanted in {scrape, least} else nice(wanted)
    first, last = math.floor(start / step) * step, math.floor(end / step) * step
    return Grid(first, max(first, last), step, min(step, scrape), scrape, (start, end))


def nice(step: float) -> float:
    """Return the shortest readable step that is not below `step`."""
    return next((float(one) for one in NICE if one >= step), step)


def _relative(away: str, floor: str, now: float) -> float:
    seconds = sum(int(sign + number) * SECONDS[unit] for sign, number, unit in _AWAY.findall(away))
    return _floored(now + seconds, floor) if floor else now + seconds


def _floored(at: float, unit: str) -> float:
    if unit in "smh":
        return at // SECONDS[unit] * SECONDS[unit]
    try:
        day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    except (OverflowError, OSError, ValueError):
        raise BadQuestion("that time is too far away") from None
    match unit:
        case "w":
            day -= timedelta(days=day.weekday())
        case "M":
            day = day.replace(day=1)
        case "y":
            day = day.replace(month=1, day=1)
    return day.timestamp()
