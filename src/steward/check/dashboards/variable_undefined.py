"""A query with a variable that the dashboard does not have."""

from collections.abc import Iterator

from steward.check.dashboards.subject import DashboardProblem, DashboardSubject
from steward.check.finding import Level
from steward.check.reading.variables import names_in
from steward.check.shape import Context

NAME = "variable-undefined"
WHY = "Grafana leaves the name standing in the query, which then matches nothing or cannot be read."


def check(subject: DashboardSubject, _context: Context) -> Iterator[DashboardProblem]:
    """Yield each name with a dollar that is neither built in nor declared."""
    declared = {variable.name for variable in subject.variables}
    known = ", ".join(sorted(declared)) or "none"
    for what, question in subject.questions():
        for name in sorted(names_in(question.text) - declared):
            yield DashboardProblem(
                Level.ERROR,
                what,
                f"${name} is no variable of the dashboard",
                f"declare it, or use one that is there: {known}",
                question.line,
            )
