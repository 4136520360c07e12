"""A dashboard as its checks see it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from steward.check.finding import Level
from steward.promql.nodes import Expression

_SHOWN = re.compile(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Question:
    """A query, and what is made of its answer."""

    text: str
    node: Expression | None
    """None where it cannot be read, of which another check tells."""
    line: int | None
    ref: str = ""
    """A, B, ..."""
    shown: str = ""
    """The legend, or the text at a mark."""

    @property
    def labels_shown(self) -> tuple[str, ...]:
        """Return each label that is to be filled into the legend or text, once."""
        return tuple(dict.fromkeys(_SHOWN.findall(self.shown)))


@dataclass(frozen=True, slots=True)
class PanelSubject:
    """One panel."""

    title: str
    kind: str
    """Grafana's name of it, e.g. `timeseries`."""
    line: int | None
    questions: tuple[Question, ...] = ()
    unit: str = "none"
    limits: tuple[float, ...] = ()
    """Its thresholds and the ends of its scale."""
    has_scale: bool = False
    """Both ends of its scale are said."""
    columns: tuple[str, ...] = ()
    """Of a table: the ones that are chosen, empty for all."""
    computes_buckets: bool = False
    """Of a heatmap: the buckets are not those of a histogram."""

    @property
    def what(self) -> str:
        """How findings name it."""
        return f"panel {self.title}"


@dataclass(frozen=True, slots=True)
class VariableSubject:
    """Something to choose."""

    name: str
    line: int | None
    used: bool
    """It stands somewhere in the file, or acts by itself."""


@dataclass(frozen=True, slots=True)
class DashboardSubject:
    """One dashboard."""

    file: str
    panels: tuple[PanelSubject, ...] = ()
    marks: tuple[tuple[str, Question], ...] = ()
    """Each annotation that asks Prometheus, by its name."""
    variables: tuple[VariableSubject, ...] = ()

    def questions(self) -> Iterator[tuple[str, Question]]:
        """Yield every query, with what asks it."""
        for panel in self.panels:
            for question in panel.questions:
                yield panel.what, question
        for name, question in self.marks:
            yield f"annotation {name}", question


@dataclass(frozen=True, slots=True)
class DashboardProblem:
    """What a check found in a dashboard."""

    level: Level
    what: str
    """The thing it is about, e.g. `panel Request Rate`."""
    message: str
    mend: str
    line: int | None = None
