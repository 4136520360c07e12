"""An alert that is on both sides of an inhibition."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.routing.inhibition_never_matches import can_satisfy
from steward.check.routing.subject import RoutingProblem, RoutingSubject
from steward.check.routing.worlds import trials

NAME = "inhibits-itself"
WHY = "Alertmanager ignores an inhibition between alerts that are on both sides, so it does less than it says."


def check(subject: RoutingSubject) -> Iterator[RoutingProblem]:
    """Yield each inhibition with alerts that satisfy both its source and its target."""
    alerts = trials(subject) if subject.alerts else ()
    for number, inhibition in enumerate(subject.inhibitions, 1):
        both = [
            alert.alert.name for alert in alerts if can_satisfy(alert, (*inhibition.source, *inhibition.target))
        ]
        if both:
            shown = ", ".join(both[:3]) + (f" and {len(both) - 3} more" if len(both) > 3 else "")
            yield RoutingProblem(
                Level.WARNING,
                f"inhibition {number}",
                f"source and target are the same alert: {shown}",
                "add a condition to the target that its source does not satisfy",
            )
