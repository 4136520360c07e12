"""One file of rules an objective."""

from steward.compile.rules import RuleFile, RuleGroup
from steward.compile.slo.alerts import alert_rules
from steward.compile.slo.budget import budget_rules, info_rules
from steward.compile.slo.maintenance import maintenance_rules
from steward.compile.slo.plan import Plan, plans
from steward.compile.slo.sli import base_rules
from steward.compile.slo.windows import tile_rules, window_rules
from steward.model import Catalogue, Collection


def slo_files(catalogue: Catalogue, collection: Collection, scale: float = 1) -> tuple[RuleFile, ...]:
    """Compile each objective to `slos/<name>.yml`.

    `scale` is how many times faster windows pass than they are declared. The files are already scaled: what scales
    the other rules by their text must leave these alone, since the numbers in them belong to their intervals.
    """
    return tuple(slo_file(plan) for plan in plans(catalogue, collection, scale))


def slo_file(plan: Plan) -> RuleFile:
    """Compile one objective.

    The order within the first group matters: later rules see what earlier ones gave at the same instant.
    """
    name, clock = plan.slo.name, plan.timing
    measured = (
        *maintenance_rules(plan),
        *base_rules(plan),
        *tile_rules(plan),
        *window_rules(plan),
        *info_rules(plan),
    )
    return RuleFile(
        path=f"slos/{name}.yml",
        title=f"Objective: {plan.slo.title}",
        groups=(
            RuleGroup(f"slo:{name}", measured, clock.step),
            RuleGroup(f"slo:{name}:budget", budget_rules(plan), clock.budget),
            RuleGroup(f"slo:{name}:alerts", alert_rules(plan), clock.step),
        ),
    )
