"""A variable that nothing asks for."""

from collections.abc import Iterator

from steward.check.dashboards.subject import DashboardProblem, DashboardSubject
from steward.check.finding import Level
from steward.check.shape import Context

NAME = "variable-unused"
WHY = "Whoever chooses a value sees nothing change, and takes what is shown for the chosen one's."


def check(subject: DashboardSubject, _context: Context) -> Iterator[DashboardProblem]:
    """Yield each variable that stands in no query, no title and no link."""
    for variable in subject.variables:
        if not variable.used:
            yield DashboardProblem(
                Level.WARNING,
                f"variable {variable.name}",
                f"nothing in the dashboard asks for ${variable.name}",
                f'use it, e.g. in a matcher as =~"${variable.name}", or remove it',
                variable.line,
            )
