"""Tests of the burn rates: each fires when its long window crosses its factor, and ends with its short window.

Errors begin at twice the factor's share, so the long window crosses the factor when it is half full of them. That
proves the factor, the budget and the length of the window in one.
"""

from collections.abc import Iterator

from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.compile.slo.proof.case import Case
from steward.compile.slo.proof.stage import Stage
from steward.compile.slo.proof.world import Stretch
from steward.model import BurnRate
from steward.promql import ZERO, Duration

_TRAFFIC = 100.0
_MARGIN = 0.04
"""Of the long window: how close to the crossing it is looked."""
_SETTLING = 0.1
"""Of the long window: how long errors go on after the crossing."""


def burning(plan: Plan, level: BurnRate, stage: Stage) -> Iterator[Case]:
    """Yield the tests of one level."""
    yield _crossing(plan, level, stage)
    if plan.slo.least_bad_events > 1:
        yield _few(plan, level, stage)


def alert_name(plan: Plan, level: BurnRate) -> str:
    """Return the name of a level's alert."""
    return f"{plan.slo.stem}{names.BURN_RATE}{level.name}"


def _crossing(plan: Plan, level: BurnRate, stage: Stage) -> Case:
    limit = level.factor * plan.slo.budget
    share = min(2 * limit, 1)
    half = limit / share
    begins = stage.on(level.long)
    lasting = stage.on(level.long.scaled(half + _SETTLING))
    ends, left = begins + lasting, level.short.scaled(1 - half)
    case = stage.case(
        f"{level.name} fires just above its factor and ends with its short window",
        Stretch(begins, _TRAFFIC, 0),
        Stretch(lasting, _TRAFFIC * (1 - share), _TRAFFIC * share),
        Stretch(level.short + level.short + level.short, _TRAFFIC, 0),
    )
    name, severity = alert_name(plan, level), level.severity.value
    case.silent(stage.on(begins + level.long.scaled(half - _MARGIN)), name)
    case.fires(stage.on(begins + level.long.scaled(half + _MARGIN)), name, severity)
    case.fires(stage.on(ends + left.scaled(0.4)), name, severity)
    case.silent(stage.on(ends + left + _lag(plan, level.short)), name)
    return case


def _few(plan: Plan, level: BurnRate, stage: Stage) -> Case:
    """Return the test in which all events are bad, one too few at first, and then a little more often."""
    least, span = plan.slo.least_bad_events, level.long
    fewer, more = ((least + difference) / span.seconds / stage.seen for difference in (-0.5, 2.5))
    steady, later = stage.on(span.scaled(1.05)), stage.on(span.scaled(0.5))
    case = stage.case(
        f"{level.name} is silent below {least} bad events", Stretch(steady, 0, fewer), Stretch(later, 0, more)
    )
    case.silent(steady, alert_name(plan, level))
    case.fires(steady + later, alert_name(plan, level), level.severity.value)
    return case


def _lag(plan: Plan, short: Duration) -> Duration:
    """Return how much later than events a window can show them."""
    edge = plan.timing.tile if plan.timing.by_tiles(short) else ZERO
    return plan.timing.base + plan.timing.base + edge
