"""A route that no alert takes."""

from collections.abc import Iterator, Sequence

from steward.check.finding import Level
from steward.check.routing.subject import RoutingProblem, RoutingSubject
from steward.check.routing.tree import Path, at, matches, places
from steward.check.routing.worlds import Trial, trials
from steward.model import LabelMatch, Route

NAME = "unreachable-route"
WHY = "Whoever wrote the route expects to be told by it, and is not."


def check(subject: RoutingSubject) -> Iterator[RoutingProblem]:
    """Yield each route that no alert can satisfy, or that earlier routes take every alert from.

    Of routes below each other only the first is named.
    """
    alerts = trials(subject)
    reached: set[Path] = set()
    for path, route in places(subject.root):
        if path and path[:-1] not in reached:
            continue
        needed = _needed(subject.root, path)
        fitting = [alert for alert in alerts if alert.satisfies(needed)]
        if any(_arrives(subject.root, path, labels) for labels in _labels(fitting, needed)):
            reached.add(path)
        elif fitting:
            yield from _shadowed(subject.root, path, fitting)
        elif all(alert.is_sure(needed) for alert in alerts):
            yield RoutingProblem(
                Level.ERROR,
                described(path, route),
                f"no alert has labels with {' and '.join(map(str, needed))}",
                "mend the conditions to what alerts carry, or remove the route",
            )


def _needed(root: Route, path: Path) -> tuple[LabelMatch, ...]:
    """Return the conditions of a route and of all above it."""
    ways = [path[:length] for length in range(len(path) + 1)]
    return tuple(dict.fromkeys(condition for way in ways for condition in at(root, way).matches))


def _earlier(root: Route, path: Path) -> Iterator[tuple[Path, Route]]:
    """Yield the routes that are tried before a route or one above it, and let no alert go on."""
    for depth, index in enumerate(path):
        for before, branch in enumerate(at(root, path[:depth]).routes[:index]):
            if not branch.goes_on:
                yield (*path[:depth], before), branch


def _arrives(root: Route, path: Path, labels: dict[str, str]) -> bool:
    """Tell whether an alert that satisfies a route's conditions gets to it."""
    return not any(matches(branch.matches, labels) for _, branch in _earlier(root, path))


def _labels(alerts: Sequence[Trial], needed: Sequence[LabelMatch]) -> Iterator[dict[str, str]]:
    for alert in alerts:
        yield from alert.worlds(needed)


def _shadowed(root: Route, path: Path, fitting: Sequence[Trial]) -> Iterator[RoutingProblem]:
    needed = _needed(root, path)
    takers = [
        (place, branch)
        for place, branch in _earlier(root, path)
        if any(matches(branch.matches, labels) for labels in _labels(fitting, needed))
    ]
    conditions = [*needed, *(condition for _, branch in takers for condition in branch.matches)]
    if not all(alert.is_sure(conditions) and alert.is_complete(needed) for alert in fitting):
        return
    before = " and ".join(described(place, branch) for place, branch in takers)
    yield RoutingProblem(
        Level.ERROR,
        described(path, at(root, path)),
        f"every alert that fits is taken before it by {before}",
        "move it before, or have the earlier route go on (`continue: true`)",
    )


def described(path: Path, route: Route) -> str:
    """Return how people call a route, e.g. `route 2.1 to critical`; counted from 1."""
    number = ".".join(str(index + 1) for index in path)
    return f"route {number} to {route.receiver}" if path else f"the root route to {route.receiver}"
