"""Reading a dashboard's variables."""

import re
from collections.abc import Sequence

from steward.dashboards.asking import Choice
from steward.dashboards.fields import Part, part, parts, text, texts, yes
from steward.dashboards.interpolation import ALL

_VALUES = re.compile(
    r"label_values\(\s*(?:(?P<metric>.+?)\s*,\s*)?(?P<label>[a-zA-Z_][a-zA-Z0-9_]*)\s*\)", re.DOTALL
)
_LISTED = {"custom", "interval"}
_KNOWN = {"query", "custom", "constant", "textbox", "interval"}
_HIDDEN = 2
"""Grafana's number for a variable that is not shown."""


def variables(found: Sequence[Part]) -> tuple[Choice, ...]:
    """Return the variables that can be chosen here, or stand in queries; those of other kinds are passed over."""
    return tuple(_choice(one) for one in found if text(one, "name") and text(one, "type", "query") in _KNOWN)


def _choice(one: Part) -> Choice:
    kind = text(one, "type", "query")
    asked = _VALUES.fullmatch(_query(one).strip()) if kind == "query" else None
    listed = _listed(one, kind)
    current = tuple(ALL if value == "All" else value for value in texts(part(one, "current"), "value"))
    return Choice(
        name=text(one, "name"),
        title=text(one, "label") or text(one, "name"),
        kind=kind,
        current=current or listed[:1],
        multi=yes(one, "multi"),
        all=yes(one, "includeAll"),
        all_value=text(one, "allValue"),
        values=listed,
        metric=(asked["metric"] or "") if asked else "",
        label=asked["label"] if asked else "",
        hidden=one.get("hide") == _HIDDEN or kind == "constant",
    )


def _query(one: Part) -> str:
    return text(one, "query") or text(part(one, "query"), "query") or text(one, "definition")


def _listed(one: Part, kind: str) -> tuple[str, ...]:
    if kind == "query":
        options = (text(option, "value") for option in parts(one, "options"))
        return tuple(value for value in options if value and value != ALL)
    if kind in _LISTED:
        pieces = (piece.strip().partition(" : ") for piece in _query(one).split(","))
        return tuple(after.strip() or before.strip() for before, _, after in pieces if before.strip())
    value = _query(one)
    return (value,) if value else ()
