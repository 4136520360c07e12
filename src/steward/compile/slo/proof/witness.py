"""Label values that a selector matches, and such that one matches and the other does not."""

import re
from collections.abc import Iterable, Iterator

from steward.model import Events, Label
from steward.promql import parse
from steward.promql.nodes import Matcher, Selector

ANY = "some"
"""What a label holds where nothing says what it can."""
_IMPOSSIBLE = "none of them"

LabelValues = dict[str, str]


def matching(labels: Iterable[Label], matchers: tuple[Matcher, ...]) -> LabelValues:
    """Return a value of each label that every matcher allows."""
    return {label.name: next(_allowed(label, matchers), _IMPOSSIBLE) for label in labels}


def between(labels: Iterable[Label], given: tuple[Matcher, ...], refused: tuple[Matcher, ...]) -> LabelValues:
    """Return values that `given` allows and that `refused` does not, in every label where that can be."""
    found = {}
    for label in labels:
        allowed = list(_allowed(label, given))
        others = [value for value in allowed if not _passes(label.name, value, refused)]
        found[label.name] = next(iter(others or allowed), _IMPOSSIBLE)
    return found


def matchers(events: Events) -> tuple[Matcher, ...]:
    """Return the conditions of some events."""
    return selected(events.selector)


def selected(selector: str) -> tuple[Matcher, ...]:
    """Return the conditions of a selector."""
    node = parse(selector)
    return node.matchers if isinstance(node, Selector) else ()


def _allowed(label: Label, given: tuple[Matcher, ...]) -> Iterator[str]:
    return (value for value in _candidates(label, given) if _passes(label.name, value, given))


def _candidates(label: Label, given: tuple[Matcher, ...]) -> Iterator[str]:
    if label.values is not None:
        yield from label.values
        return
    yield ANY
    for matcher in given:
        if matcher.label == label.name:
            yield from matcher.value.split("|")


def _passes(name: str, value: str, given: tuple[Matcher, ...]) -> bool:
    return all(_holds(matcher, value) for matcher in given if matcher.label == name)


def _holds(matcher: Matcher, value: str) -> bool:
    operator = str(getattr(matcher.operator, "value", matcher.operator))
    found = re.fullmatch(matcher.value, value) is not None if "~" in operator else matcher.value == value
    return found != operator.startswith("!")
