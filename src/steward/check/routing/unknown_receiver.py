"""A route to a receiver that is not there."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.routing.subject import RoutingProblem, RoutingSubject
from steward.check.routing.tree import places
from steward.check.routing.unreachable_route import described

NAME = "unknown-receiver"
WHY = "Alertmanager refuses the configuration, and goes on with the old one or does not start."


def check(subject: RoutingSubject) -> Iterator[RoutingProblem]:
    """Yield each route whose receiver is not declared."""
    known = ", ".join(subject.receivers) or "none"
    for path, route in places(subject.root):
        if route.receiver not in subject.receivers:
            yield RoutingProblem(
                Level.ERROR,
                described(path, route),
                f"no receiver is called {route.receiver!r}",
                f"declare it, or name one of those that are: {known}",
            )
