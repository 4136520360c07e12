"""The labels with which a rule's alerts arrive at Alertmanager."""

from steward.check.routing.subject import AlertLabels
from steward.compile.rules import Alerting
from steward.model import Labels
from steward.promql.labels import ABSENT, UNKNOWN, Inferred, LabelState


def alert_labels(rule: Alerting, result: Inferred, external: Labels = ()) -> AlertLabels:
    """Return what an alert can carry.

    `result` says what the expression's result can have. The rule's own labels replace those; `external` ones are
    added by Prometheus where an alert has none of that name.
    """
    labels = dict(result.labels)
    labels |= {name: _written(text) for name, text in rule.labels}
    labels["alertname"] = LabelState(frozenset({rule.alert}))
    known = Inferred(labels, result.is_open)
    filled = {name: _filled(known.label(name), value) for name, value in external}
    return AlertLabels(rule.alert, Inferred(labels | filled, result.is_open))


def _written(text: str) -> LabelState:
    """Return the value of a rule's label; a template can give any."""
    if "{{" in text:
        return UNKNOWN
    return LabelState(frozenset({text})) if text else ABSENT


def _filled(state: LabelState, value: str) -> LabelState:
    if not state.optional:
        return state
    return LabelState(None if state.values is None else state.values | {value})
