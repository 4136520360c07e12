"""A histogram used by its own name."""

from collections.abc import Iterator

from steward.check.expressions.unknown_metric import is_bare_histogram
from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.nodes import selectors

NAME = "histogram-part"
WHY = "A histogram is stored as its _bucket, _sum and _count; under its own name there is nothing."


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each selector of a histogram that names none of its parts."""
    for selector in selectors(subject.node):
        name = selector.name
        if name and is_bare_histogram(name, context.schema):
            yield Problem(
                Level.ERROR,
                f"{name} is a histogram, which has no series of its own",
                f"take {name}_bucket for quantiles, {name}_count for how many, {name}_sum for their sum",
                selector.name_span,
            )
