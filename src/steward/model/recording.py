"""Recording rules: results that are kept as series of their own."""

import re
from dataclasses import dataclass

from steward.model.alert import Accepted
from steward.model.errors import CatalogueError
from steward.model.example import Labels

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(:[a-zA-Z0-9_]+)+")


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """One recording rule."""

    name: str
    """`level:metric:operation`, see https://prometheus.io/docs/practices/rules/."""
    expr: str
    meaning: str
    labels: Labels = ()
    accepts: tuple[Accepted, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CatalogueError(f"recording rule {self.name!r}: a name has the form level:metric:operation")
        if not self.expr.strip():
            raise CatalogueError(f"recording rule {self.name}: its expression is empty")


@dataclass(frozen=True, slots=True)
class RecordingGroup:
    """The recording rules of one file, evaluated one after the other; later ones see earlier ones."""

    name: str
    """Of the group, e.g. `festivals.rules`."""
    rules: tuple[RecordingRule, ...]
