"""A finding: what is wrong where, why it matters, and how to mend it."""

from dataclasses import dataclass
from enum import IntEnum

from steward.promql.nodes import Span


class Level(IntEnum):
    """How bad a finding is."""

    INFO = 1
    """Worth a look; it does not fail a run."""
    WARNING = 2
    """Probably a mistake."""
    ERROR = 3
    """Cannot work."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands."""

    file: str
    """The file as the user named it, or the path of the file that is compiled."""
    line: int | None = None
    """Counted from 1; None where there is no text to count in."""
    what: str = ""
    """The thing itself, e.g. `alert APIDown` or `panel Request Rate`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    check: str
    """Name of the check, e.g. `unknown-metric`."""
    level: Level
    place: Place
    message: str
    """What is wrong, in a sentence."""
    why: str
    """What comes of it."""
    mend: str
    """What to do."""
    text: str | None = None
    """The expression it is in."""
    span: Span | None = None
    """Where in `text`."""
    accepted: str | None = None
    """The reason for which it is meant; None where it is not."""
