"""An expression that reads too much at each evaluation."""

import math
from collections.abc import Iterator

from steward.check.expressions.matchers import taken
from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.nodes import Expression, Selector, Subquery, children
from steward.promql.schema import SeriesInfo

NAME = "cost"
WHY = "Each evaluation reads all of it again; rules that read too much come late, and slow down everything else."


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield a problem where the estimated series or samples are above the budget."""
    reads = list(_reads(subject.node, context, 1))
    series = sum(one for one, _ in reads)
    samples = sum(count for _, count in reads)
    for what, count, allowed in (
        ("series", series, context.budget.series),
        ("samples", samples, context.budget.samples),
    ):
        if count > allowed:
            yield Problem(
                Level.WARNING,
                f"one evaluation reads up to {count:,} {what}; the budget is {allowed:,}",
                "record the inner part as a rule of its own, select fewer series, or shorten the range",
                subject.node.span,
            )


def _reads(node: Expression, context: Context, times: int) -> Iterator[tuple[int, int]]:
    """Yield series and samples of each selector, evaluated `times` times."""
    if isinstance(node, Selector):
        info = context.schema.get(node.name or "")
        if info is not None and info.bound is not None:
            series = max(1, round(info.bound * _share(node, info)))
            points = math.ceil(node.range.seconds / context.collection.interval) if node.range else 1
            yield series, series * points * times
        return
    if isinstance(node, Subquery):
        step = node.step.seconds if node.step else context.collection.interval
        times *= max(1, math.ceil(node.range.seconds / max(step, 0.001)))
    for child in children(node):
        yield from _reads(child, context, times)


def _share(selector: Selector, info: SeriesInfo) -> float:
    """Return which part of the series the matchers let through, as far as values are known."""
    share = 1.0
    for matcher in selector.matchers:
        values = info.labels.get(matcher.label)
        through = taken(matcher, values) if values else None
        if values and through is not None:
            share *= len(through) / len(values)
    return share
