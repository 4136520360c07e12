"""Which label values get through: the guard of every metric's number of series."""

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TypeAlias

from steward.instrument.notices import Notices
from steward.model import OTHER, CatalogueError, Label, Metric

Values: TypeAlias = tuple[str, ...]
"""Label values in the order in which the metric declares its labels."""

_LONGEST = 1024
"""Characters of a value; a longer one is no value that anybody meant."""
_OF_FREE = 16
"""After one of so many free places is taken it is worth a look who else took some."""


class LabelGate:
    """Lets through what a metric's labels were declared to hold; everything else becomes `other`.

    A bounded label takes new values until it holds `at_most` of them; later ones are `other`. Values that other
    processes let through, or earlier ones, are among them: `elsewhere` tells of those. It is asked again after a
    sixteenth of the places that were free, so processes that meet new values at one time can let in some more.

    For each set of values of which something was turned away `dropped` is called; each label is logged once.
    """

    def __init__(
        self,
        metric: Metric,
        notices: Notices,
        *,
        dropped: Callable[[], None] | None = None,
        elsewhere: Callable[[], Iterable[Values]] | None = None,
    ) -> None:
        self._metric = metric
        self._notices = notices
        self._dropped = dropped
        self._elsewhere = elsewhere
        self._closed = tuple(
            frozenset(label.values) if label.values is not None else None for label in metric.labels
        )
        self._seen: tuple[set[str], ...] = tuple(set() for _ in metric.labels)
        self._unlooked = [0] * len(metric.labels)

    def admit(self, values: Values) -> Values:
        """Return `values` with every one that may not pass replaced by `other`."""
        admitted = [self._admit(position, value) for position, value in enumerate(values)]
        if None in admitted and self._dropped is not None:
            self._dropped()
        return tuple([OTHER if value is None else value for value in admitted])

    def _admit(self, position: int, raw: str) -> str | None:
        value = printable(raw)
        closed = self._closed[position]
        if value == OTHER or (closed is not None and value in closed):
            return value
        label = self._metric.labels[position]
        if closed is not None:
            self._turned_away(label, value, "is not among its declared values")
            return None
        seen = self._seen[position]
        if value in seen:
            return value
        if len(value) > _LONGEST:
            self._turned_away(label, value, f"is longer than {_LONGEST} characters")
            return None
        if len(seen) < label.at_most and self._unlooked[position] <= 0:
            self._learn()
            self._unlooked[position] = (label.at_most - len(seen)) // _OF_FREE
            if value in seen:
                return value
        if len(seen) >= label.at_most:
            self._turned_away(label, value, f"comes after the {label.at_most} different values it may have")
            return None
        self._unlooked[position] -= 1
        seen.add(value)
        return value

    def _learn(self) -> None:
        if self._elsewhere is None:
            return
        for values in self._elsewhere():
            for position, value in enumerate(values):
                if self._closed[position] is None and value != OTHER:
                    self._seen[position].add(value)

    def _turned_away(self, label: Label, value: str, why: str) -> None:
        self._notices.once(
            ("label", self._metric.name, label.name),
            "metric %s: %s=%.100r %s; counted as %r, and so are further ones without another word",
            self._metric.name,
            label.name,
            value,
            why,
            OTHER,
        )


def in_declared_order(metric: Metric, names: Values) -> Callable[[Values], Values] | None:
    """Return what puts values given in the order of `names` into the metric's, None where the orders are the same.

    Raises CatalogueError where the names are not those of the metric's labels.
    """
    declared = metric.label_names
    if names == declared:
        return None
    if len(names) != len(declared) or set(names) != set(declared):
        wanted, given = ", ".join(declared) or "none", ", ".join(names) or "none"
        raise CatalogueError(f"metric {metric.name}: its labels are {wanted}; given: {given}")
    return itemgetter(*[names.index(name) for name in declared])


def printable(value: str) -> str:
    """Return `value` as text that UTF-8 can carry, so that one odd value cannot spoil a whole exposition."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
