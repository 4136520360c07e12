"""The least that promtool needs to try one alerting rule: its file, and the tests that concern it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from steward.compile import yaml
from steward.compile.heading import GENERATED
from steward.compile.proof.script import alert_tests
from steward.compile.proof.world import World, world_of
from steward.compile.rule_files import rule_files
from steward.compile.rules import Alerting, RuleFile, RuleGroup, rules_yml
from steward.compile.slo import slo_tests
from steward.model import Catalogue, Collection

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Trial:
    """An alerting rule, the file it stands in, and its tests."""

    rule: Alerting
    file: RuleFile
    tests: Files
    """Path below Prometheus' configuration -> content, the quickest first."""

    def files(self, file: RuleFile | None = None) -> Files:
        """Return what promtool reads, with another file of rules in place of the right one."""
        return {self.file.path: rules_yml(file or self.file), **self.tests}


def trials(catalogue: Catalogue, collection: Collection) -> Iterator[Trial]:
    """Yield a trial for each alerting rule of a catalogue."""
    world = world_of(catalogue, collection)
    objectives = slo_tests(catalogue, collection)
    for file in rule_files(catalogue, collection):
        for rule in file.rules:
            if not isinstance(rule, Alerting):
                continue
            if rule.declared is None:
                yield Trial(rule, file, _of_objective(file, objectives))
            else:
                alone = replace(file, groups=(RuleGroup("trial", (rule,)),))
                yield Trial(rule, alone, {"tests/trial.yml": _tests(rule, file, world)})


def _tests(rule: Alerting, file: RuleFile, world: World) -> bytes:
    assert rule.declared  # noqa: S101 - the caller looked
    content: dict[str, yaml.Value] = {
        "rule_files": [f"../{file.path}"],
        "evaluation_interval": str(world.interval),
        "tests": list(alert_tests(rule.declared, world)),
    }
    return yaml.dump(content, GENERATED)


def _of_objective(file: RuleFile, tests: Files) -> Files:
    stem = file.path.removesuffix(".yml")
    endings = ("-conditions.yml", "-hours.yml", ".yml", "-days.yml")
    return {path: tests[path] for ending in endings if (path := f"tests/{stem}{ending}") in tests}
