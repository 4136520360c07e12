"""How far back an alert looks."""

from dataclasses import dataclass

from steward.model import ZERO, Alert, Duration
from steward.promql import parse
from steward.promql.nodes import Selector, Subquery, walk


@dataclass(frozen=True, slots=True)
class Reach:
    """The stretches of the past that an alert's expressions read."""

    longest: Duration
    """From now to the oldest sample, offsets included."""
    widest: Duration
    """The widest range, offsets left out: after this long a new state is all that the present windows hold."""
    width: Duration | None
    """The range, where there is exactly one."""
    shifted: bool
    """Whether something reads a past that is not the present window's."""


def reach(alert: Alert) -> Reach:
    """Return how far an alert's expressions look back."""
    ranges, longest, shifted = set[Duration](), ZERO, False
    for text in filter(None, (alert.expr, alert.provided)):
        for node in walk(parse(text)):
            if isinstance(node, Selector | Subquery):
                width = node.range or ZERO
                ranges |= {width} - {ZERO}
                longest = max(longest, width + node.offset)
                shifted = shifted or node.offset != ZERO or isinstance(node, Subquery)
    return Reach(longest, max(ranges, default=ZERO), next(iter(ranges)) if len(ranges) == 1 else None, shifted)
