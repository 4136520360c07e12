"""What is asked for a panel."""

from dataclasses import dataclass, field

from steward.dashboards.wire import PanelView


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel."""

    ref: str
    """A, B, ..."""
    expr: str
    legend: str = ""
    """Name of each series, with its labels as `{{label}}`; empty or `__auto` for those that tell them apart."""
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A panel with its queries."""

    view: PanelView
    targets: tuple[Target, ...] = ()
    when_empty: str = ""
    """What it means when there is no data."""
    refusal: str = ""
    """Why it cannot be shown here, in words; empty where it can."""
    text: str = ""
    """Of a panel that is only text."""
    least: float = 0
    """The shortest step it asks for, in seconds."""


@dataclass(frozen=True, slots=True)
class AnnotationQuery:
    """What marks moments in every chart."""

    name: str
    expr: str
    color: str = "blue"
    text: str = ""
    """What is written at a mark, with labels as `{{label}}`; empty for the name."""
    moment_is_value: bool = False
    """The value of a sample is the moment, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[int, ...]
    """Their ids, in order."""
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable: something that whoever looks may choose."""

    name: str
    title: str
    kind: str
    """Grafana's name: `query`, `custom`, `constant`, `textbox`, `interval`."""
    current: tuple[str, ...] = ()
    """What is chosen at first."""
    multi: bool = False
    all: bool = False
    """`All` may be chosen."""
    all_value: str = ""
    """What stands for All in a query; empty for every value that is not empty."""
    values: tuple[str, ...] = ()
    """Of a list that stands in the dashboard."""
    metric: str = ""
    """Selector of the series of which the label's values are offered; empty for all series."""
    label: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard as it was read."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    panels: dict[int, Asked] = field(default_factory=dict)
    variables: tuple[Choice, ...] = ()
    annotations: tuple[AnnotationQuery, ...] = ()
    since: str = "now-1h"
    until: str = "now"
    refresh: str = ""
    tags: tuple[str, ...] = ()
