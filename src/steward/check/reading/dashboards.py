"""Reads Grafana dashboards: every query to Prometheus in every panel."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from steward.check.finding import Place
from steward.check.reading.accepts import understood
from steward.check.reading.errors import Unreadable
from steward.check.reading.variables import filled_in
from steward.check.reading.written import Written
from steward.check.shape import Use
from steward.model import Accepted

_OTHER_SOURCES = ("loki", "elasticsearch", "tempo", "postgres", "mysql", "influxdb", "cloudwatch", "graphite")
_ACCEPT = re.compile(r"steward:\s*(accept\s.*)")
_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*|\d+[a-z]*")
_ALL = "$__all"


def is_dashboard(content: object) -> bool:
    """Tell whether JSON holds a dashboard."""
    return isinstance(content, dict) and (
        "panels" in content or "rows" in content or isinstance(content.get("dashboard"), dict)
    )


def read_dashboard(file: str, text: str, interval: int) -> tuple[Written, ...]:
    """Return the queries of a dashboard; raises Unreadable."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(file, error.lineno, f"no JSON: {error.msg}", "export the dashboard again") from None
    if not is_dashboard(content):
        raise Unreadable(file, None, "no dashboard: it has no panels", "export the dashboard itself as JSON")
    dashboard = content["dashboard"] if isinstance(content.get("dashboard"), dict) else content
    values = _values(dashboard)
    lines = _Lines(text)
    return tuple(
        written for panel in _panels(dashboard) for written in _panel(file, panel, interval, values, lines)
    )


class _Lines:
    """Finds the line of a query by its text, the next one where it stands several times."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._from: dict[str, int] = {}

    def of(self, query: str) -> int | None:
        for ascii_only in (True, False):
            written = json.dumps(query, ensure_ascii=ascii_only)
            place = self._text.find(written, self._from.get(query, 0))
            if place >= 0:
                self._from[query] = place + 1
                return self._text.count("\n", 0, place) + 1
        return None


def _panels(container: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every panel, those in rows of either kind included."""
    for key in ("panels", "rows"):
        for panel in container.get(key) or ():
            if isinstance(panel, dict):
                yield panel
                yield from _panels(panel)


def _panel(
    file: str, panel: dict[str, Any], interval: int, values: Mapping[str, str], lines: _Lines
) -> Iterator[Written]:
    title = str(panel.get("title") or panel.get("id") or "without title")
    accepts = tuple(_accepts(str(panel.get("description") or "")))
    for target in panel.get("targets") or ():
        query = target.get("expr") if isinstance(target, dict) else None
        if isinstance(query, str) and query.strip() and _is_prometheus(target, panel):
            read, source = filled_in(query, interval, values)
            place = Place(file, lines.of(query), f"panel {title}")
            yield Written(Use.PANEL, title, read, source, place, accepts=accepts)


def _is_prometheus(target: Mapping[str, Any], panel: Mapping[str, Any]) -> bool:
    source = target.get("datasource") or panel.get("datasource")
    kind = source.get("type") or source.get("uid") if isinstance(source, dict) else source
    return not (isinstance(kind, str) and kind.lower().startswith(_OTHER_SOURCES))


def _accepts(description: str) -> Iterator[Accepted]:
    for line in description.splitlines():
        if (found := _ACCEPT.search(line)) and (accepted := understood(found[1].strip())):
            yield accepted


def _values(dashboard: Mapping[str, Any]) -> dict[str, str]:
    """Return what each variable holds at first, where that can stand in an expression."""
    templating = dashboard.get("templating")
    variables = templating.get("list") if isinstance(templating, dict) else ()
    found = {}
    for variable in variables or ():
        current = variable.get("current") if isinstance(variable, dict) else None
        value = current.get("value") if isinstance(current, dict) else None
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, str) and value != _ALL and _WORD.fullmatch(value):
            found[str(variable.get("name"))] = value
    return found
