"""Reading which columns a table shows: from the renaming and ordering that Grafana does to its fields."""

import re
from collections.abc import Iterator, Mapping

from steward.dashboards.asking import Target
from steward.dashboards.fields import Part, number, part, parts, text, yes
from steward.dashboards.wire import Column

_VALUE = re.compile(r"Value(?: #(?P<ref>\w+))?")
_TIME = "Time"


def columns(found: Part, targets: tuple[Target, ...]) -> tuple[Column, ...]:
    """Return the columns that a table names, in its order; empty for one that shows everything as it comes."""
    hidden: set[str] = {_TIME}
    titles: dict[str, str] = dict(_overridden(found))
    order: dict[str, float] = {}
    for one in parts(found, "transformations"):
        options = part(one, "options")
        if text(one, "id") == "organize":
            hidden |= {
                name for name in part(options, "excludeByName") if yes(part(options, "excludeByName"), name)
            }
            titles |= {str(name): str(title) for name, title in part(options, "renameByName").items()}
            places = part(options, "indexByName")
            order |= {name: place for name in places if (place := number(places, name)) is not None}
        elif text(one, "id") == "filterFieldsByName":
            names = part(options, "include").get("names")
            order |= {str(name): float(at) for at, name in enumerate(names if isinstance(names, list) else ())}
    listed = sorted(order, key=order.__getitem__) or list(titles)
    return tuple(_column(name, titles, targets) for name in listed if name not in hidden)


def _column(name: str, titles: Mapping[str, str], targets: tuple[Target, ...]) -> Column:
    source = name
    if value := _VALUE.fullmatch(name):
        source = f"Value {value['ref'] or (targets[0].ref if targets else 'A')}"
    return Column(source, titles.get(name) or name)


def _overridden(found: Part) -> Iterator[tuple[str, str]]:
    for one in parts(part(found, "fieldConfig"), "overrides"):
        matcher = part(one, "matcher")
        for asked in parts(one, "properties"):
            if text(matcher, "id") == "byName" and text(asked, "id") == "displayName":
                yield text(matcher, "options"), text(asked, "value")
