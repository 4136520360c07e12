"""The test of missing data: they are told after a while, and no longer when they are back."""

from steward.compile.slo import names
from steward.compile.slo.alerts import ABSENT_FOR
from steward.compile.slo.plan import Plan
from steward.compile.slo.proof.case import Case
from steward.compile.slo.proof.stage import moments
from steward.compile.slo.proof.world import Stretch
from steward.model import Severity
from steward.promql import minutes

_BEFORE = minutes(30)
_GONE = minutes(20)


def absence(plan: Plan) -> Case:
    """Return the test of one objective."""
    stretches = (Stretch(_BEFORE, 10, 0), Stretch(_GONE, 0, 0, there=False), Stretch(_BEFORE, 10, 0))
    case = moments(plan).case("missing data are told after a while", *stretches)
    alert = f"{plan.slo.stem}{names.DATA_ABSENT}"
    case.silent(_BEFORE + ABSENT_FOR, alert)
    case.has(_BEFORE + ABSENT_FOR + plan.timing.base + minutes(1), alert, case.labels(Severity.WARNING.value))
    case.silent(_BEFORE + _GONE + plan.timing.base, alert)
    return case
