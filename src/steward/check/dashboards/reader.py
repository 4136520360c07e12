"""Reads what the checks of dashboards ask about from a dashboard's JSON."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from steward.check.dashboards.subject import DashboardSubject, PanelSubject, Question, VariableSubject
from steward.check.reading.dashboards import first_values
from steward.check.reading.grafana import Json, Lines, listed, marks, objects, panels, parsed, queries, title_of
from steward.check.reading.variables import filled_in, names_in
from steward.promql import PromqlError, parse
from steward.promql.nodes import Expression

_ACTS_BY_ITSELF = frozenset({"adhoc", "datasource"})
_ROW = "row"

_Ask = Callable[[str, str, str], Question]
"""(query, ref, legend or text) -> the question."""


def read_subject(file: str, text: str, interval: int) -> DashboardSubject:
    """Return a dashboard for its checks; raises Unreadable."""
    dashboard = parsed(file, text)
    lines, values, used = Lines(text), first_values(dashboard), names_in(text)

    def ask(query: str, ref: str, shown: str) -> Question:
        return Question(query, _node(query, interval, values), lines.of(query), ref, shown)

    return DashboardSubject(
        file,
        tuple(_panel(panel, lines, ask) for panel in panels(dashboard) if panel.get("type") != _ROW),
        tuple((str(one.get("name")), ask(query, "", _text_at(one))) for query, one in marks(dashboard)),
        tuple(_variables(dashboard, lines, used)),
    )


def _node(query: str, interval: int, values: Mapping[str, str]) -> Expression | None:
    try:
        return parse(filled_in(query, interval, values)[0])
    except PromqlError:
        return None


def _text_at(mark: Json) -> str:
    return f"{mark.get('titleFormat') or ''} {mark.get('textFormat') or ''}"


def _panel(panel: Json, lines: Lines, ask: _Ask) -> PanelSubject:
    usual = _inside(panel, "fieldConfig", "defaults")
    scale = [value for key in ("min", "max") if (value := _number(usual.get(key))) is not None]
    values = (_number(step.get("value")) for step in objects(_inside(usual, "thresholds").get("steps")))
    limits = [value for value in values if value is not None]
    return PanelSubject(
        title_of(panel),
        str(panel.get("type") or ""),
        lines.of(str(panel.get("title") or "")),
        tuple(
            ask(query, str(target.get("refId") or ""), str(target.get("legendFormat") or ""))
            for query, target in queries(panel)
        ),
        str(usual.get("unit") or "none"),
        (*limits, *scale),
        has_scale=len(scale) == 2,
        columns=tuple(_columns(panel)),
        computes_buckets=bool(_inside(panel, "options").get("calculate")),
    )


def _columns(panel: Json) -> Iterator[str]:
    for one in objects(panel.get("transformations")):
        if one.get("id") == "filterFieldsByName":
            names = _inside(one, "options", "include").get("names")
            yield from (str(name) for name in (names if isinstance(names, list) else ()))


def _variables(dashboard: Json, lines: Lines, used: frozenset[str]) -> Iterator[VariableSubject]:
    repeated = {str(panel.get("repeat")) for panel in panels(dashboard)}
    for one in listed(dashboard, "templating"):
        name = str(one.get("name"))
        acts = str(one.get("type")) in _ACTS_BY_ITSELF or name in used or name in repeated
        yield VariableSubject(name, lines.of(name), acts)


def _inside(container: Json, *keys: str) -> dict[str, Any]:
    """Return the object at the end of some keys, an empty one where there is none."""
    found: object = container
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
