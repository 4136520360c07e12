"""A bucket that the histogram does not have."""

from collections.abc import Iterator

from steward.check.expressions.matchers import known
from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.matching import alternatives, compiled
from steward.promql.nodes import Matcher

NAME = "no-such-bucket"
WHY = "Observations are counted at the histogram's own bounds only; at any other bound there is no series."


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each matcher on `le` that is none of the histogram's bounds."""
    for selector, info in known(subject.node, context):
        bounds = info.labels.get("le")
        for matcher in selector.matchers if bounds is not None else ():
            if matcher.label == "le":
                yield from _problems(matcher, bounds or frozenset())


def _problems(matcher: Matcher, bounds: frozenset[str]) -> Iterator[Problem]:
    if matcher.operator == "=" and matcher.value not in bounds:
        same = [bound for bound in bounds if _number(bound) == _number(matcher.value)]
        mend = f'write le="{same[0]}", as the metric does' if same else _listed(bounds)
        yield Problem(Level.ERROR, f"no bucket has the bound {matcher.value!r}", mend, matcher.span)
    elif matcher.operator == "=~" and not any(_fits(part, bounds) for part in alternatives(matcher.value)):
        message = f"no bucket has a bound like {matcher.value!r}"
        yield Problem(Level.ERROR, message, _listed(bounds), matcher.span)


def _fits(part: str, bounds: frozenset[str]) -> bool:
    """Tell whether an alternative is a bound, in whichever notation, or a pattern that a bound fits."""
    pattern = compiled(part)
    return pattern is None or any(pattern.fullmatch(one) or pattern.fullmatch(_short(one)) for one in bounds)


def _short(bound: str) -> str:
    return bound.removesuffix(".0")


def _listed(bounds: frozenset[str]) -> str:
    return f"the bounds are {', '.join(sorted(bounds, key=lambda bound: _number(bound) or 0))}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
