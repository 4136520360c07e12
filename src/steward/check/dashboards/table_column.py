"""A table that chooses a column which no query gives."""

from collections.abc import Iterator

from steward.check.dashboards.subject import DashboardProblem, DashboardSubject, PanelSubject
from steward.check.finding import Level
from steward.check.shape import Context
from steward.promql.infer import infer

NAME = "table-column"
WHY = "The column is left out without a word, and the table lacks what it was made for."

_TIME = "Time"
_VALUE = "Value"


def check(subject: DashboardSubject, context: Context) -> Iterator[DashboardProblem]:
    """Yield each column that is neither a label of an answer nor its values."""
    for panel in subject.panels:
        if panel.columns and all(question.node is not None for question in panel.questions):
            yield from _of(panel, context)


def _of(panel: PanelSubject, context: Context) -> Iterator[DashboardProblem]:
    results = [infer(one.node, context.schema) for one in panel.questions if one.node is not None]
    values = {f"{_VALUE} #{one.ref}" for one in panel.questions} if len(results) > 1 else {_VALUE}
    for column in panel.columns:
        if column not in {_TIME, *values} and not any(result.keeps(column) for result in results):
            yield DashboardProblem(
                Level.WARNING,
                panel.what,
                f"its column {column} is given by no query",
                f"choose a label that a query keeps, or one of {', '.join(sorted(values))}",
                panel.line,
            )
