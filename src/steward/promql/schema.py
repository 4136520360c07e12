"""What is known of series before anything runs; handed in by whoever knows a catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SeriesKind = Literal["counter", "gauge", "histogram", "summary", "unknown"]
Part = Literal["", "bucket", "sum", "count"]
Values = frozenset[str] | None
"""Every value a label can have; None where they are not known."""


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """Everything that is known of the series of one name."""

    name: str
    kind: SeriesKind = "unknown"
    """Of the metric it belongs to."""
    part: Part = ""
    """Which series of a histogram or summary it is."""
    labels: Mapping[str, Values] = field(default_factory=dict)
    bound: int | None = None
    """The greatest number of series of this name, on each target where it has an instance; None where unknown."""
    complete: bool = True
    """Whether the labels are all it can have."""


Schema = Mapping[str, SeriesInfo]
"""Series name -> what is known of it."""
