"""Between which numbers the values of an expression lie, as far as that is sure."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from steward.promql.nodes import (
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
    Expression,
    Number,
    Selector,
    Subquery,
    Unary,
)
from steward.promql.portion import is_part
from steward.promql.schema import Schema


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float


EVERY = Interval(-math.inf, math.inf)
POSITIVE = Interval(0, math.inf)
ONE = Interval(1, 1)
SWITCH = Interval(0, 1)

_SWITCHES = frozenset({"up"})
_AT_LEAST_0 = frozenset({
    "rate", "irate", "increase", "count_over_time", "changes", "resets", "abs", "exp", "sqrt", "stddev_over_time",
    "stdvar_over_time", "time", "timestamp", "histogram_count",
})  # fmt: skip
_SAME = frozenset({
    "avg_over_time", "min_over_time", "max_over_time", "last_over_time", "quantile_over_time", "sort", "sort_desc",
    "label_replace", "label_join", "scalar", "vector",
})  # fmt: skip
_SIGN = frozenset({"sum_over_time", "ceil", "floor", "round"})
_CALENDAR = {
    "hour": Interval(0, 23),
    "minute": Interval(0, 59),
    "month": Interval(1, 12),
    "day_of_week": Interval(0, 6),
    "day_of_month": Interval(1, 31),
    "day_of_year": Interval(1, 366),
    "days_in_month": Interval(28, 31),
}


def interval(node: Expression, schema: Schema) -> Interval:
    """Return an interval that holds every value of the result."""
    match node:
        case Number():
            return Interval(node.value, node.value)
        case Selector():
            return _series(node, schema)
        case Subquery():
            return interval(node.operand, schema)
        case Unary():
            return EVERY
        case Call():
            return _call(node, schema)
        case Aggregation():
            return _aggregation(node, schema)
        case Binary():
            return _binary(node, schema)
        case _:
            return EVERY


def _series(node: Selector, schema: Schema) -> Interval:
    if node.name in _SWITCHES:
        return SWITCH
    info = schema.get(node.name) if node.name is not None else None
    if info is None:
        return EVERY
    counts = info.kind == "counter" or info.part in {"bucket", "count"}
    return POSITIVE if counts else EVERY


def _call(node: Call, schema: Schema) -> Interval:
    if node.name in {"absent", "absent_over_time", "present_over_time"}:
        return ONE
    if node.name in _AT_LEAST_0:
        return POSITIVE
    if node.name in _CALENDAR:
        return _CALENDAR[node.name]
    operands = [interval(one, schema) for one in node.arguments]
    if node.name in _SAME:
        return operands[-1 if node.name == "quantile_over_time" else 0]
    if node.name in _SIGN and operands[0].low >= 0:
        return POSITIVE
    return EVERY


def _aggregation(node: Aggregation, schema: Schema) -> Interval:
    operand = interval(node.operand, schema)
    match node.operator:
        case "count" | "count_values":
            return Interval(1, math.inf)
        case "group":
            return ONE
        case "avg" | "min" | "max" | "topk" | "bottomk" | "quantile":
            return operand
        case "sum" if operand.low >= 0:
            return POSITIVE
        case "stddev" | "stdvar":
            return POSITIVE
    return EVERY


def _binary(node: Binary, schema: Schema) -> Interval:
    left, right = interval(node.left, schema), interval(node.right, schema)
    if node.operator in COMPARISONS:
        return SWITCH if node.returns_bool else _kept(node, left, right)
    if node.operator == "or":
        return Interval(min(left.low, right.low), max(left.high, right.high))
    if node.operator in {"and", "unless"}:
        return left
    if node.operator == "/" and left.low >= 0 and node.matching is None and is_part(node.left, node.right):
        return SWITCH
    calculate = _ARITHMETIC.get(node.operator)
    if calculate is None:
        return EVERY
    found = calculate(left, right)
    return EVERY if math.isnan(found.low) or math.isnan(found.high) else found


def _kept(node: Binary, left: Interval, right: Interval) -> Interval:
    """Return the side that a filter lets through: the left one, but for a number there."""
    return right if isinstance(node.left, Number) else left


def _plus(left: Interval, right: Interval) -> Interval:
    return Interval(left.low + right.low, left.high + right.high)


def _minus(left: Interval, right: Interval) -> Interval:
    return Interval(left.low - right.high, left.high - right.low)


def _times(left: Interval, right: Interval) -> Interval:
    corners = [_product(one, other) for one in (left.low, left.high) for other in (right.low, right.high)]
    return Interval(min(corners), max(corners))


def _product(one: float, other: float) -> float:
    return 0.0 if 0 in {one, other} else one * other


def _divided(left: Interval, right: Interval) -> Interval:
    if right.low == right.high and right.low > 0:
        return Interval(left.low / right.low, left.high / right.low)
    return POSITIVE if left.low >= 0 and right.low >= 0 else EVERY


_ARITHMETIC: dict[str, Callable[[Interval, Interval], Interval]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _divided,
}
