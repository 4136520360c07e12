"""Reads an expression into a tree whose parts know their places."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

import promql_parser as library

from steward.promql import nodes
from steward.promql.duration import ZERO, Duration
from steward.promql.errors import PromqlError
from steward.promql.nodes import Expression, MatchOperator, Span
from steward.promql.tokens import Kind, Token, tokens

_RETURNS = {
    "Vector": nodes.ValueType.VECTOR,
    "Matrix": nodes.ValueType.MATRIX,
    "Scalar": nodes.ValueType.SCALAR,
    "String": nodes.ValueType.STRING,
}
_GROUPS: dict[str, Any] = {"ManyToOne": "left", "OneToMany": "right"}
# Prometheus 2 has it; the library knows only what took its place in Prometheus 3.
library.register_extra_functions(
    [
        library.Function(
            "holt_winters",
            [library.ValueType.Matrix, library.ValueType.Scalar, library.ValueType.Scalar],
            library.ValueType.Vector,
        )
    ]
)
_UNNAMED = "__name__"
_Shiftable = TypeVar("_Shiftable", nodes.Selector, nodes.Subquery)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Return the tree of an expression; raises PromqlError where it is none."""
    found = tokens(text)
    whole = Span(0, len(text))
    if not found:
        raise PromqlError(text, "there is no expression", whole)
    try:
        tree = library.parse(text)
    except ValueError as error:
        raise PromqlError(text, str(error).strip(), whole) from None
    reader = _Reader(text, found)
    result = reader.read(tree)
    if not reader.at_end:
        raise PromqlError(text, "cannot tell its parts apart", whole)
    return result


