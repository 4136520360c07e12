"""Which labels the result of an expression can have, and which values.

What is not known is never claimed: series outside the schema have open label sets, and nothing follows from those.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from steward.promql.labels import ABSENT, ANYTHING, NAME, NOTHING, Inferred, LabelState
from steward.promql.matching import takes
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

_INSTANCE = "instance"
_KEEPING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_NO_LABELS = frozenset({"vector", "scalar", "time", "pi"})


def infer(node: Expression, schema: Schema) -> Inferred:
    """Return what the labels of an expression's result can be."""
    match node:
        case Number() | Text():
            return NOTHING
        case Selector():
            return _selector(node, schema)
        case Unary():
            return infer(node.operand, schema)
        case Subquery():
            # Over time more series come and go than there are at once.
            return replace(infer(node.operand, schema), bound=None, key=None)
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
    return replace(known, labels=labels)


def _declared(info: SeriesInfo) -> Inferred:
    labels = {name: _state(values, optional=not info.complete) for name, values in info.labels.items()}
    # How many targets there are is not known.
    bound = None if _INSTANCE in info.labels else info.bound
    return Inferred(labels, is_open=not info.complete, bound=bound)


def _state(values: Values, *, optional: bool) -> LabelState:
    """Return what is known of a label; the empty value among others stands for series without it."""
    if values is None:
        return LabelState(None, optional)
    return LabelState(values - {""}, optional or "" in values)


def _narrowed(state: LabelState, matcher: Matcher) -> LabelState:
    def passes(value: str) -> bool:
        # A pattern that is beyond us may let anything through.
        return takes(matcher.operator, matcher.value, value) is not False

    optional = state.optional and passes("")
    if state.values is not None:
        return LabelState(frozenset(filter(passes, state.values)), optional)
    if matcher.operator == "=":
        return LabelState(frozenset({matcher.value} - {""}), optional)
    return LabelState(None, optional)


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
    if node.name == "info":
        return replace(inferred, is_open=True)
    return inferred


_SERIES = frozenset({ValueType.VECTOR, ValueType.MATRIX})


def _absent(operand: Expression) -> Inferred:
    """Return the labels that `absent` makes up: those that the selector asks for by equality."""
    if not isinstance(operand, Selector):
        return NOTHING
    asked = Counter(one.label for one in operand.matchers)
    once = [one for one in operand.matchers if asked[one.label] == 1 and one.operator == "=" and one.value]
    return Inferred({one.label: LabelState(frozenset({one.value})) for one in once})


def _written(node: Call, inferred: Inferred) -> Inferred:
    target = node.arguments[1]
    if not isinstance(target, Text):
        return ANYTHING
    before = inferred.label(target.value)
    values: Values = None
    if node.name == "label_replace" and isinstance(node.arguments[2], Text) and before.values is not None:
        new = node.arguments[2].value
        values = None if "$" in new else before.values | frozenset({new} - {""})
    labels = {**inferred.labels, target.value: LabelState(values, optional=True)}
    return replace(inferred, labels=labels, key=None)


def _aggregation(node: Aggregation, schema: Schema) -> Inferred:
    operand = infer(node.operand, schema)
    if node.operator in _KEEPING:
        return _kept(node, operand)
    match node.grouping:
        case "by":
            result = Inferred({name: operand.label(name) for name in node.labels if _stays(operand, name)})
        case "without":
            result = _without(operand, node.labels)
        case _:
            result = NOTHING
    if node.operator == "count_values" and isinstance(node.parameter, Text):
        return replace(result, labels={**result.labels, node.parameter.value: LabelState(None)})
    return result


def _kept(node: Aggregation, operand: Inferred) -> Inferred:
    """Return what topk and its like leave; of one a group, the group's labels tell all apart."""
    one = isinstance(node.parameter, Number) and node.parameter.value == 1 and node.operator != "limit_ratio"
    if not one or node.grouping == "without":
        return operand
    return replace(operand, key=frozenset(node.labels), bound=operand.bound if node.labels else 1)


def _stays(operand: Inferred, name: str) -> bool:
    return name != NAME and operand.keeps(name)


def _without(inferred: Inferred, names: Iterable[str]) -> Inferred:
    gone = dict.fromkeys(names, ABSENT)
    key = inferred.key if inferred.key is not None and inferred.key.isdisjoint(gone) else None
    if inferred.is_open:
        return replace(inferred, labels={**inferred.labels, **gone}, key=key)
    return replace(inferred, labels={n: one for n, one in inferred.labels.items() if n not in gone}, key=key)


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
        return replace(many, labels={**many.labels, **taken}, key=None if taken else many.key)
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
