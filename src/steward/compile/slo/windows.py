"""The share of bad events in each window, how fast that burns the budget, and the tiles that long windows add up.

A window's share is all its bad events over all its events, so a night with three visitors weighs what three
visitors weigh. (The mean of the ratios of many short times, which others take, gives that night the weight of a
festival, and has no value at all once one of them had no visitors.)

Long windows would read many base samples at each evaluation, so they add up tiles: the events of each five
minutes. A tile is taken at the one evaluation that comes first after its end by the clock, in the group of the
base series: so none is evaluated before its last base sample is there, and its samples can be counted whatever
the interval.
"""

from collections.abc import Iterator

from steward.compile.rules import Recorded
from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.promql import Duration, days, hours, minutes
from steward.promql.written import number

HOUR = hours(1)
SOON = minutes(5)
_USUAL = (SOON, minutes(30), HOUR, hours(2), hours(6), days(1), days(3))


def windows(plan: Plan) -> tuple[Duration, ...]:
    """Return every window of which there are ratios, ascending: the usual ones and those of the burn rates."""
    of_levels = (window for level in plan.slo.burn_rates for window in (level.short, level.long))
    return tuple(sorted({window for window in (*_USUAL, *of_levels) if window < plan.slo.window}))


def tile_rules(plan: Plan) -> tuple[Recorded, ...]:
    """Return the rules of the tiles."""
    labels = ((names.SLO_LABEL, plan.slo.name), (names.DEFINITION_LABEL, plan.definition))
    clock = plan.timing
    span = Duration(clock.tile.milliseconds - clock.step.scaled(0.5).milliseconds)
    tile, step = number(clock.tile.seconds), number(clock.step.seconds)
    at_end = f"\nand on () vector(time()) % {tile} < {step}" if tile != step else ""
    return tuple(
        Recorded(
            tiles,
            f"sum_over_time({plan.counted(base)}[{span}]) * {step}{at_end}",
            labels,
        )
        for tiles, base in ((names.TOTAL_TILE, names.TOTAL), (names.ERROR_TILE, names.ERROR))
    )


def window_rules(plan: Plan) -> tuple[Recorded, ...]:
    """Return the rules of the ratios, of the burn rates, and of the bad events that alerts count."""
    labels = ((names.SLO_LABEL, plan.slo.name),)
    budget = number(plan.slo.budget)
    ratios = [Recorded(names.ratio(window), _ratio(plan, window), labels) for window in windows(plan)]
    burns = [
        Recorded(names.burn(window), f"{plan.result(names.ratio(window))} / {budget}", labels)
        for window in windows(plan)
    ]
    counts = [Recorded(names.bad_events(window), _bad(plan, window), labels) for window in _counted(plan)]
    return (*ratios, *burns, *counts)


def _counted(plan: Plan) -> Iterator[Duration]:
    return iter(sorted({HOUR, *(level.long for level in plan.slo.burn_rates)}))


def _ratio(plan: Plan, window: Duration) -> str:
    total, error = _sums(plan, window)
    return f"{error}\n/ on ({plan.kept})\n({total} > 0)"


def _bad(plan: Plan, window: Duration) -> str:
    _, error = _sums(plan, window)
    each = "" if plan.timing.by_tiles(window) else f" * {number(plan.timing.step.seconds)}"
    return f"sum by ({plan.kept}) ({error}){each}"


def _sums(plan: Plan, window: Duration) -> tuple[str, str]:
    """Return the sums of all and of bad events in a window: of tiles, or of base samples in events a step."""
    pair = (names.TOTAL, names.ERROR)
    if plan.timing.by_tiles(window):
        pair = (names.TOTAL_TILE, names.ERROR_TILE)
    total, error = (f"sum_over_time({plan.counted(name)}[{plan.timing.range(window)}])" for name in pair)
    return total, error
