"""A function that the target Prometheus does not know yet.

Versions are those of Prometheus' CHANGELOG.
"""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.nodes import Aggregation, Binary, Call, Expression, Selector, Span, Subquery, walk

NAME = "newer-function"
WHY = "A Prometheus that does not know the function refuses the whole file of rules."

_TRIGONOMETRY = (
    *("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh"),
    *("sin", "sinh", "tan", "tanh", "deg", "rad", "pi"),
)
_SINCE: dict[str, tuple[int, int]] = {
    "group": (2, 20),
    "clamp": (2, 26),
    "last_over_time": (2, 26),
    "sgn": (2, 26),
    "present_over_time": (2, 29),
    "atan2": (2, 31),
    **dict.fromkeys(_TRIGONOMETRY, (2, 31)),
    "histogram_count": (2, 40),
    "histogram_sum": (2, 40),
    "histogram_fraction": (2, 40),
    "histogram_stddev": (2, 47),
    "histogram_stdvar": (2, 47),
    "mad_over_time": (2, 49),
    "sort_by_label": (2, 49),
    "sort_by_label_desc": (2, 49),
    "histogram_avg": (2, 52),
    "limitk": (2, 54),
    "limit_ratio": (2, 54),
    "double_exponential_smoothing": (3, 0),
    "info": (3, 0),
    "ts_of_last_over_time": (3, 5),
    "ts_of_max_over_time": (3, 5),
    "ts_of_min_over_time": (3, 5),
}
_MODIFIERS = (2, 33)
"""`@` and offsets into the future, until then behind a flag."""


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each function, aggregation and modifier that is too new for the target."""
    for node in walk(subject.node):
        named = _named(node)
        if named:
            yield from _of_name(*named, context.version)
        elif isinstance(node, Selector | Subquery) and _has_new_modifier(node) and context.version < _MODIFIERS:
            yield _too_new("`@` or a negative offset", _MODIFIERS, context.version, node.span)


def _named(node: Expression) -> tuple[str, Span] | None:
    match node:
        case Call(name=name, name_span=span):
            return name, span
        case Aggregation(operator=name, operator_span=span) | Binary(operator=name, operator_span=span):
            return name, span
        case _:
            return None


def _of_name(name: str, span: Span, version: tuple[int, int]) -> Iterator[Problem]:
    since = _SINCE.get(name)
    if since and version < since:
        yield _too_new(name, since, version, span)


def _too_new(what: str, since: tuple[int, int], version: tuple[int, int], span: Span) -> Problem:
    return Problem(
        Level.ERROR,
        f"{what} is known since Prometheus {_text(since)}, and the target is {_text(version)}",
        "write it without, or give the target's version as --prometheus",
        span,
    )


def _has_new_modifier(node: Selector | Subquery) -> bool:
    return node.pinned or node.offset.milliseconds < 0


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
