"""Labels, and what they may hold.

A label's values are declared because everything else follows from them: an instrument refuses what was not
declared, a checker tells what a selector can match, and the number of series has a bound.
"""

import re
from dataclasses import dataclass
from typing import Self

from steward.model.errors import CatalogueError

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_RESERVED = frozenset({"le", "quantile", "job", "instance"})

OTHER = "other"
"""The value that stands for every value a label was not declared to hold."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label by its name, with its allowed values or a bound on how many there can be.

    Make one with `Label.closed` or `Label.bounded`.
    """

    name: str
    values: tuple[str, ...] | None
    """Every allowed value, or None where only their number is known."""
    at_most: int
    """How many values there can be."""
    meaning: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name.startswith("__"):
            raise CatalogueError(
                f"label {self.name!r}: a name is letters, digits and underscores, not starting with a digit or __"
            )
        if self.name in _RESERVED:
            raise CatalogueError(f"label {self.name!r}: Prometheus sets this one itself; choose another name")
        if self.at_most < 1:
            raise CatalogueError(f"label {self.name!r}: it must be able to hold at least one value")
        if self.values is not None and len(set(self.values)) != len(self.values):
            raise CatalogueError(f"label {self.name!r}: a value stands twice in {', '.join(self.values)}")

    @classmethod
    def closed(cls, name: str, *values: str, meaning: str = "") -> Self:
        """Declare a label that holds one of `values` and nothing else."""
        return cls(name, values, len(values), meaning)

    @classmethod
    def bounded(cls, name: str, at_most: int, meaning: str) -> Self:
        """Declare a label with up to `at_most` values that are known only at run time."""
        return cls(name, None, at_most, meaning)

    def allows(self, value: str) -> bool:
        """Tell whether the label can hold `value`, as far as the declaration says."""
        return self.values is None or value in self.values
