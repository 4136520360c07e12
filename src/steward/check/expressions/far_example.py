"""An alert whose examples lie so far from its threshold that its tests could not see a wrong one."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.compile.proof.sides import blind_spots

NAME = "far-example"
WHY = "The generated tests know of an alert what its examples show; a threshold that is far off would pass them."


def check(subject: ExpressionSubject, _context: Context) -> Iterator[Problem]:
    """Yield each threshold, half or double, that no example tells from the right one."""
    for mistake, mend in blind_spots(subject.declared) if subject.declared else ():
        yield Problem(Level.WARNING, f"no example would tell it from {mistake}", mend)
