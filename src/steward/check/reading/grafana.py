"""What is common to everything that is read of a dashboard's JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from steward.check.reading.errors import Unreadable

_OTHER_SOURCES = ("loki", "elasticsearch", "tempo", "postgres", "mysql", "influxdb", "cloudwatch", "graphite")

Json = Mapping[str, Any]


def is_dashboard(content: object) -> bool:
    """Tell whether JSON holds a dashboard."""
    return isinstance(content, dict) and (
        "panels" in content or "rows" in content or isinstance(content.get("dashboard"), dict)
    )


def parsed(file: str, text: str) -> Json:
    """Return the dashboard itself, also where it is wrapped as Grafana's API answers it; raises Unreadable."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(file, error.lineno, f"no JSON: {error.msg}", "export the dashboard again") from None
    if not is_dashboard(content):
        raise Unreadable(file, None, "no dashboard: it has no panels", "export the dashboard itself as JSON")
    wrapped = content.get("dashboard")
    return wrapped if isinstance(wrapped, dict) else content


class Lines:
    """Finds the line of a text in JSON, the next one where it stands several times."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._from: dict[str, int] = {}

    def of(self, said: str) -> int | None:
        """Return the line in which a string stands as a value or a key; None where it does not."""
        for ascii_only in (True, False):
            written = json.dumps(said, ensure_ascii=ascii_only)
            place = self._text.find(written, self._from.get(said, 0))
            if place >= 0:
                self._from[said] = place + 1
                return self._text.count("\n", 0, place) + 1
        return None


def panels(container: Json) -> Iterator[Json]:
    """Yield every panel, those in rows of either kind included."""
    for key in ("panels", "rows"):
        for panel in objects(container.get(key)):
            yield panel
            yield from panels(panel)


def title_of(panel: Json) -> str:
    """Return what a panel is called, its id where it has no title."""
    return str(panel.get("title") or panel.get("id") or "without title")


def queries(panel: Json) -> Iterator[tuple[str, Json]]:
    """Yield each query to Prometheus in a panel, with everything that is said of it."""
    for target in objects(panel.get("targets")):
        query = target.get("expr")
        if isinstance(query, str) and query.strip() and asks_prometheus(target, panel):
            yield query, target


def marks(dashboard: Json) -> Iterator[tuple[str, Json]]:
    """Yield each query to Prometheus that marks moments in the charts."""
    for one in listed(dashboard, "annotations"):
        query = one.get("expr")
        if isinstance(query, str) and query.strip() and asks_prometheus(one):
            yield query, one


def lookups(dashboard: Json) -> Iterator[tuple[str, str]]:
    """Yield the name of each variable whose values Prometheus is asked for, and how it is asked."""
    for one in listed(dashboard, "templating"):
        asked = one.get("query")
        text = asked.get("query") if isinstance(asked, dict) else asked
        if one.get("type") == "query" and isinstance(text, str) and asks_prometheus(one):
            yield str(one.get("name")), text


def listed(dashboard: Json, part: str) -> Iterator[Json]:
    """Yield the entries of `annotations` or `templating`."""
    container = dashboard.get(part)
    yield from objects(container.get("list") if isinstance(container, dict) else None)


def objects(value: object) -> Iterator[Json]:
    """Yield the objects of a list; nothing where it is none, for whoever edits a dashboard may write anything."""
    yield from (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))


def asks_prometheus(asking: Json, around: Json | None = None) -> bool:
    """Tell whether a query goes to Prometheus, as far as its data source or that of its panel says."""
    source = asking.get("datasource") or (around or {}).get("datasource")
    kind = source.get("type") or source.get("uid") if isinstance(source, dict) else source
    return not (isinstance(kind, str) and kind.lower().startswith(_OTHER_SOURCES))
