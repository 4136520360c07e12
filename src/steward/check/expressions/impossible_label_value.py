"""A matcher on a value that the label cannot have."""

from collections.abc import Iterator
from dataclasses import replace

from steward.check.expressions.matchers import known, taken
from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.matching import alternatives
from steward.promql.nodes import Matcher

NAME = "impossible-label-value"
WHY = "What emits the metric never writes this value, so the condition selects nothing or excludes nothing."
_SHOWN = 12


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each matcher whose value is none of a label's closed set; `le` has a check of its own."""
    for selector, info in known(subject.node, context):
        for matcher in selector.matchers:
            values = info.labels.get(matcher.label)
            if values is not None and matcher.label != "le":
                yield from against(matcher, values)


def against(matcher: Matcher, values: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with a matcher on a label that has these values and no others."""
    through = taken(matcher, values)
    if through is None:
        return
    positive = matcher.operator in {"=", "=~"}
    mend = f"{matcher.label} is one of {_listed(values)}"
    if not through:
        what = "can be" if positive else "can be anything but"
        message = (
            f"{matcher.label} never {what} {matcher.value!r}"
            if positive
            else (f"every value of {matcher.label} is excluded")
        )
        yield Problem(Level.ERROR, message, mend, matcher.span)
    elif not positive and through == values:
        yield Problem(
            Level.WARNING, f"no {matcher.label} is {matcher.value!r}, so nothing is excluded", mend, matcher.span
        )
    elif matcher.operator in {"=~", "!~"}:
        yield from _idle_parts(matcher, values, mend)


def _idle_parts(matcher: Matcher, values: frozenset[str], mend: str) -> Iterator[Problem]:
    parts = alternatives(matcher.value)
    for part in parts if len(parts) > 1 else ():
        if part and taken(replace(matcher, operator="=~", value=part), values) == frozenset():
            yield Problem(Level.WARNING, f"no {matcher.label} is {part!r}", mend, matcher.span)


def _listed(values: frozenset[str]) -> str:
    ordered = sorted(values)
    more = len(ordered) - _SHOWN
    return ", ".join(ordered[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
