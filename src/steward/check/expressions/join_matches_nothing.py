"""A join whose two sides can never find each other."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.infer import infer, match_labels
from steward.promql.labels import Inferred, LabelState
from steward.promql.nodes import Binary, ValueType, value_type, walk

NAME = "join-matches-nothing"
WHY = "Two series meet only where every label they are matched by is equal; here none can, so there is no result."


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each binary operator between vectors whose sides have a label that can never be equal."""
    for node in walk(subject.node):
        if isinstance(node, Binary) and node.operator != "or" and _joins(node):
            yield from _problems(node, context)


def _joins(node: Binary) -> bool:
    return value_type(node.left) is value_type(node.right) is ValueType.VECTOR


def _problems(node: Binary, context: Context) -> Iterator[Problem]:
    left, right = infer(node.left, context.schema), infer(node.right, context.schema)
    apart = [
        name
        for name in match_labels(node, left, right)
        if not left.label(name).agrees(right.label(name)) and _possible(left, right)
    ]
    if apart:
        yield Problem(
            Level.ERROR,
            f"the two sides of `{node.operator}` can never match: "
            + "; ".join(_said(n, left, right) for n in apart),
            _mend(node, apart),
            node.operator_span,
        )


def _possible(left: Inferred, right: Inferred) -> bool:
    """Tell whether each side can have a result at all; another check speaks of one that cannot."""
    return all(
        state.values is None or state.values or state.optional
        for side in (left, right)
        for state in side.labels.values()
    )


def _said(name: str, left: Inferred, right: Inferred) -> str:
    return f"`{name}` is {_shown(left.label(name))} on the left and {_shown(right.label(name))} on the right"


def _shown(state: LabelState) -> str:
    if state.values is None:
        return "set"
    if not state.values:
        return "missing"
    values = sorted(state.values)
    return ", ".join(values[:3]) + (", ..." if len(values) > 3 else "")


def _mend(node: Binary, apart: list[str]) -> str:
    names = ", ".join(apart)
    if node.matching is not None and node.matching.kind == "on":
        return f"match on labels that both sides have, without {names}"
    return f"aggregate {names} away on the side that has it, or match with on(...) or ignoring({names})"
