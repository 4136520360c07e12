"""A rate of something that also falls."""

from collections.abc import Iterator

from steward.check.expressions.matchers import known
from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.nodes import Call, walk

NAME = "rate-of-gauge"
WHY = "Each fall of a gauge is taken for a restart of a counter, so the result is far too great."
_FOR_COUNTERS = {"rate": "deriv", "irate": "idelta", "increase": "delta", "resets": "changes"}


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each function for counters that is given a gauge."""
    for call in walk(subject.node):
        if not isinstance(call, Call) or call.name not in _FOR_COUNTERS:
            continue
        for argument in call.arguments:
            for selector, info in known(argument, context):
                if info.kind == "gauge":
                    yield Problem(
                        Level.ERROR,
                        f"{call.name} of {info.name}, which is a gauge",
                        f"use {_FOR_COUNTERS[call.name]}, or a counter",
                        selector.name_span,
                    )
