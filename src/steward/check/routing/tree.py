"""Where an alert goes in a tree of routes: Alertmanager's semantics, without Alertmanager.

Source: `dispatch.Route.Match`. A missing label is empty; regular expressions match whole values; an alert that no
branch takes stays where it is.
"""

from collections.abc import Iterable, Mapping

from steward.model import LabelMatch, Route
from steward.promql.matching import takes

Path = tuple[int, ...]
"""A route's place in the tree: the index of each branch on the way from the root."""


def receivers_for(root: Route, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the receivers that an alert with these labels is told to, in order."""
    return tuple(at(root, path).receiver for path in stops(root, labels))


def stops(root: Route, labels: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the routes that an alert with these labels ends at, in order."""
    return _stops(root, labels, ()) if matches(root.matches, labels) else ()


def _stops(route: Route, labels: Mapping[str, str], path: Path) -> tuple[Path, ...]:
    found: list[Path] = []
    for index, branch in enumerate(route.routes):
        if matches(branch.matches, labels):
            found += _stops(branch, labels, (*path, index))
            if not branch.goes_on:
                break
    return tuple(found) or (path,)


def at(root: Route, path: Path) -> Route:
    """Return the route at a place."""
    for index in path:
        root = root.routes[index]
    return root


def places(root: Route, path: Path = ()) -> Iterable[tuple[Path, Route]]:
    """Yield every route with its place, parents first."""
    yield path, root
    for index, branch in enumerate(root.routes):
        yield from places(branch, (*path, index))


def matches(conditions: Iterable[LabelMatch], labels: Mapping[str, str]) -> bool:
    """Tell whether labels satisfy every condition."""
    return all(holds(condition, labels.get(condition.label, "")) for condition in conditions)


def holds(condition: LabelMatch, value: str) -> bool:
    """Tell whether a label's value satisfies a condition."""
    answer = takes(condition.operator, condition.value, value)
    # A pattern that cannot be asked here matches nothing.
    return condition.operator == "!~" if answer is None else answer
