"""Whether one expression counts a part of what another counts, so that their ratio is at most 1."""

from steward.promql.nodes import Aggregation, Call, Expression, Matcher, Selector

_COUNTING = frozenset({"rate", "increase", "count_over_time", "sum_over_time"})


def is_part(part: Expression, whole: Expression) -> bool:
    """Tell whether `part` selects among the series of `whole`, both counted the same way; no value may be < 0."""
    match part, whole:
        case Aggregation(operator="sum" | "count"), Aggregation():
            same = (part.operator, part.grouping, set(part.labels)) == (
                whole.operator,
                whole.grouping,
                set(whole.labels),
            )
            return same and is_part(part.operand, whole.operand)
        case Call(), Call():
            same_call = part.name == whole.name and part.name in _COUNTING
            return same_call and is_part(part.arguments[0], whole.arguments[0])
        case Selector(), Selector():
            return _selects_among(part, whole)
        case _:
            return False


def _selects_among(part: Selector, whole: Selector) -> bool:
    when = (part.range, part.offset, part.pinned) == (whole.range, whole.offset, False)
    if not when or part.name is None or whole.name is None:
        return False
    asked, required = _asked(part), _asked(whole)
    if part.name == whole.name:
        return required <= asked
    stem = part.name.removesuffix("_bucket")
    one_bucket = any(label == "le" and operator == "=" for label, operator, _ in asked)
    return part.name != stem and whole.name == f"{stem}_count" and one_bucket and required <= asked


def _asked(selector: Selector) -> frozenset[tuple[str, str, str]]:
    return frozenset(map(_content, selector.matchers))


def _content(matcher: Matcher) -> tuple[str, str, str]:
    return matcher.label, matcher.operator, matcher.value
