"""The least that promtool needs to try alerting rules: their file, and the tests that concern it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from steward.compile.proof.world import World, world_of
from steward.compile.rule_files import rule_files
from steward.compile.rule_tests import alerts_tested
from steward.compile.rules import Alerting, RuleFile, RuleGroup, rules_yml
from steward.compile.slo import slo_tests
from steward.model import Alert, Catalogue, Collection

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Trial:
    """A declared alert, or the alerts of an objective, which are tested together."""

    file: RuleFile
    tests: Files
    """Path below Prometheus' configuration -> content, the quickest first."""

    @property
    def alerts(self) -> tuple[str, ...]:
        """The names of the alerts."""
        return tuple(rule.alert for rule in self.file.rules if isinstance(rule, Alerting))

    def files(self, file: RuleFile | None = None) -> Files:
        """Return what promtool reads, with another file of rules in place of the right one."""
        return {self.file.path: rules_yml(file or self.file), **self.tests}


def trials(catalogue: Catalogue, collection: Collection) -> Iterator[Trial]:
    """Yield a trial for each declared alert and each objective of a catalogue."""
    world = world_of(catalogue, collection)
    objectives = slo_tests(catalogue, collection)
    for file in rule_files(catalogue, collection):
        rules = [rule for rule in file.rules if isinstance(rule, Alerting)]
        for rule in rules:
            if rule.declared is not None:
                yield _alone(file, rule, rule.declared, world)
        if any(rule.declared is None for rule in rules):
            yield Trial(file, _of_objective(file, objectives))


def _alone(file: RuleFile, rule: Alerting, declared: Alert, world: World) -> Trial:
    alone = replace(file, groups=(RuleGroup("trial", (rule,)),))
    return Trial(alone, {"tests/trial.yml": alerts_tested(file.path, (declared,), world, file.title)})


def _of_objective(file: RuleFile, tests: Files) -> Files:
    stem = file.path.removesuffix(".yml")
    endings = ("-conditions.yml", "-hours.yml", ".yml", "-days.yml")
    return {path: tests[path] for ending in endings if (path := f"tests/{stem}{ending}") in tests}
