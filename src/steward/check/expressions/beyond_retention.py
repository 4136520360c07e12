"""A look further back than Prometheus keeps."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql import ZERO, Duration
from steward.promql.nodes import Expression, Selector, Subquery, children

NAME = "beyond-retention"
WHY = "What is older is deleted; the result silently means a shorter time than is written."


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each range and offset that reaches behind the retention; without a catalogue it is not known."""
    if not context.knows_metrics:
        return
    kept = Duration.parse(context.collection.retention)
    for node, reach in _reaches(subject.node, ZERO):
        if reach > kept:
            yield Problem(
                Level.ERROR,
                f"it looks back {reach}, and Prometheus keeps {kept}",
                "shorten the window, record what is needed of it, or keep more (retention)",
                node.span,
            )


def _reaches(node: Expression, before: Duration) -> Iterator[tuple[Expression, Duration]]:
    """Yield each selector with how far back it reads."""
    if isinstance(node, Selector):
        if not node.pinned:
            yield node, before + node.offset + (node.range or ZERO)
        return
    if isinstance(node, Subquery):
        if node.pinned:
            return
        before = before + node.offset + node.range
    for child in children(node):
        yield from _reaches(child, before)
