"""Taking out of JSON that others wrote what is there and of the kind that is meant."""

from collections.abc import Mapping
from typing import Any

Part = Mapping[str, Any]

_NOTHING: Part = {}


def part(of: object, *path: str) -> Part:
    """Return the object at `path`; an empty one where there is none."""
    for name in path:
        of = of.get(name) if isinstance(of, Mapping) else None
    return of if isinstance(of, Mapping) else _NOTHING


def parts(of: Part, name: str) -> list[Part]:
    """Return the objects of a list; empty where there is none."""
    found = of.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text(of: Part, name: str, usual: str = "") -> str:
    """Return a text, or a number as one."""
    found = of.get(name)
    if isinstance(found, str):
        return found
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else usual


def texts(of: Part, name: str) -> tuple[str, ...]:
    """Return the texts of a list, or one text that stands alone."""
    found = of.get(name)
    listed = found if isinstance(found, list) else [found]
    return tuple(str(one) for one in listed if isinstance(one, str | int | float) and not isinstance(one, bool))


def number(of: Part, name: str) -> float | None:
    """Return a number; None where there is none."""
    found = of.get(name)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def whole(of: Part, name: str, usual: int = 0) -> int:
    """Return a whole number."""
    found = number(of, name)
    return usual if found is None else int(found)


def yes(of: Part, name: str) -> bool:
    """Tell whether it is true."""
    return of.get(name) is True
