"""Tests of the budget: what is left of it, the spike, and that maintenance spends nothing."""

from steward.compile.slo import names
from steward.compile.slo.alerts import SPIKE_COVERAGE, SPIKE_SHARE, spike_severity
from steward.compile.slo.plan import Plan
from steward.compile.slo.proof.calendar import since_epoch
from steward.compile.slo.proof.case import Case
from steward.compile.slo.proof.stage import Stage, days, hours
from steward.compile.slo.proof.world import Stretch
from steward.compile.slo.windows import HOUR
from steward.model import Weekly
from steward.promql import ZERO, Duration
from steward.promql.written import number

_QUIET = 10.0
_BURN = 1.5
"""Of the budget: missed, and far below what any burn rate pages for."""
_REST = HOUR.scaled(3)


def spike(plan: Plan) -> Case:
    """Return the test with three peaks: one too early to judge, one just below the share and one just above."""
    stage, budget = days(plan), plan.slo.budget
    stretches = _peaks(plan, stage)
    first, second, third = (_total(stretches[:count]) for count in (2, 4, 6))
    case = stage.case("a spike is told by its share of the real budget, once that is known", *stretches)
    alert = f"{plan.slo.stem}{names.BUDGET_SPIKE}"
    case.silent(first, alert)
    case.silent(second, alert)
    case.fires(third, alert, spike_severity(plan).value)
    case.silent(_total(stretches), alert)
    spent = sum(one.bad * one.lasting.seconds for one in stretches)
    events = sum((one.good + one.bad) * one.lasting.seconds for one in stretches)
    left = number(round(1 - spent / events / budget, 6))
    case.holds(_total(stretches), f"abs({plan.result(names.REMAINING)} - {left}) < bool 0.01")
    return case


def _peaks(plan: Plan, stage: Stage) -> list[Stretch]:
    window = plan.slo.window
    early, known = (stage.on(window.scaled(SPIKE_COVERAGE * share)) for share in (0.6, 0.42))
    peak = stage.on(HOUR + HOUR)
    stretches: list[Stretch] = []
    for calm, share in ((early, 1.2), (known, 0.85), (stage.on(_REST), 1.2)):
        stretches.append(Stretch(calm, _QUIET, 0))
        traffic = _peak_traffic(stretches, SPIKE_SHARE * share, peak)
        bad = traffic * _BURN * plan.slo.budget
        stretches.append(Stretch(peak, traffic - bad, bad))
    return [*stretches, Stretch(stage.on(_REST), _QUIET, 0)]


def _peak_traffic(before: list[Stretch], share: float, peak: Duration) -> float:
    """Return the events a second of which an hour spends `share` of the budget of all until the peak's end."""
    events = sum((one.good + one.bad) * one.lasting.seconds for one in before)
    return share * events / (HOUR.seconds * _BURN - share * peak.seconds)


def planned(plan: Plan, when: Weekly) -> Case:
    """Return the test in which everything fails for as long as maintenance lasts."""
    stage = hours(plan)
    start = since_epoch(when)
    edge = plan.timing.base + plan.timing.base
    during = Duration(when.lasting.milliseconds - edge.milliseconds)
    before = (Stretch(start, _QUIET, 0),) if start.milliseconds else ()
    stretches = (*before, Stretch(during, 0, _QUIET), Stretch(HOUR, _QUIET, 0))
    case = stage.case("maintenance spends nothing", *stretches)
    case.begins = ZERO
    end = stage.on(_total(list(stretches)))
    case.sees(end, names.ERROR_WINDOW, value=0)
    case.sees(end, names.REMAINING, value=1)
    case.calm(stage.on(start + during.scaled(0.5)))
    return case


def _total(stretches: list[Stretch]) -> Duration:
    return Duration(sum(one.lasting.milliseconds for one in stretches))
