"""Where two dashboards differ, by places that people find again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steward.grafana.content import bare


class Missing:
    """Stands for what one side does not have."""


MISSING = Missing()
_KEYS = ("id", "refId", "name")
"""What tells the items of a list apart, where they have it: panels, queries, variables."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place."""

    path: str
    """E.g. `panels["Error Rate"].targets["A"].expr`."""
    ours: object
    """What the catalogue or the file says; MISSING where it says nothing."""
    theirs: object
    """What Grafana has; MISSING where it has nothing."""


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return every place where two dashboards differ, apart from what a Grafana adds when it saves."""
    return tuple(_compared("", bare(ours), bare(theirs)))


def _compared(path: str, ours: object, theirs: object) -> Iterator[Difference]:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name in sorted(ours.keys() | theirs.keys(), key=str):
            yield from _compared(
                f"{path}.{name}" if path else str(name), ours.get(name, MISSING), theirs.get(name, MISSING)
            )
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield from _lists(path, ours, theirs)
    elif _unlike(ours, theirs):
        yield Difference(path, ours, theirs)


def _lists(path: str, ours: Sequence[object], theirs: Sequence[object]) -> Iterator[Difference]:
    key = next((key for key in _KEYS if _tells_apart(key, ours) and _tells_apart(key, theirs)), None)
    if key is None:
        for index in range(max(len(ours), len(theirs))):
            yield from _compared(f"{path}[{index}]", _at(ours, index), _at(theirs, index))
        return
    left, right = _by(key, ours), _by(key, theirs)
    for value in dict.fromkeys((*left, *right)):
        name = _name(left.get(value) or right.get(value), str(value))
        yield from _compared(f'{path}["{name}"]', left.get(value, MISSING), right.get(value, MISSING))
    shared = left.keys() & right.keys()
    orders = [[value for value in side if value in shared] for side in (left, right)]
    if orders[0] != orders[1]:
        yield Difference(f"{path} (order)", orders[0], orders[1])


def _by(key: str, items: Sequence[Any]) -> dict[object, Any]:
    return {item[key]: item for item in items}


def _tells_apart(key: str, items: Sequence[object]) -> bool:
    values = [item.get(key) for item in items if isinstance(item, Mapping)]
    named = [value for value in values if isinstance(value, str | int)]
    return bool(items) and len(set(named)) == len(items)


def _name(item: Mapping[str, Any] | None, otherwise: str) -> str:
    title = item.get("title") if item else None
    return title if isinstance(title, str) and title else otherwise


def _at(items: Sequence[object], index: int) -> object:
    return items[index] if index < len(items) else MISSING


def _unlike(ours: object, theirs: object) -> bool:
    """Tell whether two plain values differ; 1 is no `true`, but 1 is 1.0."""
    return isinstance(ours, bool) != isinstance(theirs, bool) or ours != theirs
