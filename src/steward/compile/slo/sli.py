"""The two base series of an objective, the only rules that read raw series.

Rates are taken before they are summed, so restarts cost nothing. Everything later adds up these two, so their cost
does not grow with the windows, nor that of the windows with the number of raw series.

A series that was not there before starts at the number of its first events, and `rate` never sees it rise from
0: the first error of its kind would be lost. So for as long as it is new (R, which is two evaluations of R/2
each) it counts with all that it holds, which are the events of that time; after that with its rate, in which
they are no more. A target that was not up before gives rates only: what it holds may be the history of weeks,
seen anew after an outage of Prometheus.
"""

import textwrap

from steward.compile.rules import Recorded
from steward.compile.slo import names
from steward.compile.slo.bucket import bound
from steward.compile.slo.maintenance import outside
from steward.compile.slo.plan import Plan
from steward.model import Latency
from steward.promql.written import number


def base_rules(plan: Plan) -> tuple[Recorded, ...]:
    """Return the rules of the total and of the bad events."""
    labels = ((names.SLO_LABEL, plan.slo.name), (names.DEFINITION_LABEL, plan.definition))
    return Recorded(names.TOTAL, _total(plan), labels), Recorded(names.ERROR, _error(plan), labels)


def _total(plan: Plan) -> str:
    indicator = plan.slo.indicator
    if isinstance(indicator, Latency):
        selector = _selector(f"{indicator.histogram.name}_count", indicator.matchers)
    else:
        selector = indicator.total.selector
    return outside(plan, _events(plan, selector))


def _error(plan: Plan) -> str:
    """Return the bad events: 0 where there are none, and nothing where the total is not known."""
    indicator, total = plan.slo.indicator, plan.counted(names.TOTAL)
    if isinstance(indicator, Latency):
        selector = _selector(f"{indicator.histogram.name}_bucket", indicator.matchers, bound(indicator.within))
        return f"clamp_min(\n  {total}\n  - on ({plan.groups})\n{_indent(_events(plan, selector))},\n  0\n)"
    bad = outside(plan, _events(plan, indicator.bad.selector))
    return f"{bad}\nand on ({plan.groups})\n{total}\nor on ({plan.groups})\n0 * {total}"


def _events(plan: Plan, selector: str) -> str:
    """Return the events a second that a selector counts, the first of new series included."""
    span = plan.timing.base
    by = f" by ({plan.groups})" if plan.slo.by else ""
    return "\n".join(
        (
            f"sum{by} (",
            f"  ({selector} unless {selector} offset {span}) / {number(span.seconds)}",
            f"    and on (job, instance) {_up(plan)} offset {span} == 1",
            "or",
            f"  rate({selector}[{span}])",
            ")",
        )
    )


def _up(plan: Plan) -> str:
    if len(plan.jobs) == 1:
        return f'up{{job="{plan.jobs[0]}"}}'
    return f'up{{job=~"{"|".join(plan.jobs)}"}}' if plan.jobs else "up"


def _selector(name: str, *matchers: str) -> str:
    given = ",".join(matcher for matcher in matchers if matcher)
    return f"{name}{{{given}}}" if given else name


def _indent(text: str) -> str:
    return textwrap.indent(text, "  ")
