"""Reads configurations of Alertmanager: routes, receivers and inhibitions."""

import re

import yaml

from steward.check.finding import Place
from steward.check.reading.lines import Part, documents
from steward.check.routing import RoutingSubject
from steward.model import Inhibition, LabelMatch, Route
from steward.promql.nodes import MatchOperator

_MATCHER = re.compile(
    r"""\s*(?P<label>"(?:[^"\\]|\\.)+"|[a-zA-Z_][\w.:-]*)\s*(?P<operator>=~|!~|!=|=)\s*
    (?P<value>"(?:[^"\\]|\\.)*"|[^",]*)\s*""",
    re.VERBOSE,
)
_OPERATORS: dict[str, MatchOperator] = {"=": "=", "!=": "!=", "=~": "=~", "!~": "!~"}
_ESCAPES = {"n": "\n"}


def is_alertmanager(document: Part) -> bool:
    """Tell whether a document is a configuration of Alertmanager."""
    try:
        return {"route", "receivers"} <= document.mapping("the file").keys()
    except ValueError:
        return False


def read_alertmanager(file: str, text: str) -> RoutingSubject:
    """Return what the checks of routing are given; raises Unreadable."""
    document = next(documents(file, text))
    entries = document.mapping("the file")
    for needed in ("route", "receivers"):
        if needed not in entries:
            raise document.wrong(f"no {needed}", "write a configuration as Alertmanager reads it")
    receivers = dict(_receiver(part) for part in entries["receivers"].items("receivers"))
    rules = entries["inhibit_rules"].items("inhibit_rules") if "inhibit_rules" in entries else []
    return RoutingSubject(
        Place(file, entries["route"].line),
        _route(entries["route"], None),
        receivers,
        tuple(_inhibition(part) for part in rules),
    )


def _receiver(part: Part) -> tuple[str, bool]:
    entries = part.mapping("a receiver")
    if "name" not in entries:
        raise part.wrong("a receiver without name", "give it a `name`")
    channelled = any(key.endswith("_configs") and value.items(key) for key, value in entries.items())
    return entries["name"].text("name"), channelled


def _route(part: Part, above: str | None) -> Route:
    entries = part.mapping("a route")
    receiver = entries["receiver"].text("receiver") if "receiver" in entries else above
    if receiver is None:
        raise part.wrong("the root route names no receiver", "give it a `receiver`")
    branches = entries["routes"].items("routes") if "routes" in entries else []
    goes_on = "continue" in entries and entries["continue"].text("continue").lower() in {"true", "yes", "on"}
    group_by = None
    if "group_by" in entries:
        group_by = tuple(label.text("a label") for label in entries["group_by"].items("group_by"))
    return Route(
        receiver,
        (*_old(entries, "match", "="), *_old(entries, "match_re", "=~"), *_new(entries, "matchers")),
        tuple(_route(branch, receiver) for branch in branches),
        goes_on,
        group_by,
    )


def _inhibition(part: Part) -> Inhibition:
    entries = part.mapping("an inhibition")
    source, target = (
        (
            *_old(entries, f"{side}_match", "="),
            *_old(entries, f"{side}_match_re", "=~"),
            *_new(entries, f"{side}_matchers"),
        )
        for side in ("source", "target")
    )
    equal = entries["equal"].items("equal") if "equal" in entries else []
    return Inhibition(source, target, tuple(label.text("a label") for label in equal), "")


def _old(entries: dict[str, Part], key: str, operator: MatchOperator) -> tuple[LabelMatch, ...]:
    """Read the mapping that Alertmanager took before it had matchers."""
    texts = entries[key].texts(key) if key in entries else ()
    return tuple(LabelMatch(label, operator, value) for label, value in texts)


def _new(entries: dict[str, Part], key: str) -> tuple[LabelMatch, ...]:
    if key not in entries:
        return ()
    part = entries[key]
    parts = [part] if isinstance(part.node, yaml.ScalarNode) else part.items(key)
    return tuple(match for one in parts for match in _matchers(one))


def _matchers(part: Part) -> tuple[LabelMatch, ...]:
    text = part.text("a matcher").strip()
    inside = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    found, place = [], 0
    while place < len(inside):
        match = _MATCHER.match(inside, place)
        after = inside[match.end() : match.end() + 1] if match else "?"
        if match is None or after not in {"", ","}:
            raise part.wrong(f"{text!r} is no matcher", 'write it as label="value", or with !=, =~ or !~')
        operator = _OPERATORS[match["operator"]]
        found.append(LabelMatch(_unquoted(match["label"]), operator, _unquoted(match["value"])))
        place = match.end() + 1
    return tuple(found)


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text.strip()
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1])
