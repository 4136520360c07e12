"""An alert that nobody is told of."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.routing.subject import RoutingProblem, RoutingSubject
from steward.check.routing.tree import receivers_for
from steward.check.routing.worlds import Trial, trials
from steward.model import Severity

NAME = "no-receiver"
WHY = "The alert fires and nobody learns of it."


def check(subject: RoutingSubject) -> Iterator[RoutingProblem]:
    """Yield each alert that can end at receivers none of which has a channel."""
    for trial in trials(subject) if subject.alerts else ():
        alert = trial.alert
        if alert.of("severity").values == frozenset({Severity.NONE.value}):
            continue
        silent = _silent(subject, trial)
        if silent:
            yield RoutingProblem(
                Level.ERROR,
                f"alert {alert.name}",
                f"{alert.name} goes to {' and '.join(silent)}, which tells nobody",
                "give it a route to a receiver with a channel, or the severity none if nobody should know",
            )


def _silent(subject: RoutingSubject, trial: Trial) -> tuple[str, ...]:
    for labels in trial.worlds():
        reached = receivers_for(subject.root, labels)
        # A receiver that is not declared is another check's finding.
        if not any(subject.receivers.get(name, True) for name in reached):
            return tuple(dict.fromkeys(reached))
    return ()
