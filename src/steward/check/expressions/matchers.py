"""What matchers select, asked of the values that a label can have."""

import re
from collections.abc import Iterator
from functools import lru_cache

from steward.check.shape import Context
from steward.promql.nodes import Expression, Matcher, Selector, selectors
from steward.promql.schema import SeriesInfo

_TOP_LEVEL = re.compile(r"[^()\[\]{}\\]*")


def known(node: Expression, context: Context) -> Iterator[tuple[Selector, SeriesInfo]]:
    """Yield every selector of which the schema knows the series."""
    for selector in selectors(node):
        info = context.schema.get(selector.name or "")
        if info is not None:
            yield selector, info


def takes(matcher: Matcher, value: str) -> bool | None:
    """Tell whether a matcher lets a value through; None where its pattern is beyond us."""
    if matcher.operator == "=":
        return value == matcher.value
    if matcher.operator == "!=":
        return value != matcher.value
    pattern = compiled(matcher.value)
    if pattern is None:
        return None
    return (pattern.fullmatch(value) is not None) == (matcher.operator == "=~")


def taken(matcher: Matcher, values: frozenset[str]) -> frozenset[str] | None:
    """Return the values that a matcher lets through; None where its pattern is beyond us."""
    answers = {value: takes(matcher, value) for value in values}
    if None in answers.values():
        return None
    return frozenset(value for value, answer in answers.items() if answer)


def alternatives(pattern: str) -> tuple[str, ...]:
    """Return the parts of a pattern such as `a|b`; the pattern itself where it has groups."""
    return tuple(pattern.split("|")) if _TOP_LEVEL.fullmatch(pattern) else (pattern,)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern; None for what Go's syntax has beyond Python's."""
    try:
        return re.compile(pattern)
    except re.error:
        return None
