"""What matchers select, asked of the values that a label can have."""

from collections.abc import Iterator

from steward.check.shape import Context
from steward.promql.matching import takes
from steward.promql.nodes import Expression, Matcher, Selector, selectors
from steward.promql.schema import SeriesInfo


def known(node: Expression, context: Context) -> Iterator[tuple[Selector, SeriesInfo]]:
    """Yield every selector of which the schema knows the series."""
    for selector in selectors(node):
        info = context.schema.get(selector.name or "")
        if info is not None:
            yield selector, info


def taken(matcher: Matcher, values: frozenset[str]) -> frozenset[str] | None:
    """Return the values that a matcher lets through; None where its pattern is beyond us."""
    answers = {value: takes(matcher.operator, matcher.value, value) for value in values}
    if None in answers.values():
        return None
    return frozenset(value for value, answer in answers.items() if answer)
