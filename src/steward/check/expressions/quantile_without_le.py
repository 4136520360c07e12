"""A quantile of buckets whose bounds are gone."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.nodes import Aggregation, Call, Expression, Selector, children, walk

NAME = "quantile-without-le"
WHY = "histogram_quantile tells buckets apart by their label le; without it there is no quantile."


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:  # noqa: ARG001, RUF100
    """Yield each aggregation below histogram_quantile that drops `le`."""
    for call in walk(subject.node):
        if isinstance(call, Call) and call.name == "histogram_quantile":
            for aggregation in _outermost(call.arguments[-1]):
                if not _keeps_le(aggregation) and _has_buckets(aggregation):
                    yield Problem(
                        Level.ERROR,
                        f"{aggregation.operator} drops the label le, which histogram_quantile needs",
                        "keep it: `sum by (le, ...)`",
                        aggregation.operator_span,
                    )


def _outermost(node: Expression) -> Iterator[Aggregation]:
    if isinstance(node, Aggregation):
        yield node
        return
    for child in children(node):
        yield from _outermost(child)


def _has_buckets(node: Expression) -> bool:
    """Tell whether classic buckets are read; a native histogram has no `le` to keep."""
    return any(isinstance(one, Selector) and (one.name or "").endswith("_bucket") for one in walk(node))


def _keeps_le(node: Aggregation) -> bool:
    if node.operator in {"topk", "bottomk"}:
        return True
    return "le" in node.labels if node.grouping != "without" else "le" not in node.labels
