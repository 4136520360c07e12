"""The same rules with shorter windows, for a stack on which time passes faster."""

from dataclasses import replace

from steward.compile.rules import Alerting, Rule, RuleFile, RuleGroup
from steward.model import Collection, Duration, seconds
from steward.promql.rewrite import scaled

_SCRAPES = 4
"""A range must hold this many scrapes, however fast time passes."""


def scaled_file(file: RuleFile, scale: float, collection: Collection) -> RuleFile:
    """Return the rules with every length of time divided by `scale`; names, labels and thresholds stay."""
    return replace(file, groups=tuple(_group(group, scale, collection) for group in file.groups))


def _group(group: RuleGroup, scale: float, collection: Collection) -> RuleGroup:
    interval = group.interval
    if interval is not None:
        interval = max(_shortened(interval, scale), seconds(collection.interval))
    return replace(group, rules=tuple(_rule(rule, scale, collection) for rule in group.rules), interval=interval)


def _rule(rule: Rule, scale: float, collection: Collection) -> Rule:
    expr = scaled(rule.expr, 1 / scale, seconds(_SCRAPES * collection.interval))
    if not isinstance(rule, Alerting):
        return replace(rule, expr=expr)
    return replace(
        rule,
        expr=expr,
        lasting=_shortened(rule.lasting, scale),
        keep_firing=_shortened(rule.keep_firing, scale),
    )


def _shortened(length: Duration, scale: float) -> Duration:
    return length.scaled(1 / scale)
