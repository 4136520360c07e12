"""Tests of each condition of an alert by itself.

What an alert reads is given, not recorded, so that one value can be just short while all others are past their
limits: then the alert must be silent, whatever else speaks for it.
"""

from collections.abc import Iterator, Mapping

from steward.compile.slo import names
from steward.compile.slo.alerts import KNOWN_WITHIN, SPIKE_COVERAGE, SPIKE_SHARE, spike_severity
from steward.compile.slo.plan import Plan
from steward.compile.slo.proof.case import Case
from steward.compile.slo.proof.stage import Stage, days
from steward.compile.slo.proof.world import Series, groups, metric
from steward.compile.slo.windows import HOUR, SOON
from steward.model import BurnRate, Severity
from steward.promql import Duration
from steward.promql.written import number

_PAST, _SHORT = 1.2, 0.7
"""Of a limit. Half the limit and twice the limit lie on the other side of these."""
_SAMPLES = 30

Values = Mapping[str, float]
"""Name of a recorded series -> the value it stands at."""


def level_conditions(plan: Plan, level: BurnRate) -> Iterator[Case]:
    """Yield the tests of a burn rate's conditions: both windows, and the number of bad events."""
    limits = {
        names.burn(level.long): level.factor,
        names.burn(level.short): level.factor,
        names.bad_events(level.long): float(plan.slo.least_bad_events),
    }
    past = {name: limit * _PAST for name, limit in limits.items()}
    yield from _each(plan, f"{plan.slo.stem}{names.BURN_RATE}{level.name}", level.severity, past, limits)


def spike_conditions(plan: Plan) -> Iterator[Case]:
    """Yield the tests of the spike's conditions, the share of the budget first."""
    slo = plan.slo
    limits = {
        names.burn(HOUR): 1.0,
        names.burn(SOON): 1.0,
        names.COVERAGE: SPIKE_COVERAGE,
        names.bad_events(HOUR): float(slo.least_bad_events),
    }
    past = {name: limit * _PAST for name, limit in limits.items()}
    share = {names.TOTAL_WINDOW: past[names.bad_events(HOUR)] / (SPIKE_SHARE * _PAST * slo.budget)}
    alert, severity = f"{slo.stem}{names.BUDGET_SPIKE}", spike_severity(plan)
    yield _case(plan, alert, severity, past | share, fires=True)
    for name, limit in limits.items():
        short = past | share | {name: limit * _SHORT}
        if name == names.bad_events(HOUR):
            short[names.TOTAL_WINDOW] = short[name] / (SPIKE_SHARE * _PAST * slo.budget)
        yield _case(plan, alert, severity, short, fires=False, but=name)
    less = {names.TOTAL_WINDOW: share[names.TOTAL_WINDOW] * _PAST / _SHORT}
    yield _case(plan, alert, severity, past | less, fires=False, but="the share")


def absence_conditions(plan: Plan) -> Case:
    """Return the test of how long missing data are told: not once nobody can remember them."""
    stage = days(plan)
    case = Case(
        plan, "data that were never there, or long ago, are not missed", stage.interval, _standing(plan, {}, 1)
    )
    alert = f"{plan.slo.stem}{names.DATA_ABSENT}"
    case.has(stage.on(KNOWN_WITHIN.scaled(0.8)), alert, case.labels(Severity.WARNING.value))
    case.silent(stage.on(KNOWN_WITHIN.scaled(_PAST)), alert)
    return case


def _each(plan: Plan, alert: str, severity: Severity, past: Values, limits: Values) -> Iterator[Case]:
    yield _case(plan, alert, severity, past, fires=True)
    for name, limit in limits.items():
        yield _case(plan, alert, severity, {**past, name: limit * _SHORT}, fires=False, but=name)


def _case(plan: Plan, alert: str, severity: Severity, values: Values, *, fires: bool, but: str = "") -> Case:
    stage = days(plan)
    said = "fires when all its conditions hold" if fires else f"is silent where {but} is just short"
    case = Case(plan, f"{alert} {said}", stage.interval, _standing(plan, values, _SAMPLES))
    if fires:
        case.fires(_looked(stage), alert, severity.value)
    else:
        case.silent(_looked(stage), alert)
    return case


def _looked(stage: Stage) -> Duration:
    return stage.on(Duration(stage.every.milliseconds * 2))


def _standing(plan: Plan, values: Values, samples: int) -> list[Series]:
    labels = {names.SLO_LABEL: plan.slo.name} | groups(plan)
    given = values or {names.TOTAL_TILE: 1.0}
    return [
        {"series": metric(name, labels), "values": f"{number(value)}+0x{samples - 1}"}
        for name, value in given.items()
    ]
