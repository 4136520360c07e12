"""Reading a dashboard of Grafana's: the JSON that Grafana 9 to 12 exports, and the compiler writes.

What is not known here is passed over; a panel of an unknown kind is kept and says that it cannot be shown.
"""

import json
from collections.abc import Iterator, Sequence

from steward.dashboards.asking import AnnotationQuery, Asked, Board, Row
from steward.dashboards.errors import Unreadable
from steward.dashboards.fields import Part, part, parts, text, whole, yes
from steward.dashboards.reading_panels import panel
from steward.dashboards.reading_variables import variables

_ROW = "row"
_COLOR = "blue"


def read(content: bytes, name: str) -> Board:
    """Return the dashboard of a file called `name`; raises Unreadable."""
    try:
        found = json.loads(content)
    except ValueError as error:
        raise Unreadable(f"{name}: it is no JSON: {error}") from None
    if isinstance(found, dict) and isinstance(found.get("dashboard"), dict):
        found = found["dashboard"]  # as Grafana's HTTP API wraps it
    if not isinstance(found, dict) or not isinstance(found.get("panels"), list):
        raise Unreadable(f"{name}: it is no dashboard of Grafana's: it has no list `panels`")
    panels = _numbered(found)
    return Board(
        uid=text(found, "uid") or name,
        title=text(found, "title") or name,
        description=text(found, "description"),
        rows=tuple(_rows(parts(found, "panels"), panels)),
        panels=dict(panels.values()),
        variables=variables(parts(part(found, "templating"), "list")),
        annotations=tuple(_annotations(parts(part(found, "annotations"), "list"))),
        since=text(part(found, "time"), "from") or "now-1h",
        until=text(part(found, "time"), "to") or "now",
        refresh=text(found, "refresh"),
        tags=tuple(str(tag) for tag in found.get("tags") or ()),
    )


def _numbered(found: Part) -> dict[int, tuple[int, Asked]]:
    """Return each panel with its number, by the identity of its JSON; those missing or double are made."""
    flat = list(_flat(parts(found, "panels")))
    taken: set[int] = set()
    numbered = {}
    spare = max((whole(one, "id") for one in flat), default=0)
    for one in flat:
        number = whole(one, "id")
        if number <= 0 or number in taken:
            spare += 1
            number = spare
        taken.add(number)
        numbered[id(one)] = (number, panel(one, number))
    return numbered


def _flat(found: Sequence[Part]) -> Iterator[Part]:
    for one in found:
        if text(one, "type") == _ROW:
            yield from _flat(parts(one, "panels"))
        else:
            yield one


def _rows(found: Sequence[Part], panels: dict[int, tuple[int, Asked]]) -> Iterator[Row]:
    heading, ids, collapsed = "", list[int](), False
    for one in sorted(found, key=_place):
        if text(one, "type") != _ROW:
            ids.append(panels[id(one)][0])
            continue
        if ids or heading:
            yield Row(heading, tuple(ids), collapsed)
        inner = sorted(parts(one, "panels"), key=_place)
        heading, collapsed = text(one, "title"), yes(one, "collapsed")
        ids = [panels[id(below)][0] for below in inner if id(below) in panels]
    if ids or heading:
        yield Row(heading, tuple(ids), collapsed)


def _place(one: Part) -> tuple[int, int]:
    place = part(one, "gridPos")
    return whole(place, "y"), whole(place, "x")


def _annotations(found: Sequence[Part]) -> Iterator[AnnotationQuery]:
    for one in found:
        expr = text(one, "expr") or text(part(one, "target"), "expr")
        if expr and one.get("enable", True):
            yield AnnotationQuery(
                name=text(one, "name") or "Annotation",
                expr=expr,
                color=text(one, "iconColor") or _COLOR,
                text=" ".join(filter(None, (text(one, "titleFormat"), text(one, "textFormat")))),
                moment_is_value=text(one, "useValueForTime") == "on" or yes(one, "useValueForTime"),
            )
