"""A counter whose bare value is used."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem, Use
from steward.promql.nodes import Aggregation, Binary, Call, Expression, Number, Selector, children, selectors
from steward.promql.schema import Schema, SeriesInfo

NAME = "raw-counter"
WHY = "A counter's value says how long its process has run; it starts again at 0 with every restart."
_HANDLES_COUNTERS = frozenset(
    {"rate", "irate", "increase", "resets", "changes", "absent", "absent_over_time", "present_over_time"}
    | {"count_over_time", "timestamp", "delta", "idelta", "deriv", "count", "group", "count_values"}
)
_PRESENCE = frozenset({"and", "unless"})


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each counter that reaches the result as it is; whether it exists may be asked of it."""
    level = Level.WARNING if subject.use in {Use.ALERT, Use.RECORDING} else Level.INFO
    for selector in bare_counters(subject.node, context.schema):
        yield Problem(
            level,
            f"the bare value of {selector.name}, which is a counter",
            f"ask for its growth: rate({selector.name}[5m]) or increase({selector.name}[1h])",
            selector.name_span,
        )


def bare_counters(node: Expression, schema: Schema) -> Iterator[Selector]:
    """Yield each selector of a counter whose value reaches the result."""
    for selector in _bare(node):
        info = schema.get(selector.name or "")
        if info is not None and _counts(info):
            yield selector


def _counts(info: SeriesInfo) -> bool:
    return info.kind == "counter" or (info.kind in {"histogram", "summary"} and info.part != "")


def _bare(node: Expression) -> Iterator[Selector]:
    """Yield the selectors whose values are used; not those under a function that knows counters."""
    match node:
        case Selector():
            yield node
        case Call(name=name) | Aggregation(operator=name) if name in _HANDLES_COUNTERS:
            return
        case Binary() if _is_growth(node) or _is_never(node):
            return
        case Binary(operator=operator) if operator in _PRESENCE:
            yield from _bare(node.left)
        case _:
            for child in children(node):
                yield from _bare(child)


def _is_growth(node: Binary) -> bool:
    """Tell whether a counter is held against itself at another time."""
    left, right = ({one.name for one in selectors(side)} for side in (node.left, node.right))
    return node.operator in {"-", "==", "!=", "unless"} and left == right != set()


def _is_never(node: Binary) -> bool:
    """Tell whether it is asked if anything was ever counted."""
    return node.operator == "==" and isinstance(node.right, Number) and node.right.value == 0
