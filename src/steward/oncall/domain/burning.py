"""When an alert would fire if everything goes on as in the last minutes."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """A value over a sliding window, and where it goes.

    What is in the window is taken to lie evenly in it; so the value moves in a straight line, and is there when
    the window has passed once.
    """

    window: float
    """Seconds."""
    value: float
    """Now."""
    towards: float
    """What it becomes if all goes on as it is."""
    limit: float

    def passes(self) -> float | None:
        """Return in how many seconds it is above its limit, 0 where it is and stays so; None for never."""
        if self.towards <= self.limit:
            return None
        if self.value > self.limit:
            return 0.0
        return self.window * (self.limit - self.value) / (self.towards - self.value)


def fires_in(courses: Iterable[Course]) -> float | None:
    """Return in how many seconds every value is above its limit; None for never."""
    times = [course.passes() for course in courses]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def lasts(remaining: float, window: float, burn: float) -> float | None:
    """Return in how many seconds a budget is spent, 0 where it is; None where nothing burns.

    `remaining` is the share that is left, `window` the objective's in seconds, `burn` how many times faster than
    evenly it is spent.
    """
    if remaining <= 0:
        return 0.0
    return remaining * window / burn if burn > 0 else None
