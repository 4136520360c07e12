"""Which labels the result of an expression can have, and which values.

What is not known is never claimed: series outside the schema have open label sets, and nothing follows from those.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from steward.promql.nodes import (
    SET_OPERATORS,
    Aggregation,
    Binary,
    Call,
    Expression,
    Matcher,
    Number,
    Selector,
    Subquery,
    Text,
    Unary,
    ValueType,
    value_type,
)
from steward.promql.schema import Schema, SeriesInfo, Values

_KEEPING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_NO_LABELS = frozenset({"vector", "scalar", "time", "pi"})


@dataclass(frozen=True, slots=True)
class LabelState:
    """What is known of one label of a result."""

    values: Values
    """Every value it can have; None for any but the empty one."""
    optional: bool = False
    """Whether it can be missing, which is the same as empty."""

    def agrees(self, other: "LabelState") -> bool:
        """Tell whether two series can have the same value here."""
        if self.optional and other.optional:
            return True
        if self.values is None:
            return other.values is None or bool(other.values)
        if other.values is None:
            return bool(self.values)
        return bool(self.values & other.values)

    @property
    def varies(self) -> bool:
        """Tell whether two series can differ here."""
        return self.values is None or len(self.values) + self.optional > 1


ABSENT = LabelState(frozenset(), optional=True)
UNKNOWN = LabelState(None, optional=True)


@dataclass(frozen=True, slots=True)
class Inferred:
    """The labels of a result."""

    labels: Mapping[str, LabelState] = field(default_factory=dict)
    is_open: bool = False
    """Whether it can have labels that are not listed."""

    def label(self, name: str) -> LabelState:
        """Return what is known of one label."""
        return self.labels.get(name, UNKNOWN if self.is_open else ABSENT)

    def keeps(self, name: str) -> bool:
        """Tell whether a series of the result can have the label at all."""
        state = self.label(name)
        return state.values is None or bool(state.values)


NOTHING = Inferred()
ANYTHING = Inferred(is_open=True)


def infer(node: Expression, schema: Schema) -> Inferred:
    """Return what the labels of an expression's result can be."""
    match node:
        case Number() | Text():
            return NOTHING
        case Selector():
            return _selector(node, schema)
        case Subquery() | Unary():
            return infer(node.operand, schema)
        case Call():
            return _call(node, schema)
        case Aggregation():
            return _aggregation(node, schema)
        case Binary():
            return _binary(node, schema)


def match_labels(node: Binary, left: Inferred, right: Inferred) -> tuple[str, ...]:
    """Return the labels by which the two sides find each other, as far as they are known."""
    if node.matching is not None and node.matching.kind == "on":
        return node.matching.labels
    ignored = node.matching.labels if node.matching is not None else ()
    return tuple(sorted((left.labels.keys() | right.labels.keys()) - set(ignored)))


def _selector(node: Selector, schema: Schema) -> Inferred:
    info = schema.get(node.name) if node.name is not None else None
    known = ANYTHING if info is None else _declared(info)
    labels = dict(known.labels)
    for matcher in node.matchers:
        labels[matcher.label] = _narrowed(labels.get(matcher.label, known.label(matcher.label)), matcher)
    return Inferred(labels, known.is_open)


def _declared(info: SeriesInfo) -> Inferred:
    optional = not info.complete
    labels = {name: LabelState(values, optional) for name, values in info.labels.items()}
    return Inferred(labels, is_open=not info.complete)


def _narrowed(state: LabelState, matcher: Matcher) -> LabelState:
    passes = _test(matcher)
    if state.values is not None:
        return LabelState(frozenset(filter(passes, state.values)), state.optional and passes(""))
    if matcher.operator == "=":
        return LabelState(frozenset({matcher.value} - {""}), state.optional and passes(""))
    return LabelState(None, state.optional and passes(""))


def _test(matcher: Matcher) -> Callable[[str], bool]:
    if matcher.operator in {"=", "!="}:
        return lambda value: (value == matcher.value) == (matcher.operator == "=")
    try:
        pattern = re.compile(matcher.value, re.DOTALL)
    except re.error:
        return lambda _: True
    return lambda value: bool(pattern.fullmatch(value)) == (matcher.operator == "=~")


