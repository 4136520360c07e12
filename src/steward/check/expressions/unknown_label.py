"""A label that the series do not have: in a matcher, in `by` or in `on`."""

from collections.abc import Iterable, Iterator

from steward.check.expressions.matchers import known
from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.infer import infer
from steward.promql.matching import takes
from steward.promql.nodes import Aggregation, Binary, Matcher, walk
from steward.promql.schema import SeriesInfo

NAME = "unknown-label"
WHY = (
    "To Prometheus a label that is not there is empty: the selector finds nothing, or the condition does nothing."
)


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each label that is asked for and that no series there can have."""
    for selector, info in known(subject.node, context):
        for matcher in selector.matchers if info.complete else ():
            if matcher.label not in info.labels and matcher.label != "__name__":
                yield _of_matcher(matcher, info)
    for node in walk(subject.node):
        if isinstance(node, Aggregation) and node.grouping == "by":
            yield from _of_grouping(node, context)
        elif isinstance(node, Binary) and node.matching is not None and node.matching.kind == "on":
            yield from _of_match(node, node.matching.labels, context)


def _of_matcher(matcher: Matcher, info: SeriesInfo) -> Problem:
    has = f"it has {_listed(info.labels)}"
    message = f"{info.name} has no label {matcher.label}"
    if takes(matcher.operator, matcher.value, ""):
        return Problem(
            Level.WARNING, f"{message}, so the condition is always true", f"remove it; {has}", matcher.span
        )
    return Problem(Level.ERROR, message, f"use a label of the metric; {has}", matcher.span)


def _of_grouping(node: Aggregation, context: Context) -> Iterator[Problem]:
    operand = infer(node.operand, context.schema)
    for name in node.labels:
        if not operand.keeps(name):
            message = f"{node.operator} by ({name}): what is aggregated has no label {name}"
            mend = f"group by a label that it has, which are {_listed(operand.labels)}, or leave {name} out"
            yield Problem(Level.WARNING, message, mend, node.operator_span)


def _of_match(node: Binary, names: tuple[str, ...], context: Context) -> Iterator[Problem]:
    sides = infer(node.left, context.schema), infer(node.right, context.schema)
    for name in names:
        if not any(side.keeps(name) for side in sides):
            message = f"`{node.operator}` on({name}): neither side has a label {name}"
            yield Problem(
                Level.WARNING, message, f"match on labels of both sides, without {name}", node.operator_span
            )


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(sorted(labels)) or "none"
