"""A matcher on a label that the metric does not have."""

from collections.abc import Iterator

from steward.check.expressions.matchers import known, takes
from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.nodes import Matcher
from steward.promql.schema import SeriesInfo

NAME = "unknown-label"
WHY = (
    "To Prometheus a label that is not there is empty: the selector finds nothing, or the condition does nothing."
)


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each matcher on a label that no series of the name can have."""
    for selector, info in known(subject.node, context):
        for matcher in selector.matchers if info.complete else ():
            if matcher.label not in info.labels and matcher.label != "__name__":
                yield _problem(matcher, info)


def _problem(matcher: Matcher, info: SeriesInfo) -> Problem:
    has = f"it has {', '.join(sorted(info.labels))}" if info.labels else "it has none"
    message = f"{info.name} has no label {matcher.label}"
    if takes(matcher, ""):
        return Problem(
            Level.WARNING, f"{message}, so the condition is always true", f"remove it; {has}", matcher.span
        )
    return Problem(Level.ERROR, message, f"use a label of the metric; {has}", matcher.span)
