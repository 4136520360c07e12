"""The charts of an objective: its budget over the whole window, how fast that burns, and the events."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.compile.slo.windows import windows
from steward.dashboards.charts import series_view
from steward.dashboards.wire import PanelView, Step
from steward.promql.written import quoted

_DAY_SECONDS = 86_400.0
_LEAST_MINUTES = 15
_MARGIN = 1.1
"""So much more than what is known is drawn, so that its beginning is seen."""


class Which(StrEnum):
    """One of the charts."""

    BUDGET = "budget"
    BURN = "burn"
    EVENTS = "events"


TITLES = {Which.BUDGET: "Budget left", Which.BURN: "How fast it burns", Which.EVENTS: "Events a second"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a chart asks, and how it is drawn."""

    view: PanelView
    queries: tuple[tuple[str, str], ...]
    """(expression, legend)."""
    when_empty: str


def address(plan: Plan, which: Which, group: Mapping[str, str], coverage: float | None) -> str:
    """Return where a chart of a group is, over its usual time; of every group where `group` is empty.

    Where less than that is known, as the share of the window in `coverage`, it is over what is known: an hour of a
    new installation would be no more than a point in a month.
    """
    window = plan.slo.window.seconds
    usual = window if which is Which.BUDGET else _DAY_SECONDS
    known = window if coverage is None else window * coverage * _MARGIN
    minutes = max(math.ceil(min(usual, known) / plan.timing.scale / 60), _LEAST_MINUTES)
    return f"/slos/{plan.slo.name}/charts/{which}?{urlencode({'from': f'now-{minutes}m', **group})}"


def drawn(plan: Plan, which: Which, group: Mapping[str, str]) -> Drawn:
    """Return a chart of a group; of every group where `group` is empty."""
    match which:
        case Which.BUDGET:
            return _budget(plan, group)
        case Which.BURN:
            return _burn(plan, group)
        case Which.EVENTS:
            return _events(plan, group)


def _budget(plan: Plan, group: Mapping[str, str]) -> Drawn:
    steps = (Step("red", None), Step("orange", 0), Step("green", 0.2))
    view = series_view(TITLES[Which.BUDGET], "percentunit", thresholds=steps, largest=1, fill=0.15)
    legend = _legend(plan, group) or "left"
    return Drawn(
        view, ((_result(plan, names.REMAINING, group), legend),), "no event has been counted in this time"
    )


def _burn(plan: Plan, group: Mapping[str, str]) -> Drawn:
    factors = sorted({(level.factor, level.severity.value) for level in plan.slo.burn_rates})
    colors = {"critical": "red", "warning": "orange"}
    steps = [Step("green", None), *(Step(colors.get(severity, "blue"), limit) for limit, severity in factors)]
    view = series_view(TITLES[Which.BURN], "none", thresholds=steps, smallest=0, table=True)
    looked_at = {window for level in plan.slo.burn_rates for window in (level.long, level.short)}
    queries = tuple(
        (_result(plan, names.burn(window), group), f"{window} {_legend(plan, group)}".strip())
        for window in windows(plan)
        if window in looked_at
    )
    return Drawn(view, queries, "there were no events in this time")


def _events(plan: Plan, group: Mapping[str, str]) -> Drawn:
    view = series_view(TITLES[Which.EVENTS], "cps", smallest=0, fill=0.1, table=True)
    legend = _legend(plan, group)
    queries = tuple(
        (_narrowed(plan.counted(name), group), f"{title} {legend}".strip())
        for name, title in ((names.TOTAL, "all"), (names.ERROR, "bad"))
    )
    return Drawn(view, queries, "there were no events in this time")


def _legend(plan: Plan, group: Mapping[str, str]) -> str:
    return ", ".join(f"{{{{{label}}}}}" for label in plan.slo.by if label not in group)


def _result(plan: Plan, name: str, group: Mapping[str, str]) -> str:
    return _narrowed(plan.result(name), group)


def _narrowed(selector: str, group: Mapping[str, str]) -> str:
    matchers = "".join(f",{label}={quoted(value)}" for label, value in group.items())
    return f"{selector.removesuffix('}')}{matchers}}}"
