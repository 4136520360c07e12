"""Dashboards: what is shown, in which unit, and from when on it is not healthy.

Where panels lie is computed by the compiler; a panel only says how wide and how high it is.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from steward.model.alert import Accepted
from steward.model.errors import CatalogueError

COLUMNS = 24
"""Of a dashboard's grid."""

_UID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")


class DisplayUnit(Enum):
    """How a number is written; the value is Grafana's name of the unit."""

    NONE = "none"
    SHORT = "short"
    """1.2 K, 3.4 Mil."""
    PERCENT = "percent"
    """Between 0 and 100."""
    RATIO = "percentunit"
    """Between 0 and 1, written as percent."""
    SECONDS = "s"
    MILLISECONDS = "ms"
    BYTES = "bytes"
    """Powers of 1,024."""
    BYTES_PER_SECOND = "binBps"
    REQUESTS_PER_SECOND = "reqps"
    OPERATIONS_PER_SECOND = "ops"
    COUNT_PER_SECOND = "cps"
    DOLLARS = "currencyUSD"
    MOMENT = "dateTimeFromNow"
    """Milliseconds since 1970, written as `3 minutes ago`."""


class Tone(Enum):
    """What a colour means; the value is Grafana's name of the colour."""

    GOOD = "green"
    WARNING = "orange"
    BAD = "red"
    PLAIN = "text"
    NOTABLE = "blue"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which value on a number has which colour."""

    base: Tone
    """Of values below every step."""
    steps: tuple[tuple[float, Tone], ...] = ()
    """(from this value on, tone), ascending."""

    def __post_init__(self) -> None:
        values = [value for value, _ in self.steps]
        if values != sorted(set(values)):
            raise CatalogueError(f"thresholds {values}: they ascend, and no value stands twice")


NO_THRESHOLDS = Thresholds(Tone.PLAIN)


def healthy_above(good: float, *, warning: float | None = None) -> Thresholds:
    """Return thresholds of a number that is healthy from `good` on, and worth a look from `warning` on."""
    middle = ((warning, Tone.WARNING),) if warning is not None else ()
    return Thresholds(Tone.BAD, (*middle, (good, Tone.GOOD)))


def healthy_below(warning: float, critical: float | None = None) -> Thresholds:
    """Return thresholds of a number that is healthy below `warning`, and bad from `critical` on.

    Without `critical` it is bad from `warning` on.
    """
    if critical is None:
        return Thresholds(Tone.GOOD, ((warning, Tone.BAD),))
    return Thresholds(Tone.GOOD, ((warning, Tone.WARNING), (critical, Tone.BAD)))


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression of a panel.

    `$__rate_interval`, `$__interval`, `$__range` and the dashboard's variables may stand in it as in Grafana.
    """

    expr: str
    legend: str = ""
    """Name of each series, with its labels as `{{label}}`; empty for all labels."""
    instant: bool = False
    """Only the value at the end of the range."""


@dataclass(frozen=True, slots=True)
class ValueText:
    """A value that is shown as a word, e.g. 1 as UP."""

    value: float
    text: str
    tone: Tone = Tone.PLAIN


class Legend(Enum):
    """How a chart names its series."""

    HIDDEN = "hidden"
    LIST = "list"
    TABLE = "table"
    """With mean, largest and last value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What every panel has."""

    width: ClassVar[int] = 12
    """In columns, where a panel does not say."""
    height: ClassVar[int] = 8

    title: str
    queries: tuple[Query, ...]
    meaning: str
    """What it shows and what is healthy, in a sentence or two."""
    unit: DisplayUnit = DisplayUnit.NONE
    decimals: int | None = None
    smallest: float | None = None
    """The lower end of its scale; None for that of the data."""
    largest: float | None = None
    thresholds: Thresholds = NO_THRESHOLDS
    healthy: str = ""
    """The healthy range in words as the documents write it, e.g. `> 99.9%`."""
    texts: tuple[ValueText, ...] = ()
    runbooks: tuple[str, ...] = ()
    """Slugs of the runbooks that say what to do when it is not healthy."""
    when_empty: str = ""
    """What it means when there is no data, e.g. `no festival is open`; empty where that is never so."""
    wide: int | None = None
    high: int | None = None
    accepts: tuple[Accepted, ...] = ()

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.meaning.strip():
            raise CatalogueError(f"panel {self.title!r}: give it a title and say what it means")
        if not self.queries:
            raise CatalogueError(f"panel {self.title}: it asks nothing; give it a query")
        if not 1 <= self.columns <= COLUMNS or self.rows < 2:
            raise CatalogueError(f"panel {self.title}: it is 1 to {COLUMNS} columns wide and at least 2 high")

    @property
    def columns(self) -> int:
        """How wide it is."""
        return self.wide or self.width

    @property
    def rows(self) -> int:
        """How high it is, in units of about 30 pixels."""
        return self.high or self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat(Panel):
    """One large number, the last one, with its course behind it."""

    width: ClassVar[int] = 4
    height: ClassVar[int] = 5

    course: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugePanel(Panel):
    """A number on an arc, between `smallest` and `largest`."""

    width: ClassVar[int] = 4
    height: ClassVar[int] = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSeries(Panel):
    """Lines over time."""

    stacked: bool = False
    filled: bool = False
    legend: Legend = Legend.TABLE
    threshold_lines: bool = True
    """Draw the thresholds into the chart, where there are any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Panel):
    """Labels and values in rows; each query is a column of values, joined by equal labels."""

    columns_shown: tuple[tuple[str, str], ...] = ()
    """(label, or `Value A` for the first query, heading), in order; empty for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap(Panel):
    """A histogram over time; its query gives the increase of each bucket by `le`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTimeline(Panel):
    """States over time, one band a series, named by `texts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pie(Panel):
    """Shares of a whole, from the last values."""

    width: ClassVar[int] = 8


@dataclass(frozen=True, slots=True)
class PanelRow:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that whoever looks may choose, e.g. a festival; stands in queries as `=~"$name"`."""

    name: str
    title: str
    metric: str
    """The series of which the label's values are offered."""
    label: str

    def __post_init__(self) -> None:
        if not _VARIABLE.fullmatch(self.name):
            raise CatalogueError(f"variable {self.name!r}: a name is lower-case letters, digits and underscores")


@dataclass(frozen=True, slots=True)
class Annotation:
    """Moments marked in every chart: each sample of the query with a value above 0."""

    name: str
    expr: str
    text: str
    """What is written at the mark, with labels as `{{label}}`."""
    tone: Tone = Tone.NOTABLE


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard."""

    uid: str
    """In its address."""
    title: str
    meaning: str
    rows: tuple[PanelRow, ...]
    file: str
    """Name of its file without `.json`."""
    tags: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    since: str = "now-1h"
    """Where the range begins at first."""
    refresh: str = "30s"

    def __post_init__(self) -> None:
        if not _UID.fullmatch(self.uid):
            raise CatalogueError(f"dashboard {self.uid!r}: a uid is lower-case words joined by dashes")
        if not self.panels:
            raise CatalogueError(f"dashboard {self.uid}: it has no panels")
        titles = [panel.title for panel in self.panels]
        if twice := {title for title in titles if titles.count(title) > 1}:
            raise CatalogueError(f"dashboard {self.uid}: two panels are called {', '.join(sorted(twice))}")

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel, in order."""
        return tuple(panel for row in self.rows for panel in row.panels)
