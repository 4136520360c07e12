"""Tests of what is measured: without errors, without events, with new series, and when everything fails."""

from collections.abc import Iterator

from steward.compile.slo import names
from steward.compile.slo.alerts import alert_rules
from steward.compile.slo.plan import Plan
from steward.compile.slo.proof.case import Case
from steward.compile.slo.proof.stage import moments
from steward.compile.slo.proof.world import Stretch, bad_at_once, groups, without_bad, written
from steward.compile.slo.windows import HOUR, SOON
from steward.promql import minutes
from steward.promql.written import number

_HALF = minutes(30)
_NEWBORN, _HISTORY = 3, 5000


def measuring(plan: Plan) -> Iterator[Case]:
    """Yield the tests of one objective's measurements."""
    yield _healthy(plan)
    yield _idle(plan)
    yield _newborn(plan)
    yield _told(plan)


def _healthy(plan: Plan) -> Case:
    """Return the test in which nothing fails, and no series of bad events was ever there."""
    case = moments(plan).case("no errors give 0 and no alert", Stretch(HOUR, 10, 0))
    case.series = without_bad(plan, case.series)
    case.sees(_HALF, names.ratio(SOON), value=0)
    case.sees(_HALF, names.ratio(HOUR), value=0)
    case.holds(_HALF, f"sum without (definition) ({plan.counted(names.TOTAL)}) == bool 10")
    case.calm(_HALF)
    return case


def _idle(plan: Plan) -> Case:
    case = moments(plan).case("without events there is no ratio and no alert", Stretch(HOUR, 0, 0))
    case.holds(_HALF, f"sum without (definition) ({plan.counted(names.TOTAL)}) == bool 0")
    case.sees(_HALF, names.ratio(SOON), value=None)
    case.sees(_HALF, names.ratio(HOUR), value=None)
    case.sees(_HALF, names.REMAINING, value=None)
    case.calm(_HALF)
    return case


def _newborn(plan: Plan) -> Case:
    """Return the test in which bad events appear as new series: on a target that was up, and on a new one."""
    case = moments(plan).case(
        "a new series counts once, the history of a new target does not", Stretch(HOUR, 10, 0)
    )
    interval = plan.timing.step.scaled(0.5)
    before = round(minutes(10).milliseconds / interval.milliseconds)
    after = before * 5
    for instance, value, up in (("two:80", _NEWBORN, ""), ("three:80", _HISTORY, f"_x{before} ")):
        case.series.append(written("up", {}, plan, f"{up}1+0x{after}", instance))
        flat = (f"_x{before} {number(one)}+0x{after}" for one in (value, 0))
        case.series.extend(bad_at_once(plan, instance, *flat))
    case.sees(minutes(9), names.bad_events(HOUR), value=0)
    case.sees(_HALF, names.bad_events(HOUR), value=_NEWBORN)
    return case


def _told(plan: Plan) -> Case:
    """Return the test in which everything fails: what people are told, word for word."""
    case = moments(plan).case("when everything fails every burn rate fires, and says so", Stretch(HOUR, 0, 10))
    burn = _humanized(1 / plan.slo.budget)
    for rule in alert_rules(plan):
        if names.BURN_RATE not in rule.alert:
            continue
        told = {key: _rendered(text, plan, burn) for key, text in rule.annotations}
        case.tells(_HALF, rule.alert, dict(rule.labels) | groups(plan), told)
    return case


def _rendered(text: str, plan: Plan, value: str) -> str:
    text = text.replace("{{ $value | humanize }}", value)
    for name, held in groups(plan).items():
        text = text.replace(f"{{{{ $labels.{name} }}}}", held)
    return text


def _humanized(value: float) -> str:
    """Write a number from 1 to a million as Prometheus' `humanize` does."""
    return f"{value / 1000:.4g}k" if value >= 1000 else f"{value:.4g}"
