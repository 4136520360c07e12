"""A division by something that is 0."""

import re
from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem, Use
from steward.promql.nodes import COMPARISONS, Aggregation, Binary, Call, Expression, Number, Selector, walk

NAME = "division-by-zero"
WHY = "A limit that nobody set is exposed as 0; x / 0 is +Inf, which is above every threshold."

_LIMITS = frozenset({
    "redis_memory_max_bytes", "redis_config_maxmemory", "container_spec_cpu_quota",
    "prometheus_tsdb_retention_limit_bytes",
})  # fmt: skip
"""Settings that say 0 for `no limit`. Most limits, such as process_max_fds, are never 0."""
_LIMIT = re.compile(r".*(memory|swap|cpu|size)_(max|limit|quota)(_bytes)?")


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each division by a literal 0, and each alert's by a limit that is not asked to be above 0.

    A ratio of rates is left in peace: where nothing happens it is NaN, and NaN passes no threshold.
    """
    asked = _compared(subject.node)
    for node in walk(subject.node):
        if not isinstance(node, Binary) or node.operator not in {"/", "%"}:
            continue
        if isinstance(node.right, Number) and node.right.value == 0:
            yield Problem(Level.ERROR, "this divides by 0", "divide by another number", node.right.span)
        limit = _limit(node.right, context) if subject.use is Use.ALERT else None
        if limit is not None and limit.name not in asked:
            yield Problem(
                Level.WARNING,
                f"`{limit.name}` is 0 where no limit is set, and the result is then +Inf",
                f"divide by ({limit.name} > 0), so that there is no result without a limit",
                node.right.span,
            )


def _compared(node: Expression) -> frozenset[str | None]:
    """Return the names of the series that are held against a number themselves: these are guarded."""
    return frozenset(
        selector.name
        for part in walk(node)
        if isinstance(part, Binary) and part.operator in COMPARISONS
        for side in (part.left, part.right)
        if (selector := _peeled(side)) is not None
    )


def _limit(node: Expression, context: Context) -> Selector | None:
    """Return the limit that is divided by."""
    selector = _peeled(node)
    if selector is None or selector.name is None or not _is_gauge(selector.name, context):
        return None
    return selector if selector.name in _LIMITS or _LIMIT.fullmatch(selector.name) else None


def _peeled(node: Expression) -> Selector | None:
    """Return the selector below aggregations and functions over time."""
    while isinstance(node, Aggregation | Call):
        if isinstance(node, Call) and not node.name.endswith("_over_time"):
            return None
        node = node.operand if isinstance(node, Aggregation) else node.arguments[-1]
    return node if isinstance(node, Selector) else None


def _is_gauge(name: str, context: Context) -> bool:
    info = context.schema.get(name)
    return info is None or info.kind in {"gauge", "unknown"}
