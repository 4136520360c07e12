"""The alerts of an objective."""

from steward.compile.annotations import Annotations, linked
from steward.compile.rules import Alerting
from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.compile.slo.windows import HOUR, SOON
from steward.model import BurnRate, Labels, Severity, as_labels
from steward.promql import Duration, days, minutes
from steward.promql.written import number

SPIKE_SHARE = 0.1
SPIKE_COVERAGE = 0.5
ABSENT_FOR = minutes(15)
KNOWN_WITHIN = days(3)


def alert_rules(plan: Plan) -> tuple[Alerting, ...]:
    """Return one alert a burn rate, the one on a spike and the one on missing data."""
    return (*(_burn_rate(plan, level) for level in plan.slo.burn_rates), _spike(plan), _absent(plan))


def _burn_rate(plan: Plan, level: BurnRate) -> Alerting:
    """Return the alert on one level: both windows burn, and enough events are bad to be worth a person's time.

    It waits for nothing more (`for`): the long window keeps a blip out, the short one ends it soon.
    """
    slo, factor = plan.slo, number(level.factor)
    expr = (
        f"{plan.result(names.burn(level.long))} > {factor}\n"
        f"and {plan.result(names.burn(level.short))} > {factor}\n"
        f"and {plan.result(names.bad_events(level.long))} >= {slo.least_bad_events}"
    )
    gone = Duration.of(round(slo.window.seconds / level.factor / 3600) * 3600)
    return Alerting(
        alert=f"{slo.stem}{names.BURN_RATE}{level.name}",
        expr=expr,
        labels=_labels(plan, level.severity),
        annotations=_annotations(
            plan,
            f"{slo.title}{_of_group(plan)}: the error budget burns {{{{ $value | humanize }}}} times too fast",
            f"{_promise(plan)} In the last {level.long} and in the last {level.short}, events failed more than "
            f"{factor} times as often as it allows. At {factor} times, the budget of {slo.window} lasts {gone}.",
        ),
    )


def _spike(plan: Plan) -> Alerting:
    """Return the alert on a tenth of the window's budget spent within an hour.

    Burn rates are shares of the traffic there is. On a festival evening that is fifty times the average, and a
    burn of twice the budget, which pages nobody, spends a seventh of the month in an hour. So this one counts
    events against the budget of the real trailing total. At that pace nothing is left after ten hours, that is
    before the next review: so it is as urgent as the objective's most urgent burn rate, and pages where that
    pages. It asks that the objective itself is missed just now, else a peak within the objective would page;
    that half the window is known, else the first busy hour would always be a spike; and for the least number of
    bad events.
    """
    slo = plan.slo
    budget = f"({plan.result(names.TOTAL_WINDOW)} * {number(slo.budget)} > 0)"
    expr = (
        f"{plan.result(names.bad_events(HOUR))} / {budget} > {number(SPIKE_SHARE)}\n"
        f"and {plan.result(names.burn(HOUR))} > 1\n"
        f"and {plan.result(names.burn(SOON))} > 1\n"
        f"and {plan.result(names.bad_events(HOUR))} >= {slo.least_bad_events}\n"
        f"and {plan.result(names.COVERAGE)} >= {number(SPIKE_COVERAGE)}"
    )
    return Alerting(
        alert=f"{slo.stem}{names.BUDGET_SPIKE}",
        expr=expr,
        labels=_labels(plan, spike_severity(plan)),
        annotations=_annotations(
            plan,
            f"{slo.title}{_of_group(plan)}: an hour spent {{{{ $value | humanizePercentage }}}} of the budget",
            f"{_promise(plan)} The bad events of the last hour alone are more than {SPIKE_SHARE:.0%} of all that "
            f"may fail in {slo.window}. Traffic is far above its average, so a mild burn rate spends much.",
        ),
    )


def spike_severity(plan: Plan) -> Severity:
    """Return the greatest urgency that the objective asks for at all."""
    asked = {level.severity for level in plan.slo.burn_rates}
    return next((one for one in Severity if one in asked), Severity.WARNING)


def _absent(plan: Plan) -> Alerting:
    """Return the alert on an objective that was measured and no longer is.

    Whether its job is up or down: a target that is up may have lost the metric, and then nothing else tells. It
    asks that there were data within three days (under any definition, so a definition that selects nothing is
    told), else every new installation would begin with it. In maintenance the data are 0, not absent, unless the
    target is gone; so planned time is asked for once more, and what follows waits like any other absence.
    """
    slo = plan.slo
    tiles = f"{plan.result(names.TOTAL_TILE)}[{plan.timing.range(KNOWN_WITHIN)}]"
    expr = f"absent({plan.result(names.ERROR)})\nand on () count_over_time({tiles})"
    if plan.maintenance:
        expr += f"\nunless on () {plan.result(names.MAINTENANCE)} == 1"
    return Alerting(
        alert=f"{slo.stem}{names.DATA_ABSENT}",
        expr=expr,
        labels=_labels(plan, Severity.WARNING),
        annotations=_annotations(
            plan,
            f"{slo.title}: no data",
            f"Whether the objective is met has not been known for {ABSENT_FOR}: {plan.metric.name} gives no "
            "events. Either no target that exposes it is scraped, or the metric or its labels have changed. Until "
            "it is back, no alert on this objective's error budget can fire.",
        ),
        lasting=plan.timing.real(ABSENT_FOR),
    )


def _labels(plan: Plan, severity: Severity) -> Labels:
    return as_labels(
        {
            names.SEVERITY_LABEL: severity.value,
            names.SLO_LABEL: plan.slo.name,
            names.TEAM_LABEL: plan.slo.team.name,
        }
    )


def _annotations(plan: Plan, summary: str, description: str) -> Annotations:
    slo = plan.slo
    return linked(plan.links, summary, description, runbook=slo.runbook, dashboard=slo.dashboard)


def _promise(plan: Plan) -> str:
    slo = plan.slo
    return f"{slo.description} That is the objective for {number(slo.objective)} % within {slo.window}."


def _of_group(plan: Plan) -> str:
    shown = (f"{name} {{{{ $labels.{name} }}}}" for name in plan.slo.by)
    return f" of {', '.join(shown)}" if plan.slo.by else ""
