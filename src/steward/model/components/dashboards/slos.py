"""The dashboard of the objectives: what is promised, what is left of it, and how fast it goes.

The names of the series are those that the compiler of objectives gives them; a test holds them against it.
"""

from steward.model.components.dashboards.marks import ALERTS_FIRING, INCIDENTS_OPEN
from steward.model.dashboard import (
    Dashboard,
    DisplayUnit,
    PanelRow,
    Query,
    StateTimeline,
    Table,
    Thresholds,
    TimeSeries,
    Tone,
    ValueText,
    Variable,
)
from steward.model.severity import Severity
from steward.model.slo import SLO, BurnRate

_CHOSEN = '{slo=~"$slo"}'
_LEFT = f"slo:error_budget_remaining:ratio{_CHOSEN}"
_NO_EVENTS = "no events yet; the first minutes of an objective are not counted"
_BUDGET = Thresholds(Tone.BAD, ((0, Tone.WARNING), (0.25, Tone.GOOD)))
_TONES = {Severity.CRITICAL: Tone.BAD, Severity.WARNING: Tone.WARNING}


def slo_dashboard(name: str, slos: tuple[SLO, ...]) -> Dashboard:
    """Return the dashboard `<name>-slos` of the objectives `slos`."""
    groups = tuple(dict.fromkeys(label for slo in slos for label in slo.by))
    legend = " ".join(f"{{{{{label}}}}}" for label in ("slo", *groups))
    runbooks = tuple(slo.runbook for slo in slos)
    return Dashboard(
        f"{name}-slos",
        "SLOs",
        "What is promised, how much of each error budget is left, and how fast it goes.",
        (_promises(groups, runbooks), _budgets(legend, runbooks), _burning(slos, legend), _events(legend)),
        file="slos",
        tags=(name, "slo"),
        variables=(Variable("slo", "Objective", "slo:objective:ratio", "slo"),),
        annotations=(ALERTS_FIRING, INCIDENTS_OPEN),
        since="now-24h",
        refresh="1m",
    )


def _promises(groups: tuple[str, ...], runbooks: tuple[str, ...]) -> PanelRow:
    promised = f"slo:objective:ratio{_CHOSEN}"
    kept = f"1 - slo:sli_error:events_window{_CHOSEN} / (slo:sli_total:events_window{_CHOSEN} > 0)"
    columns = (
        f"100 * (({_LEFT}) * 0 + on (slo) group_left () {promised} or on (slo) {promised})",
        f"100 * ({kept})",
        f"100 * {_LEFT}",
        f"100 * slo:window_coverage:ratio{_CHOSEN}",
    )
    table = Table(
        title="Objectives",
        queries=tuple(Query(expr, instant=True) for expr in columns),
        meaning="What is promised, what was kept in the whole window, and what is left of the budget. A window "
        "covered to 10 % says little of the month.",
        columns_shown=(
            ("slo", "Objective"),
            *((label, label) for label in groups),
            ("Value A", "Promised %"),
            ("Value B", "Kept %"),
            ("Value C", "Budget left %"),
            ("Value D", "Window covered %"),
        ),
        decimals=2,
        runbooks=runbooks,
        when_empty=_NO_EVENTS,
        wide=24,
        high=8,
    )
    return PanelRow("Promises", (table,))


def _budgets(legend: str, runbooks: tuple[str, ...]) -> PanelRow:
    left = TimeSeries(
        title="Error Budget Left",
        queries=(Query(_LEFT, legend),),
        meaning="What is left of each error budget, drawn down to -100 %: 100 % untouched, 0 % spent.",
        unit=DisplayUnit.RATIO,
        decimals=1,
        smallest=-1,
        largest=1,
        thresholds=_BUDGET,
        healthy="> 0%",
        runbooks=runbooks,
        when_empty=_NO_EVENTS,
        wide=24,
        high=10,
    )
    firing = StateTimeline(
        title="Alerts of the Objectives",
        queries=(Query('max by (alertname) (ALERTS{slo!="",slo=~"$slo",alertstate="firing"})', "{{alertname}}"),),
        meaning="Which alert of which objective fired when.",
        texts=(ValueText(1, "firing", Tone.BAD),),
        when_empty="no alert of an objective fired",
        wide=24,
        high=6,
    )
    return PanelRow("Error budgets", (left, firing))


def _burning(slos: tuple[SLO, ...], legend: str) -> PanelRow:
    levels = tuple(dict.fromkeys(level for slo in slos for level in slo.burn_rates))
    panels = tuple(_burn_rate(level, legend, len(levels)) for level in levels)
    return PanelRow("How fast the budgets go", panels)


def _burn_rate(level: BurnRate, legend: str, among: int) -> TimeSeries:
    """Return the chart of one level: it alerts while the long and the short window both are above its line."""
    return TimeSeries(
        title=f"{level.name}: Burn Rate over {level.long} and {level.short}",
        queries=tuple(
            Query(f"slo:error_budget_burn:rate{window}{_CHOSEN}", f"{window} {legend}")
            for window in (level.long, level.short)
        ),
        meaning=f"How many times faster than evenly each budget goes. {level.severity.value.capitalize()} when "
        f"both windows are above {level.factor:g}.",
        decimals=2,
        smallest=0,
        thresholds=Thresholds(Tone.GOOD, ((level.factor, _TONES.get(level.severity, Tone.NOTABLE)),)),
        healthy=f"< {level.factor:g}",
        when_empty=_NO_EVENTS,
        wide=8 if among % 3 == 0 else 12,
        high=9,
    )


def _events(legend: str) -> PanelRow:
    return PanelRow(
        "Events",
        (
            TimeSeries(
                title="Events",
                queries=(Query(f"slo:sli_total:rate{_CHOSEN}", legend),),
                meaning="What the objectives count, per second. Few events make every share coarse.",
                unit=DisplayUnit.COUNT_PER_SECOND,
                smallest=0,
                when_empty=_NO_EVENTS,
            ),
            TimeSeries(
                title="Bad Events",
                queries=(Query(f"slo:sli_error:rate{_CHOSEN}", legend),),
                meaning="What spends the budgets, per second.",
                unit=DisplayUnit.COUNT_PER_SECOND,
                smallest=0,
                when_empty=_NO_EVENTS,
            ),
        ),
    )
