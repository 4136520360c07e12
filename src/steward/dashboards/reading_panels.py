"""Reading a panel: how it is drawn, and what it asks."""

from collections.abc import Iterator
from typing import Literal

from steward.dashboards.asking import Asked, Target
from steward.dashboards.fields import Part, number, part, parts, text, whole, yes
from steward.dashboards.reading_columns import columns
from steward.dashboards.wire import Kind, Link, Mapped, PanelView, Place, Step
from steward.promql import Duration

_KINDS: dict[str, Kind] = {
    "stat": "stat",
    "singlestat": "stat",
    "gauge": "gauge",
    "bargauge": "gauge",
    "timeseries": "timeseries",
    "graph": "timeseries",
    "table": "table",
    "table-old": "table",
    "heatmap": "heatmap",
    "state-timeline": "state-timeline",
    "status-history": "state-timeline",
    "piechart": "piechart",
    "text": "text",
}
_FILLED = 100
"""Grafana's number for a fill that hides what is behind it."""
_PERCENTAGE = "percentage"
_WIDE, _HIGH = 24, 8


def panel(found: Part, id_: int) -> Asked:
    """Return a panel under its number."""
    kind = _KINDS.get(text(found, "type"), "unknown")
    targets = tuple(_targets(found))
    usual = part(found, "fieldConfig", "defaults")
    return Asked(
        view=_view(found, kind, id_, targets),
        targets=targets,
        when_empty=text(usual, "noValue"),
        refusal=_refusal(found, kind, targets),
        text=text(part(found, "options"), "content") if kind == "text" else "",
        least=_least(text(found, "interval")),
    )


def _view(found: Part, kind: Kind, id_: int, targets: tuple[Target, ...]) -> PanelView:
    usual, options = part(found, "fieldConfig", "defaults"), part(found, "options")
    custom = part(usual, "custom")
    return PanelView(
        id=id_,
        kind=kind,
        title=text(found, "title"),
        description=text(found, "description"),
        unit=_unit(usual, options, kind),
        decimals=whole(usual, "decimals") if number(usual, "decimals") is not None else None,
        min=number(usual, "min"),
        max=number(usual, "max"),
        thresholds=tuple(_steps(usual)),
        threshold_lines=text(part(custom, "thresholdsStyle"), "mode", "off") != "off",
        mappings=tuple(_mapped(usual)),
        stacked=text(part(custom, "stacking"), "mode", "none") != "none",
        fill=min(1.0, max(0.0, (number(custom, "fillOpacity") or 0) / _FILLED)),
        legend=_legend(part(options, "legend")),
        course=kind == "stat" and text(options, "graphMode", "none") != "none",
        columns=columns(found, targets) if kind == "table" else (),
        links=tuple(_links(found)),
        place=_placed(part(found, "gridPos")),
    )


def _links(found: Part) -> Iterator[Link]:
    for one in parts(found, "links"):
        if text(one, "url").startswith(("https://", "http://", "/")):
            yield Link(text(one, "title") or text(one, "url"), text(one, "url"))


def _targets(found: Part) -> Iterator[Target]:
    for place, one in enumerate(parts(found, "targets")):
        if text(one, "expr").strip() and not yes(one, "hide"):
            yield Target(
                ref=text(one, "refId") or chr(ord("A") + place),
                expr=text(one, "expr"),
                legend=text(one, "legendFormat"),
                instant=yes(one, "instant") and not yes(one, "range"),
            )


def _refusal(found: Part, kind: Kind, targets: tuple[Target, ...]) -> str:
    if kind == "unknown":
        named = text(found, "type") or "no kind"
        return f"panels of the kind {named!r} are shown by Grafana only"
    source = text(part(found, "datasource"), "type") or "prometheus"
    if source not in {"prometheus", "datasource"} and not source.startswith(("$", "-")):
        return f"this panel asks {source}; here only Prometheus is asked"
    return "" if targets or kind == "text" else "this panel has no query"


def _unit(usual: Part, options: Part, kind: Kind) -> str:
    axis = text(part(options, "yAxis"), "unit") if kind == "heatmap" else ""
    return axis or text(usual, "unit", "none")


def _steps(usual: Part) -> Iterator[Step]:
    thresholds = part(usual, "thresholds")
    low, high = number(usual, "min") or 0, number(usual, "max")
    span = ((_FILLED if high is None else high) - low) / 100
    relative = text(thresholds, "mode") == _PERCENTAGE
    for place, one in enumerate(parts(thresholds, "steps")):
        value = number(one, "value")
        if value is not None and relative:
            value = low + value * span
        yield Step(text(one, "color", "text"), None if place == 0 else value)


def _mapped(usual: Part) -> Iterator[Mapped]:
    for one in parts(usual, "mappings"):
        options = part(one, "options")
        if text(one, "type") == "value":
            for value in options:
                shown = part(options, value)
                yield Mapped(value, text(shown, "text") or value, text(shown, "color"))
        elif text(one, "type") == "special" and text(options, "match") in {"null", "nan", "null+nan"}:
            shown = part(options, "result")
            yield Mapped("null", text(shown, "text"), text(shown, "color"))


def _legend(legend: Part) -> Literal["hidden", "list", "table"]:
    if legend.get("showLegend") is False or text(legend, "displayMode") == "hidden":
        return "hidden"
    return "table" if text(legend, "displayMode") == "table" else "list"


def _placed(place: Part) -> Place:
    return Place(whole(place, "x"), whole(place, "y"), whole(place, "w", _WIDE), whole(place, "h", _HIGH))


def _least(interval: str) -> float:
    """Return the shortest step of a panel, in seconds; 0 where it says none, or one that a variable gives."""
    try:
        return Duration.parse(interval.removeprefix(">")).seconds if interval else 0
    except ValueError:
        return 0