def _call(node: Call, schema: Schema) -> Inferred:
    if node.name in _NO_LABELS or not node.arguments:
        return NOTHING
    if node.name in {"absent", "absent_over_time"}:
        return _absent(node.arguments[0])
    operand = next((one for one in node.arguments if value_type(one) in _SERIES), None)
    if operand is None:
        return NOTHING
    inferred = infer(operand, schema)
    if node.name == "histogram_quantile":
        return _without(inferred, ("le",))
    if node.name in {"label_replace", "label_join"}:
        return _written(node, inferred)
    return inferred


_SERIES = frozenset({ValueType.VECTOR, ValueType.MATRIX})


def _absent(operand: Expression) -> Inferred:
    """Return the labels that `absent` makes up: those that the selector asks for by equality."""
    while isinstance(operand, Unary | Subquery):
        operand = operand.operand
    if not isinstance(operand, Selector):
        return NOTHING
    asked = {one.label: one.value for one in operand.matchers if one.operator == "=" and one.value}
    return Inferred({label: LabelState(frozenset({value})) for label, value in asked.items()})


def _written(node: Call, inferred: Inferred) -> Inferred:
    target = node.arguments[1]
    if not isinstance(target, Text):
        return ANYTHING
    before = inferred.label(target.value)
    values: Values = None
    if node.name == "label_replace" and isinstance(node.arguments[2], Text) and before.values is not None:
        new = node.arguments[2].value
        values = None if "$" in new else before.values | frozenset({new} - {""})
    return replace(inferred, labels={**inferred.labels, target.value: LabelState(values, optional=True)})


def _aggregation(node: Aggregation, schema: Schema) -> Inferred:
    operand = infer(node.operand, schema)
    if node.operator in _KEEPING:
        return operand
    match node.grouping:
        case "by":
            result = Inferred({name: operand.label(name) for name in node.labels if operand.keeps(name)})
        case "without":
            result = _without(operand, node.labels)
        case _:
            result = NOTHING
    if node.operator == "count_values" and isinstance(node.parameter, Text):
        return replace(result, labels={**result.labels, node.parameter.value: LabelState(None)})
    return result


def _without(inferred: Inferred, names: Iterable[str]) -> Inferred:
    gone = dict.fromkeys(names, ABSENT)
    if inferred.is_open:
        return replace(inferred, labels={**inferred.labels, **gone})
    return replace(inferred, labels={name: one for name, one in inferred.labels.items() if name not in gone})


def _binary(node: Binary, schema: Schema) -> Inferred:
    left, right = infer(node.left, schema), infer(node.right, schema)
    if value_type(node.left) is ValueType.SCALAR:
        return right
    if value_type(node.right) is ValueType.SCALAR:
        return left
    if node.operator == "or":
        return _either(left, right)
    if node.operator in SET_OPERATORS:
        return _limited(node, left, right) if node.operator == "and" else left
    return _matched(node, left, right)


def _limited(node: Binary, left: Inferred, right: Inferred) -> Inferred:
    agreed = {name: _both(left.label(name), right.label(name)) for name in match_labels(node, left, right)}
    return replace(left, labels={**left.labels, **{name: one for name, one in agreed.items() if left.keeps(name)}})


def _matched(node: Binary, left: Inferred, right: Inferred) -> Inferred:
    if node.group is not None:
        many, one = (left, right) if node.group == "left" else (right, left)
        taken = {name: one.label(name) for name in node.include}
        return replace(many, labels={**many.labels, **taken})
    names = match_labels(node, left, right)
    labels = {name: _both(left.label(name), right.label(name)) for name in names}
    on = node.matching is not None and node.matching.kind == "on"
    return Inferred(labels, is_open=not on and left.is_open and right.is_open)


def _both(left: LabelState, right: LabelState) -> LabelState:
    optional = left.optional and right.optional
    if left.values is None:
        return LabelState(right.values, optional)
    if right.values is None:
        return LabelState(left.values, optional)
    return LabelState(left.values & right.values, optional)


def _either(left: Inferred, right: Inferred) -> Inferred:
    names = left.labels.keys() | right.labels.keys()
    labels = {name: reduce(_union, (left.label(name), right.label(name))) for name in names}
    return Inferred(labels, left.is_open or right.is_open)


def _union(left: LabelState, right: LabelState) -> LabelState:
    values = None if left.values is None or right.values is None else left.values | right.values
    return LabelState(values, left.optional or right.optional)
