"""The parts of an expression, each with its place in the text.

A tree is made by `steward.promql.parse`. Parentheses leave no node; a part's span includes its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from steward.promql.duration import ZERO, Duration


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Characters `start` to `end`, the end not included."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters themselves."""
        return text[self.start : self.end]


class ValueType(Enum):
    """What an expression gives."""

    VECTOR = "instant vector"
    MATRIX = "range vector"
    SCALAR = "scalar"
    STRING = "string"


MatchOperator = Literal["=", "!=", "=~", "!~"]


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition of a selector, e.g. `status=~"5.."`."""

    label: str
    operator: MatchOperator
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    """What all parts have in common."""

    span: Span
    """The whole part, its operands included."""


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string."""

    value: str


@dataclass(frozen=True, slots=True)
class Selector(Node):
    """Series by name and matchers, at an instant or over a range."""

    name: str | None
    """The metric's name, wherever it is written; None where it is matched by a pattern or not at all."""
    name_span: Span
    matchers: tuple[Matcher, ...]
    """Without the one on `__name__` that gave `name`."""
    range: Duration | None = None
    range_span: Span | None = None
    offset: Duration = ZERO
    """Into the past; negative for the future."""
    pinned: bool = False
    """It has an `@`, so it does not move with the evaluation."""


@dataclass(frozen=True, slots=True)
class Subquery(Node):
    """An expression evaluated at each step of a range."""

    operand: "Expression"
    range: Duration
    range_span: Span
    step: Duration | None
    offset: Duration = ZERO
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function and its arguments."""

    name: str
    name_span: Span
    arguments: tuple["Expression", ...]
    returns: ValueType


@dataclass(frozen=True, slots=True)
class Aggregation(Node):
    """An aggregation such as `sum by (path) (...)`."""

    operator: str
    operator_span: Span
    operand: "Expression"
    parameter: "Expression | None"
    grouping: Literal["by", "without"] | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """How the two sides of a binary operator find each other."""

    kind: Literal["on", "ignoring"]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two operands and what stands between them."""

    operator: str
    operator_span: Span
    left: "Expression"
    right: "Expression"
    returns_bool: bool = False
    matching: Matching | None = None
    group: Literal["left", "right"] | None = None
    """The side that may have many for one on the other."""
    include: tuple[str, ...] = ()
    """Labels taken over from the one side."""


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """A sign before an expression."""

    operand: "Expression"


Expression = Number | Text | Selector | Subquery | Call | Aggregation | Binary | Unary

COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})


def children(node: Expression) -> tuple[Expression, ...]:
    """Return a part's operands in the order in which they are written."""
    match node:
        case Number() | Text() | Selector():
            return ()
        case Subquery() | Unary():
            return (node.operand,)
        case Call():
            return node.arguments
        case Aggregation():
            return (node.operand,) if node.parameter is None else (node.parameter, node.operand)
        case Binary():
            return (node.left, node.right)


def walk(node: Expression) -> Iterator[Expression]:
    """Yield a part and everything below it, parents first, in the order of the text."""
    yield node
    for child in children(node):
        yield from walk(child)


def selectors(node: Expression) -> Iterator[Selector]:
    """Yield every selector in the order of the text."""
    return (part for part in walk(node) if isinstance(part, Selector))


def value_type(node: Expression) -> ValueType:
    """Return what evaluating the part gives."""
    match node:
        case Number():
            return ValueType.SCALAR
        case Text():
            return ValueType.STRING
        case Selector():
            return ValueType.VECTOR if node.range is None else ValueType.MATRIX
        case Subquery():
            return ValueType.MATRIX
        case Call():
            return node.returns
        case Aggregation():
            return ValueType.VECTOR
        case Unary():
            return value_type(node.operand)
        case Binary():
            scalars = {value_type(node.left), value_type(node.right)} == {ValueType.SCALAR}
            return ValueType.SCALAR if scalars else ValueType.VECTOR
