"""The files of tests of an objective: one for the conditions of its alerts, one for each stage."""

from collections.abc import Iterable, Iterator

from steward.compile import yaml
from steward.compile.heading import GENERATED
from steward.compile.slo.files import slo_file
from steward.compile.slo.plan import Plan, plans
from steward.compile.slo.proof import stage
from steward.compile.slo.proof.absence import absence
from steward.compile.slo.proof.burning import burning
from steward.compile.slo.proof.case import Case
from steward.compile.slo.proof.conditions import absence_conditions, level_conditions, spike_conditions
from steward.compile.slo.proof.measuring import measuring
from steward.compile.slo.proof.spending import planned, spike
from steward.compile.slo.windows import HOUR
from steward.model import BurnRate, Catalogue, Collection, Weekly
from steward.promql import Duration, days


def slo_tests(catalogue: Catalogue, collection: Collection) -> dict[str, bytes]:
    """Compile each objective's tests to `tests/slos/<name>.yml`, `<name>-conditions.yml`, `-hours` and `-days`.

    The paths stand below the folder of Prometheus' configuration, where `slos/<name>.yml` is.
    """
    found = {}
    for plan in plans(catalogue, collection):
        for ending, one, cases in (
            ("-conditions", stage.days(plan), _conditions(plan)),
            ("", stage.moments(plan), _moments(plan)),
            ("-hours", stage.hours(plan), _hours(plan)),
            ("-days", stage.days(plan), _days(plan)),
        ):
            written = [case.content() for case in cases]
            if written:
                found[f"tests/slos/{plan.slo.name}{ending}.yml"] = _file(plan, one.every, written)
    return found


def _conditions(plan: Plan) -> Iterator[Case]:
    for level in plan.slo.burn_rates:
        yield from level_conditions(plan, level)
    yield from spike_conditions(plan)
    yield absence_conditions(plan)


def _moments(plan: Plan) -> Iterator[Case]:
    yield from measuring(plan)
    yield absence(plan)
    yield from _levels(plan, stage.moments(plan), Duration(0), HOUR)


def _hours(plan: Plan) -> Iterator[Case]:
    yield from _levels(plan, stage.hours(plan), HOUR, days(1))
    yield from (planned(plan, one.when) for one in plan.maintenance if isinstance(one.when, Weekly))


def _days(plan: Plan) -> Iterator[Case]:
    yield from _levels(plan, stage.days(plan), days(1), plan.slo.window)
    yield spike(plan)


def _levels(plan: Plan, on: stage.Stage, above: Duration, most: Duration) -> Iterator[Case]:
    """Yield the tests of the levels whose long window lies between two lengths."""
    levels: Iterable[BurnRate] = (level for level in plan.slo.burn_rates if above < level.long <= most)
    return (case for level in levels for case in burning(plan, level, on))


def _file(plan: Plan, every: Duration, tests: list[dict[str, yaml.Value]]) -> bytes:
    content: dict[str, yaml.Value] = {
        "rule_files": [f"../../slos/{plan.slo.name}.yml"],
        "evaluation_interval": str(every),
        # In no order of its own promtool has one group see what another gave an evaluation ago.
        "group_eval_order": [group.name for group in slo_file(plan).groups],
        "tests": tests,
    }
    return yaml.dump(content, f"Tests of {plan.slo.title}\n{GENERATED}")
