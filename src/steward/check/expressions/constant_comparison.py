"""A comparison that is always or never true."""

from collections.abc import Iterator
from typing import Literal

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.interval import Interval, interval
from steward.promql.nodes import COMPARISONS, Aggregation, Binary, Call, Number, walk

NAME = "constant-comparison"
WHY = "An alert that can never be true tells nobody; one that is always true is soon ignored."

_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}

Verdict = Literal["always", "never"]


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each comparison of a value with a number that lies outside of, or around, all it can be."""
    for node in walk(subject.node):
        if isinstance(node, Binary) and node.operator in COMPARISONS:
            verdict = _verdict(node, context)
            if verdict == "never" or (verdict == "always" and not _asks_whether_there_is(node)):
                yield Problem(
                    Level.ERROR if verdict == "never" else Level.WARNING,
                    f"this is {verdict} true: the value lies between {_bounds(node, context)}",
                    "compare with a number that the value can pass, or leave the comparison out",
                    node.span,
                )


def _asks_whether_there_is(node: Binary) -> bool:
    """Tell whether it is as `count(x) > 0`, which is true wherever there is an x and says so to the reader."""
    values = node.left if isinstance(node.right, Number) else node.right
    match values:
        case Aggregation(operator=operator):
            return operator in {"count", "group"}
        case Call(name=name):
            return name in {"absent", "absent_over_time", "present_over_time", "count_over_time", "vector"}
        case _:
            return False


def _verdict(node: Binary, context: Context) -> Verdict | None:
    if isinstance(node.right, Number):
        return _held(node.operator, interval(node.left, context.schema), node.right.value)
    if isinstance(node.left, Number):
        return _held(_MIRRORED[node.operator], interval(node.right, context.schema), node.left.value)
    return None


def _held(operator: str, values: Interval, bound: float) -> Verdict | None:
    """Say what comparing any of the values with the bound comes to, where it is always the same."""
    low, high = values.low, values.high
    if operator in {"==", "!="}:
        outside = bound < low or bound > high
        same = low == high == bound
        yes, no = (same, outside) if operator == "==" else (outside, same)
        return "always" if yes else "never" if no else None
    always = {">": low > bound, ">=": low >= bound, "<": high < bound, "<=": high <= bound}[operator]
    never = {">": high <= bound, ">=": high < bound, "<": low >= bound, "<=": low > bound}[operator]
    return "always" if always else "never" if never else None


def _bounds(node: Binary, context: Context) -> str:
    values = interval(node.left if isinstance(node.right, Number) else node.right, context.schema)
    return f"{values.low:g} and {values.high:g}"
