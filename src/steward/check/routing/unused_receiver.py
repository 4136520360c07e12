"""A receiver that no route names."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.routing.subject import RoutingProblem, RoutingSubject

NAME = "unused-receiver"
WHY = "Whoever reads the list of receivers believes that these people are told."


def check(subject: RoutingSubject) -> Iterator[RoutingProblem]:
    """Yield each receiver that is declared and never used."""
    used = {route.receiver for route in subject.root.walk()}
    for name in subject.receivers:
        if name not in used:
            yield RoutingProblem(
                Level.WARNING, f"receiver {name}", f"no route goes to {name}", "give it a route, or remove it"
            )
