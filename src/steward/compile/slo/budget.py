"""What was spent of the error budget in the objective's whole window, and how much of the window is known."""

from steward.compile.rules import Recorded
from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.promql.written import number


def budget_rules(plan: Plan) -> tuple[Recorded, ...]:
    """Return the rules of the window's events, of the remaining budget and of the coverage.

    The budget is one of events, not of minutes. Without events nothing is known of it, so it has no value then.
    Before the window is covered it says what was spent of the budget of the events so far.
    """
    labels = ((names.SLO_LABEL, plan.slo.name),)
    total, error = plan.counted(names.TOTAL_TILE), plan.counted(names.ERROR_TILE)
    span, kept = plan.timing.range(plan.slo.window), plan.kept
    spent = f"{plan.result(names.ERROR_WINDOW)} / ({plan.result(names.TOTAL_WINDOW)} > 0)"
    tiles = number(plan.timing.tiles(plan.slo.window))
    return (
        Recorded(names.TOTAL_WINDOW, f"sum by ({kept}) (sum_over_time({total}[{span}]))", labels),
        Recorded(names.ERROR_WINDOW, f"sum by ({kept}) (sum_over_time({error}[{span}]))", labels),
        Recorded(names.REMAINING, f"1 - {spent} / {number(plan.slo.budget)}", labels),
        Recorded(names.COVERAGE, f"max by ({kept}) (count_over_time({total}[{span}])) / {tiles}", labels),
    )


def info_rules(plan: Plan) -> tuple[Recorded, ...]:
    """Return the rules that say what the objective is, for dashboards that list all of them."""
    slo = plan.slo
    told = (
        (names.DEFINITION_LABEL, plan.definition),
        ("objective", number(slo.objective)),
        (names.SLO_LABEL, slo.name),
        (names.TEAM_LABEL, slo.team.name),
        ("title", slo.title),
        ("window", str(slo.window)),
    )
    return (
        Recorded(names.OBJECTIVE, f"vector({number(1 - slo.budget)})", ((names.SLO_LABEL, slo.name),)),
        Recorded(names.INFO, "vector(1)", told),
    )
