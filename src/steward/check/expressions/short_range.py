"""A range with too few samples in it."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql import Duration
from steward.promql.nodes import Call, Selector, walk

NAME = "short-range"
WHY = "A rate needs two samples; with fewer than four scrapes in its range, a late one leaves a gap."
_NEED_TWO = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"})
_SCRAPES = 4
_LEAST = 2


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each range of fewer than four scrapes below a function that needs two samples."""
    interval = context.collection.interval
    for call in walk(subject.node):
        if not isinstance(call, Call) or call.name not in _NEED_TWO:
            continue
        for selector in call.arguments:
            if isinstance(selector, Selector) and selector.range and selector.range_span:
                scrapes = selector.range.seconds / interval
                if scrapes < _SCRAPES:
                    yield Problem(
                        Level.ERROR if scrapes < _LEAST else Level.WARNING,
                        f"{selector.range} holds {scrapes:g} scrapes of {interval} s",
                        f"use {Duration.of(_SCRAPES * interval)} or more",
                        selector.range_span,
                    )
