"""The label sets that an alert can arrive with, as far as routing can tell them apart.

Of a label whose values are not known, one value is tried for each condition on it, and one that nobody names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from steward.check.routing.subject import AlertLabels, RoutingSubject
from steward.check.routing.tree import holds
from steward.model import LabelMatch
from steward.promql.labels import LabelState

OTHER = "another value"
_MOST = 1024
"""Label sets that are tried for one alert."""
_GROUP = re.compile(r"\((?:\?:)?([^()?*+]+)\)(?![?*+{])")
_REPEATED = re.compile(r"\.[*+]")
_SIMPLE = re.compile(r"(?:[\w\s/:@,-]|\\[.-]|\.[*+]?)*")
_MOST_ALTERNATIVES = 64


@dataclass(frozen=True, slots=True)
class Trial:
    """An alert, and the values of its labels that tell the conditions of a routing apart."""

    alert: AlertLabels
    choices: Mapping[str, tuple[str, ...]]

    def worlds(self, fitting: Iterable[LabelMatch] = ()) -> Iterator[dict[str, str]]:
        """Yield label sets that satisfy the conditions `fitting`; 1,024 at most."""
        choices = self._left(fitting)
        for values in islice(product(*choices.values()), _MOST):
            yield dict(zip(choices, values, strict=True))

    def is_complete(self, fitting: Iterable[LabelMatch] = ()) -> bool:
        """Tell whether `worlds` yields every label set that can be told apart."""
        return prod(len(values) for values in self._left(fitting).values()) <= _MOST

    def satisfies(self, fitting: Iterable[LabelMatch]) -> bool:
        """Tell whether the alert can have labels that satisfy the conditions, as far as values are tried."""
        return all(self._left(fitting).values())

    def is_sure(self, conditions: Iterable[LabelMatch]) -> bool:
        """Tell whether what is tried shows how the alert stands to conditions.

        It does not where a label's values are unknown and a pattern is more than alternatives and `.*`.
        """
        return all(
            self.alert.of(condition.label).values is not None
            or condition.operator in {"=", "!="}
            or _simple(condition.value)
            for condition in conditions
        )

    def _left(self, fitting: Iterable[LabelMatch]) -> dict[str, tuple[str, ...]]:
        left = dict(self.choices)
        for condition in fitting:
            left[condition.label] = tuple(value for value in left[condition.label] if holds(condition, value))
        return left


def trials(subject: RoutingSubject) -> tuple[Trial, ...]:
    """Return every alert that comes in, with the values to try."""
    tried = _witnesses(subject)
    return tuple(
        Trial(alert, {name: tuple(sorted(_values(alert.of(name), tried[name]))) for name in sorted(tried)})
        for alert in subject.incoming
    )


def _witnesses(subject: RoutingSubject) -> dict[str, frozenset[str]]:
    """Return label -> values that tell its conditions apart, for every label with a condition."""
    found: dict[str, set[str]] = {}
    for condition in _conditions(subject):
        found.setdefault(condition.label, {OTHER, ""}).update(_examples(condition))
    return {label: frozenset(values) for label, values in found.items()}


def _conditions(subject: RoutingSubject) -> Iterator[LabelMatch]:
    for route in subject.root.walk():
        yield from route.matches
    for inhibition in subject.inhibitions:
        yield from inhibition.source
        yield from inhibition.target


def _values(state: LabelState, tried: frozenset[str]) -> frozenset[str]:
    present = (tried - {""}) if state.values is None else state.values
    return present | {""} if state.optional else present


def _examples(condition: LabelMatch) -> Iterable[str]:
    if condition.operator in {"=", "!="}:
        return [condition.value]
    positive = LabelMatch(condition.label, "=~", condition.value)
    texts = [_text(part, filling) for part in _alternatives(condition.value) for filling in ("", "x", OTHER)]
    return [text for text in texts if holds(positive, text)]


def _simple(pattern: str) -> bool:
    return all(_SIMPLE.fullmatch(part) for part in _alternatives(pattern))


def _alternatives(pattern: str) -> list[str]:
    """Write out the alternatives of a pattern: `(a|b)c|d` is `ac`, `bc` and `d`."""
    open_ones = [pattern]
    while group := next((found for text in open_ones if (found := _GROUP.search(text))), None):
        choices = group[1].split("|")
        if len(open_ones) * len(choices) > _MOST_ALTERNATIVES:
            break
        open_ones = [text.replace(group[0], choice) for text in open_ones for choice in dict.fromkeys(choices)]
    return [part for text in open_ones for part in text.split("|")]


def _text(pattern: str, filling: str) -> str:
    """Return a text for a simple pattern; whether it fits is to be tried."""
    parts = (_REPEATED.sub(filling, part).replace(".", "0") for part in pattern.split(r"\."))
    return ".".join(parts).replace("\\", "")
