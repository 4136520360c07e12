"""A heatmap of a histogram whose query drops the buckets."""

from collections.abc import Iterator

from steward.check.dashboards.subject import DashboardProblem, DashboardSubject
from steward.check.finding import Level
from steward.check.shape import Context
from steward.promql.infer import infer

NAME = "heatmap-without-le"
WHY = "Each bucket is a line of the heatmap; without `le` there is one line, and it is the sum of all."


def check(subject: DashboardSubject, context: Context) -> Iterator[DashboardProblem]:
    """Yield each query of a heatmap whose series have no `le`."""
    for panel in subject.panels:
        for question in panel.questions if panel.kind == "heatmap" and not panel.computes_buckets else ():
            if question.node is not None and not infer(question.node, context.schema).keeps("le"):
                yield DashboardProblem(
                    Level.ERROR,
                    panel.what,
                    f"{question.text} does not keep `le`",
                    "group by (le) the increase of the histogram's _bucket series",
                    question.line,
                )
