"""What an alert's expression compares: the values that it watches, and the thresholds they are held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from steward.promql import PromqlError, parse
from steward.promql.nodes import COMPARISONS, Binary, Expression, Number, Unary

_HOLDS = {
    ">": lambda value, held: value > held,
    "<": lambda value, held: value < held,
    ">=": lambda value, held: value >= held,
    "<=": lambda value, held: value <= held,
    "==": lambda value, held: value == held,
    "!=": lambda value, held: value != held,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions that must all hold for an alert to fire."""

    expr: str
    """PromQL of the value."""
    comparison: str = ""
    """How it is held against the threshold, e.g. `>`; empty where any value is wrong."""
    threshold: float | None = None

    def holds(self, value: float) -> bool:
        """Tell whether a value fulfils it."""
        return self.threshold is None or _HOLDS[self.comparison](value, self.threshold)


def conditions(query: str) -> tuple[Condition, ...]:
    """Return what must hold for an expression to have a result, in its order.

    What stands behind `unless` is left out. An expression that cannot be read is one condition without threshold.
    """
    try:
        return tuple(_of(parse(query), query))
    except PromqlError:
        return (Condition(query.strip()),)


def charted(found: Sequence[Condition]) -> tuple[tuple[Condition, ...], ...]:
    """Return the conditions as they are drawn: those that follow each other with one threshold in one chart."""
    return tuple(tuple(some) for _, some in groupby(found, lambda one: (one.comparison, one.threshold)))


def _of(node: Expression, text: str) -> list[Condition]:
    if isinstance(node, Binary) and node.operator == "and":
        return [*_of(node.left, text), *_of(node.right, text)]
    if isinstance(node, Binary) and node.operator == "unless":
        return _of(node.left, text)
    if isinstance(node, Binary) and node.operator in COMPARISONS and not node.returns_bool:
        threshold = _number(node.right)
        if threshold is not None:
            return [Condition(node.left.span.of(text).strip(), node.operator, threshold)]
    return [Condition(node.span.of(text).strip())]


def _number(node: Expression) -> float | None:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Unary):
        inner = _number(node.operand)
        return None if inner is None else -inner
    return None
