"""A join in which one series on a side can meet several on the other."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.infer import infer, match_labels
from steward.promql.labels import Inferred
from steward.promql.nodes import SET_OPERATORS, Binary, ValueType, value_type, walk

NAME = "many-to-one"
WHY = (
    "Prometheus refuses to guess which of several matches is meant: the evaluation fails, and the alert is silent."
)


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each join where a side has labels that tell its series apart and are not matched by."""
    for node in walk(subject.node):
        if isinstance(node, Binary) and node.operator not in SET_OPERATORS and _joins(node):
            yield from _problems(node, context)


def _joins(node: Binary) -> bool:
    return value_type(node.left) is value_type(node.right) is ValueType.VECTOR


def _problems(node: Binary, context: Context) -> Iterator[Problem]:
    left, right = infer(node.left, context.schema), infer(node.right, context.schema)
    names = frozenset(match_labels(node, left, right))
    spare_left = () if node.group == "left" else _spare(left, names)
    spare_right = () if node.group == "right" else _spare(right, names)
    if spare_left and spare_right:
        yield _problem(
            node,
            f"many on both sides: {', '.join(sorted({*spare_left, *spare_right}))} are not matched by",
            "aggregate both sides to the labels they are matched by",
        )
    elif spare_left:
        yield _problem(
            node,
            f"many on the left for one on the right, told apart by {', '.join(spare_left)}",
            "write group_left() if that is meant, else aggregate the left side",
        )
    elif spare_right:
        yield _problem(
            node,
            f"many on the right for one on the left, told apart by {', '.join(spare_right)}",
            "write group_right() if that is meant, else aggregate the right side",
        )


def _spare(side: Inferred, matched: frozenset[str]) -> tuple[str, ...]:
    """Return the labels by which series of a side differ and that the match does not look at.

    Nothing is said of series that are not known: what tells them apart may well be matched by.
    """
    if side.is_open or side.most == 1 or (side.key is not None and side.key <= matched):
        return ()
    return tuple(sorted(name for name, state in side.labels.items() if name not in matched and state.varies))


def _problem(node: Binary, what: str, mend: str) -> Problem:
    return Problem(Level.WARNING, f"`{node.operator}` can meet {what}", mend, node.operator_span)
