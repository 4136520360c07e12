"""Planned time: neither events nor bad events count in it.

The base series are 0 then and not absent. So the time is known (it lowers no coverage, and nothing says that data
are missing) and nothing is spent.
"""

from steward.compile.rules import Recorded
from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.model import Announced, Once, Weekly


def maintenance_rules(plan: Plan) -> tuple[Recorded, ...]:
    """Return the rule that says whether there is maintenance; none where none is declared."""
    if not plan.maintenance:
        return ()
    windows = [f"vector(1) and on () ({_during(one.when)})" for one in plan.maintenance]
    expr = "\nor\n".join((*windows, "vector(0)"))
    return (Recorded(names.MAINTENANCE, expr, ((names.SLO_LABEL, plan.slo.name),)),)


def outside(plan: Plan, expr: str) -> str:
    """Return an expression that is 0 in maintenance, and until its end has left the range of the base rates."""
    if not plan.maintenance:
        return expr
    active = f"{plan.result(names.MAINTENANCE)}[{plan.timing.base}]"
    return f"{expr}\n* on () group_left () (max_over_time({active}) == bool 0)"


def _during(when: Weekly | Once | Announced) -> str:
    if isinstance(when, Announced):
        return when.expr.strip()
    if isinstance(when, Once):
        return f"vector(time()) >= {when.start} < {when.start + round(when.lasting.seconds)}"
    end = when.start_minute + round(when.lasting.seconds / 60)
    return f"day_of_week() == {when.weekday} and hour() * 60 + minute() >= {when.start_minute} < {end}"
