"""What is known of the labels of a result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from steward.promql.schema import Values


@dataclass(frozen=True, slots=True)
class LabelState:
    """What is known of one label of a result."""

    values: Values
    """Every value it can have; None for any but the empty one."""
    optional: bool = False
    """Whether it can be missing, which is the same as empty."""

    def agrees(self, other: "LabelState") -> bool:
        """Tell whether two series can have the same value here."""
        if self.optional and other.optional:
            return True
        if self.values is None:
            return other.values is None or bool(other.values)
        if other.values is None:
            return bool(self.values)
        return bool(self.values & other.values)

    @property
    def varies(self) -> bool:
        """Tell whether two series can differ here."""
        return self.values is None or len(self.values) + self.optional > 1


NAME = "__name__"
ABSENT = LabelState(frozenset(), optional=True)
UNKNOWN = LabelState(None, optional=True)


@dataclass(frozen=True, slots=True)
class Inferred:
    """The labels of a result."""

    labels: Mapping[str, LabelState] = field(default_factory=dict)
    is_open: bool = False
    """Whether it can have labels that are not listed."""
    bound: int | None = None
    """The greatest number of series where something else than the labels says it."""
    key: frozenset[str] | None = None
    """Labels of which no two series have the same values; None where that takes all of them."""

    @property
    def most(self) -> int | None:
        """The greatest number of series; None where it is not known."""
        if self.is_open or any(state.values is None for state in self.labels.values()):
            return self.bound
        by_labels = prod(len(state.values or ()) + state.optional for state in self.labels.values())
        return by_labels if self.bound is None else min(by_labels, self.bound)

    def label(self, name: str) -> LabelState:
        """Return what is known of one label; of a metric's name nothing is claimed."""
        return self.labels.get(name, UNKNOWN if self.is_open or name == NAME else ABSENT)

    def keeps(self, name: str) -> bool:
        """Tell whether a series of the result can have the label at all."""
        state = self.label(name)
        return state.values is None or bool(state.values)


NOTHING = Inferred()
ANYTHING = Inferred(is_open=True)
