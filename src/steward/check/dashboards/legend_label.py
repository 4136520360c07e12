"""A legend, or the text at a mark, that shows a label which the query does not keep."""

from collections.abc import Iterator

from steward.check.dashboards.subject import DashboardProblem, DashboardSubject, Question
from steward.check.finding import Level
from steward.check.shape import Context
from steward.promql.infer import infer

NAME = "legend-label"
WHY = "The label is gone by then, so every series has the same name and nobody can tell them apart."


def check(subject: DashboardSubject, context: Context) -> Iterator[DashboardProblem]:
    """Yield each label that is to be shown and that no series of the answer can have."""
    for what, question in subject.questions():
        for label in _missing(question, context):
            yield DashboardProblem(
                Level.ERROR,
                what,
                f"{{{{{label}}}}} is to be shown, which {question.text} does not keep",
                f"keep it, e.g. with by ({label}), or leave it out of the text",
                question.line,
            )


def _missing(question: Question, context: Context) -> Iterator[str]:
    if question.node is None:
        return
    result = infer(question.node, context.schema)
    yield from (label for label in question.labels_shown if not result.keeps(label))
