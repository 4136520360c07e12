"""An inhibition that never keeps anything quiet."""

from collections.abc import Iterator, Sequence

from steward.check.finding import Level
from steward.check.routing.subject import AlertLabels, RoutingProblem, RoutingSubject
from steward.check.routing.tree import matches
from steward.check.routing.worlds import Trial, trials
from steward.model import Inhibition, LabelMatch
from steward.promql.labels import LabelState

NAME = "inhibition-never-matches"
WHY = "Alerts that should be quiet while another fires are told all the same, in the worst minute."


def check(subject: RoutingSubject) -> Iterator[RoutingProblem]:
    """Yield each inhibition without a source, without a target, or whose two sides never agree."""
    alerts = trials(subject)
    for number, inhibition in enumerate(subject.inhibitions, 1):
        if problem := _problem(inhibition, alerts):
            yield RoutingProblem(Level.ERROR, f"inhibition {number}", *problem)


def _problem(inhibition: Inhibition, alerts: Sequence[Trial]) -> tuple[str, str] | None:
    sides = {
        side: [alert for alert in alerts if can_satisfy(alert, conditions)]
        for side, conditions in (("source", inhibition.source), ("target", inhibition.target))
    }
    for side, conditions in (("source", inhibition.source), ("target", inhibition.target)):
        if not sides[side]:
            written = " and ".join(map(str, conditions))
            return (
                f"no alert is its {side}: none has {written}",
                f"mend the conditions of the {side}, or remove it",
            )
    if any(_agree(one.alert, other.alert, inhibition) for one in sides["source"] for other in sides["target"]):
        return None
    labels = ", ".join(inhibition.equal)
    return (
        f"no source and target have the same {labels}",
        "name in `equal` only labels that both sides carry with the same value",
    )


def can_satisfy(alert: Trial, conditions: Sequence[LabelMatch]) -> bool:
    """Tell whether an alert can have labels that satisfy the conditions; yes where that is not known."""
    return alert.satisfies(conditions) or not alert.is_sure(conditions)


def _agree(source: AlertLabels, target: AlertLabels, inhibition: Inhibition) -> bool:
    """Tell whether each label of `equal` can be the same in both; a label that both miss is."""
    return all(
        _within(source, inhibition.source, label).agrees(_within(target, inhibition.target, label))
        for label in inhibition.equal
    )


def _within(alert: AlertLabels, conditions: Sequence[LabelMatch], label: str) -> LabelState:
    """Return what the conditions leave of a label."""
    own = [condition for condition in conditions if condition.label == label]
    state = alert.of(label)
    named = frozenset(condition.value for condition in own if condition.operator == "=" and condition.value)
    values = named or None if state.values is None else state.values
    if values is not None:
        values = frozenset(value for value in values if matches(own, {label: value}))
    return LabelState(values, state.optional and matches(own, {}))
