"""Rules as Prometheus evaluates them, before they are written: what every compiler of rules gives."""

from collections.abc import Iterator
from dataclasses import dataclass

from steward.compile import yaml
from steward.compile.heading import GENERATED
from steward.model import ZERO, Accepted, Alert, Duration, Labels


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording rule."""

    record: str
    expr: str
    labels: Labels = ()
    accepts: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True)
class Alerting:
    """An alerting rule."""

    alert: str
    expr: str
    labels: Labels
    annotations: tuple[tuple[str, str], ...]
    lasting: Duration = ZERO
    keep_firing: Duration = ZERO
    declared: Alert | None = None
    """The declaration it comes from; None where it is made from an objective."""
    accepts: tuple[Accepted, ...] = ()


Rule = Recorded | Alerting


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated one after the other at the same timestamp."""

    name: str
    rules: tuple[Rule, ...]
    interval: Duration | None = None
    """Between two evaluations, where it is not that of the collection."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file of rules."""

    path: str
    """Below the folder of Prometheus' configuration, e.g. `alerts/api.yml`."""
    title: str
    groups: tuple[RuleGroup, ...]

    @property
    def rules(self) -> Iterator[Rule]:
        """Every rule in order."""
        return (rule for group in self.groups for rule in group.rules)


def rules_yml(file: RuleFile) -> bytes:
    """Write a file of rules."""
    return yaml.dump(
        {"groups": [_group(group) for group in file.groups]},
        f"{file.title}\n{GENERATED}",
    )


def _group(group: RuleGroup) -> dict[str, yaml.Value]:
    content: dict[str, yaml.Value] = {"name": group.name}
    if group.interval is not None:
        content["interval"] = str(group.interval)
    content["rules"] = [_rule(rule) for rule in group.rules]
    return content


def _rule(rule: Rule) -> dict[str, yaml.Value]:
    if isinstance(rule, Recorded):
        content: dict[str, yaml.Value] = {"record": rule.record, "expr": rule.expr}
        return content | ({"labels": dict(rule.labels)} if rule.labels else {})
    content = {"alert": rule.alert, "expr": rule.expr}
    if rule.lasting != ZERO:
        content["for"] = str(rule.lasting)
    if rule.keep_firing != ZERO:
        content["keep_firing_for"] = str(rule.keep_firing)
    return content | {"labels": dict(rule.labels), "annotations": dict(rule.annotations)}
