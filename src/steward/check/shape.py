"""The shape of a check of an expression: what it is given, and what it says.

A check is a module with `NAME`, `WHY` and `check(subject, context)`. `steward.check.registry` lists them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from steward.check.finding import Level, Place
from steward.model import ZERO, Accepted, Alert, Collection, Duration, Labels
from steward.promql.nodes import Expression, Span
from steward.promql.schema import Schema


class Use(Enum):
    """What an expression is for."""

    ALERT = "alert"
    RECORDING = "recording rule"
    PANEL = "panel"
    RUNBOOK = "runbook query"


@dataclass(frozen=True, slots=True)
class ExpressionSubject:
    """One expression that can be read, and what stands around it."""

    use: Use
    name: str
    """Of the alert, the recorded series, the panel or the page."""
    text: str
    node: Expression
    place: Place
    labels: Labels = ()
    annotations: Labels = ()
    lasting: Duration = ZERO
    accepts: tuple[Accepted, ...] = ()
    declared: Alert | None = None
    """The catalogue's declaration of the alert, with its examples."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one evaluation may cost, at the greatest number of series that the labels allow."""

    series: int = 250_000
    samples: int = 50_000_000
    """Prometheus itself refuses a query that loads more (`--query.max-samples`)."""


VERSION = (2, 42)
"""Of the oldest Prometheus that is supported."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the world in which expressions are evaluated."""

    schema: Schema = field(default_factory=dict)
    """Empty where no catalogue is given; checks that need it are silent then."""
    collection: Collection = field(default_factory=Collection)
    version: tuple[int, int] = VERSION
    """Of the oldest Prometheus that must understand the expressions."""
    budget: Budget = field(default_factory=Budget)
    opaque: tuple[str, ...] = ()
    """Scrape jobs of which it is not known what they expose."""
    whole: bool = False
    """Everything that reads series is among the subjects, as when a catalogue is checked."""

    @property
    def knows_metrics(self) -> bool:
        """Tell whether a catalogue or an inventory is given."""
        return bool(self.schema)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check found in a subject."""

    level: Level
    message: str
    mend: str
    span: Span | None = None
    """Where in the expression; None where it is about the whole rule."""


class ExpressionCheck(Protocol):
    """A module that checks expressions."""

    NAME: str
    WHY: str

    def check(self, subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
        """Yield what is wrong."""


class RuleSetCheck(Protocol):
    """A module that checks all rules together."""

    NAME: str
    WHY: str

    def check(
        self, subjects: Sequence[ExpressionSubject], context: Context
    ) -> Iterator[tuple[ExpressionSubject, Problem]]:
        """Yield what is wrong, each with the rule it is told at."""
