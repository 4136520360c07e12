"""Reads Grafana dashboards: every query to Prometheus in every panel, mark and variable."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from steward.check.finding import Place
from steward.check.reading.accepts import understood
from steward.check.reading.grafana import Json, Lines, listed, lookups, marks, panels, parsed, queries, title_of
from steward.check.reading.variables import filled_in
from steward.check.reading.written import Shift, Source, Written
from steward.check.shape import Use
from steward.model import Accepted
from steward.promql.nodes import Span

_ACCEPT = re.compile(r"steward:\s*(accept\s.*)")
_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*|\d+[a-z]*")
_LABEL_VALUES = re.compile(r"\s*label_values\((?P<series>.+),\s*(?P<label>[a-zA-Z_]\w*)\s*\)\s*", re.DOTALL)
_ALL = "$__all"


def read_dashboard(file: str, text: str, interval: int) -> tuple[Written, ...]:
    """Return the queries of a dashboard; raises Unreadable."""
    dashboard = parsed(file, text)
    filling = _Filling(file, Lines(text), interval, first_values(dashboard))
    return (
        *(one for panel in panels(dashboard) for one in _panel(panel, filling)),
        *_marks(dashboard, filling),
        *_variables(dashboard, filling),
    )


@dataclass(frozen=True, slots=True)
class _Filling:
    """What it takes to read a query of one file."""

    file: str
    lines: Lines
    interval: int
    values: Mapping[str, str]

    def read(self, query: str) -> tuple[str, Source]:
        return filled_in(query, self.interval, self.values)

    def place(self, query: str, what: str) -> Place:
        return Place(self.file, self.lines.of(query), what)


def first_values(dashboard: Json) -> dict[str, str]:
    """Return what each variable holds at first, where that can stand in an expression."""
    found = {}
    for variable in listed(dashboard, "templating"):
        current = variable.get("current")
        value = current.get("value") if isinstance(current, dict) else None
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, str) and value != _ALL and _WORD.fullmatch(value):
            found[str(variable.get("name"))] = value
    return found


def _panel(panel: Json, filling: _Filling) -> Iterator[Written]:
    title = title_of(panel)
    accepts = tuple(_accepts(str(panel.get("description") or "")))
    for query, _ in queries(panel):
        read, source = filling.read(query)
        yield Written(Use.PANEL, title, read, source, filling.place(query, f"panel {title}"), accepts=accepts)


def _marks(dashboard: Json, filling: _Filling) -> Iterator[Written]:
    for query, one in marks(dashboard):
        name = str(one.get("name"))
        read, source = filling.read(query)
        yield Written(Use.PANEL, name, read, source, filling.place(query, f"annotation {name}"))


def _variables(dashboard: Json, filling: _Filling) -> Iterator[Written]:
    """Yield the lookup of each variable's values as the expression that finds the same ones."""
    for name, text in lookups(dashboard):
        if found := _LABEL_VALUES.fullmatch(text):
            read, _ = filling.read(f"group by ({found['label']}) ({found['series']})")
            whole = Source(text, (Shift(0, Span(0, len(text)), replaced=True),))
            yield Written(Use.PANEL, name, read, whole, filling.place(text, f"variable {name}"))


def _accepts(description: str) -> Iterator[Accepted]:
    for line in description.splitlines():
        if (found := _ACCEPT.search(line)) and (accepted := understood(found[1].strip())):
            yield accepted
