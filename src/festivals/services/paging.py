"""Lists in pieces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and what to ask `after` for the following ones; None at the end."""

    items: tuple[Row, ...]
    next: str | None


def page_of(rows: Sequence[Row], limit: int, name: Callable[[Row], object]) -> Page[Row]:
    """Make a page of up to `limit` rows, of which one more was asked for; `name` is what `after` takes."""
    return Page(tuple(rows[:limit]), str(name(rows[limit - 1])) if len(rows) > limit else None)