class _Reader:
    """Walks a tree of the library and the tokens in step."""

    def __init__(self, text: str, found: tuple[Token, ...]) -> None:
        self._text = text
        self._tokens = found
        self._next = 0

    @property
    def at_end(self) -> bool:
        return self._next == len(self._tokens)

    def read(self, tree: object) -> Expression:
        """Return our part for a part of the library's, its tokens consumed."""
        if not isinstance(tree, library.UnaryExpr | library.NumberLiteral | library.BinaryExpr) and self._sees(
            "+"
        ):
            # The library forgets a sign that changes nothing.
            start = self._take()
            operand = self.read(tree)
            return nodes.Unary(Span(start.span.start, operand.span.end), operand)
        reads: dict[type, Callable[[Any], Expression]] = {
            library.ParenExpr: self._parentheses,
            library.NumberLiteral: self._number,
            library.StringLiteral: self._string,
            library.VectorSelector: self._selector,
            library.MatrixSelector: self._matrix,
            library.SubqueryExpr: self._subquery,
            library.Call: self._call,
            library.AggregateExpr: self._aggregation,
            library.BinaryExpr: self._binary,
            library.UnaryExpr: self._unary,
        }
        return reads[type(tree)](tree)

    def _parentheses(self, tree: library.ParenExpr) -> Expression:
        start = self._mark("(")
        inner = self.read(tree.expr)
        return replace(inner, span=Span(start.span.start, self._mark(")").span.end))

    def _number(self, tree: library.NumberLiteral) -> nodes.Number:
        start = self._peek().span.start
        while self._sees("-") or self._sees("+"):
            self._take()
        return nodes.Number(Span(start, self._take().span.end), tree.val)

    def _string(self, tree: library.StringLiteral) -> nodes.Text:
        return nodes.Text(self._take().span, tree.val)

    def _selector(self, tree: library.VectorSelector) -> nodes.Selector:
        start = self._peek()
        if start.kind is Kind.WORD:
            self._take()
        matchers = self._matchers(tree) if self._sees("{") else ()
        names = [one for one in matchers if one.label == _UNNAMED and one.operator == "="]
        name = tree.name or (names[0].value if names else None)
        name_span = start.span if start.kind is Kind.WORD else (names[0].span if names else self._since(start))
        node = nodes.Selector(
            self._since(start), name, name_span, tuple(one for one in matchers if one not in names)
        )
        return self._modified(node, tree.offset)

    def _matrix(self, tree: library.MatrixSelector) -> nodes.Selector:
        start = self._peek()
        # The range stands between the selector and its offset.
        inner = tree.vector_selector
        bare = self._selector(inner)
        self._mark("[")
        width = self._take()
        self._mark("]")
        bare = replace(
            bare, span=self._since(start), range=_duration(tree.range), range_span=width.span, offset=ZERO
        )
        return self._modified(bare, inner.offset)

    def _matchers(self, tree: library.VectorSelector) -> tuple[nodes.Matcher, ...]:
        if tree.matchers.or_matchers:
            raise PromqlError(self._text, "Prometheus knows no `or` between matchers", self._peek().span)
        self._mark("{")
        values = {(one.name, one.value): one for one in tree.matchers.matchers}
        found = []
        while not self._sees("}"):
            label = self._take()
            if label.kind is Kind.TEXT and (self._sees(",") or self._sees("}")):
                found.append(nodes.Matcher(_UNNAMED, "=", _unquoted(label), label.span))
            else:
                operator, value = self._take(), self._take()
                key = _unquoted(label), _unquoted(value)
                if key not in values:
                    raise PromqlError(self._text, "cannot tell its matchers apart", label.span)
                written = cast("MatchOperator", operator.text)
                found.append(nodes.Matcher(*key[:1], written, key[1], Span(label.span.start, value.span.end)))
            if self._sees(","):
                self._take()
        self._mark("}")
        return tuple(found)

    def _subquery(self, tree: library.SubqueryExpr) -> nodes.Subquery:
        start = self._peek()
        operand = self.read(tree.expr)
        first = self._mark("[")
        while not self._sees("]"):
            self._take()
        width = Span(first.span.end, self._mark("]").span.start)
        step = None if tree.step is None else _duration(tree.step)
        range_ = ZERO if tree.range is None else _duration(tree.range)
        node = nodes.Subquery(self._since(start), operand, range_, width, step)
        return self._modified(node, tree.offset)

    def _modified(self, node: _Shiftable, offset: timedelta | None) -> _Shiftable:
        pinned = False
        while self._sees("offset") or self._sees("@"):
            pinned = pinned or self._sees("@")
            self._take()
            while self._sees("-") or self._sees("+"):
                self._take()
            self._take()
            if self._sees("("):
                self._mark("(")
                self._mark(")")
        shift = ZERO if offset is None else _duration(offset)
        return replace(node, span=Span(node.span.start, self._last.span.end), offset=shift, pinned=pinned)

    def _call(self, tree: library.Call) -> nodes.Call:
        name = self._take()
        arguments = self._arguments(tree.args)
        returns = _RETURNS[str(tree.func.return_type).rpartition(".")[2]]
        return nodes.Call(self._since(name), tree.func.name, name.span, arguments, returns)

    def _arguments(self, trees: list[Any]) -> tuple[Expression, ...]:
        self._mark("(")
        found = []
        for tree in trees:
            found.append(self.read(tree))
            if self._sees(","):
                self._take()
        self._mark(")")
        return tuple(found)

    def _aggregation(self, tree: library.AggregateExpr) -> nodes.Aggregation:
        name = self._take()
        self._grouping()
        operands = [tree.expr] if tree.param is None else [tree.param, tree.expr]
        *parameter, operand = self._arguments(operands)
        if self._sees("by") or self._sees("without"):
            self._grouping()
        modifier = tree.modifier
        grouping: Any = None if modifier is None else str(modifier.type).rpartition(".")[2].lower()
        labels = () if modifier is None else tuple(modifier.labels)
        return nodes.Aggregation(
            self._since(name),
            name.text.lower(),
            name.span,
            operand,
            parameter[0] if parameter else None,
            grouping,
            labels,
        )

    def _grouping(self) -> None:
        if self._sees("by") or self._sees("without"):
            self._take()
            self._skip_labels()

    def _skip_labels(self) -> None:
        self._mark("(")
        while not self._sees(")"):
            self._take()
        self._mark(")")

    def _binary(self, tree: library.BinaryExpr) -> nodes.Binary:
        start = self._peek()
        left = self.read(tree.lhs)
        operator = self._take()
        self._skip_modifiers()
        right = self.read(tree.rhs)
        modifier = tree.modifier
        matching = None if modifier is None or modifier.matching is None else _matching(modifier.matching)
        card = "" if modifier is None or modifier.card is None else str(modifier.card)
        return nodes.Binary(
            Span(min(start.span.start, left.span.start), right.span.end),
            operator.text.lower(),
            operator.span,
            left,
            right,
            modifier is not None and modifier.return_bool,
            matching,
            next((_GROUPS[key] for key in _GROUPS if key in card), None),
            tuple(modifier.group_labels or ()) if modifier is not None else (),
        )

    def _skip_modifiers(self) -> None:
        if self._sees("bool"):
            self._take()
        if self._sees("on") or self._sees("ignoring"):
            self._take()
            self._skip_labels()
        if self._sees("group_left") or self._sees("group_right"):
            self._take()
            if self._sees("(") and self._is_include():
                self._skip_labels()

    def _is_include(self) -> bool:
        """Tell `group_left (team) x` from `group_left (x)`: after the labels another operand follows."""
        place = self._next + 1
        while self._tokens[place].text != ")":
            if self._tokens[place].text != "," and self._tokens[place].kind is not Kind.WORD:
                return False
            place += 1
        follows = self._tokens[place + 1] if place + 1 < len(self._tokens) else None
        return follows is not None and (follows.kind is not Kind.MARK or follows.text in {"(", "{", "-", "+"})

    def _unary(self, tree: library.UnaryExpr) -> nodes.Unary:
        start = self._take()
        operand = self.read(tree.expr)
        return nodes.Unary(Span(start.span.start, operand.span.end), operand)

    def _peek(self) -> Token:
        if self.at_end:
            raise PromqlError(self._text, "it ends too early", Span(len(self._text), len(self._text)))
        return self._tokens[self._next]

    @property
    def _last(self) -> Token:
        return self._tokens[self._next - 1]

    def _sees(self, text: str) -> bool:
        return not self.at_end and self._tokens[self._next].text.lower() == text

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token

    def _mark(self, text: str) -> Token:
        token = self._take()
        if token.text != text:
            raise PromqlError(self._text, f"expected {text!r} here", token.span)
        return token

    def _since(self, start: Token) -> Span:
        return Span(start.span.start, self._last.span.end)


def _matching(modifier: library.LabelModifier) -> nodes.Matching:
    kind: Any = "on" if "Include" in str(modifier.type) else "ignoring"
    return nodes.Matching(kind, tuple(modifier.labels))


def _duration(delta: timedelta) -> Duration:
    return Duration.of(delta.total_seconds())


def _unquoted(token: Token) -> str:
    if token.kind is not Kind.TEXT:
        return token.text
    read = library.parse(token.text)
    assert isinstance(read, library.StringLiteral)  # noqa: S101 - says what a string token is read as
    return read.val
