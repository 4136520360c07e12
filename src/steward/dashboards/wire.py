"""What the browser is told: how a panel is drawn, and its data. `frontend/src/wire.ts` says the same.

Every series of a panel has the same moments: `start`, `start + step`, ...; where one has no sample stands None.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["stat", "gauge", "timeseries", "table", "heatmap", "state-timeline", "piechart", "text", "unknown"]
"""Grafana's name of the panel."""
State = Literal["ok", "empty", "error"]


@dataclass(frozen=True, slots=True)
class Step:
    """A colour from a value on."""

    color: str
    """Grafana's name, e.g. `green`, or `#rrggbb`."""
    value: float | None
    """None for the base."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A value that is shown as a word."""

    value: str
    text: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a panel leads."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    source: str
    """A label, or `Value A` for the values of query A."""
    title: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel lies in the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class PanelView:
    """How a panel is drawn."""

    id: int
    kind: Kind
    title: str
    description: str = ""
    unit: str = "none"
    decimals: int | None = None
    min: float | None = None
    max: float | None = None
    thresholds: tuple[Step, ...] = ()
    threshold_lines: bool = False
    mappings: tuple[Mapped, ...] = ()
    stacked: bool = False
    fill: float = 0
    """Opacity below a line, between 0 and 1."""
    legend: Literal["hidden", "list", "table"] = "list"
    course: bool = False
    """Of a stat: draw its course behind the number."""
    columns: tuple[Column, ...] = ()
    """Of a table; empty for every label and value."""
    links: tuple[Link, ...] = ()
    place: Place = field(default=Place(0, 0, 24, 8))


@dataclass(frozen=True, slots=True)
class Series:
    """One line, number, row or band."""

    name: str
    ref: str
    """Of its query: A, B, ..."""
    labels: dict[str, str]
    values: list[float | None]
    """One for each moment; a single one for an instant query. Of a heatmap: observations in this bucket alone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, or a time, marked in every chart."""

    name: str
    """Of the annotation, e.g. `Alerts`."""
    text: str
    color: str
    start: float
    end: float
    """Seconds since 1970; equal to `start` for a moment."""


@dataclass(frozen=True, slots=True)
class PanelData:
    """What a panel shows."""

    state: State
    message: str = ""
    """Why there is nothing, in words, for people."""
    start: float = 0
    """Of the first moment, in seconds since 1970."""
    step: float = 0
    count: int = 0
    """How many moments; 1 for a panel of instant queries."""
    series: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True)
class DashboardData:
    """What one request for a dashboard's data is answered."""

    start: float
    end: float
    panels: dict[int, PanelData]
    """By the panel's id."""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A panel with its data, for charts outside dashboards."""

    panel: PanelView
    data: PanelData
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class VariableView:
    """Something that whoever looks may choose; stands in addresses as `var-NAME`, once for each value."""

    name: str
    title: str
    kind: Literal["list", "text"]
    """`text`: whatever somebody types."""
    values: tuple[str, ...]
    """What is offered; `$__all` is All."""
    current: tuple[str, ...]
    """What is chosen."""
    multi: bool


@dataclass(frozen=True, slots=True)
class DashboardConfig:
    """What one request for a dashboard's config is answered."""

    uid: str
    title: str
    from_: str
    """As it stands in addresses; `from` on the wire."""
    to: str
    refresh: str
    """E.g. `30s`; empty for never."""
    panels: tuple[PanelView, ...]
    variables: tuple[VariableView, ...]
