"""Which label values get through: the guard of every metric's number of series."""

from collections.abc import Mapping

from steward.instrument.notices import Notices
from steward.model import OTHER, CatalogueError, Label, Metric

Values = tuple[str, ...]
"""Label values in the order in which the metric declares its labels."""


class LabelGate:
    """Lets through what a metric's labels were declared to hold; everything else becomes `other`.

    A bounded label takes new values until it holds `at_most` of them; later ones are `other`. What was turned
    away is logged once for each label.
    """

    def __init__(self, metric: Metric, notices: Notices) -> None:
        self._metric = metric
        self._notices = notices
        self._names = metric.label_names
        self._closed = tuple(
            frozenset(label.values) if label.values is not None else None for label in metric.labels
        )
        self._seen: tuple[set[str], ...] = tuple(set() for _ in metric.labels)

    def order(self, labels: Mapping[str, str]) -> Values:
        """Return the values of `labels` in declared order; raises CatalogueError where the names do not agree."""
        if len(labels) == len(self._names):
            try:
                return tuple([labels[name] for name in self._names])
            except KeyError:
                pass
        wanted = ", ".join(self._names) or "none"
        given = ", ".join(labels) or "none"
        raise CatalogueError(f"metric {self._metric.name}: its labels are {wanted}; given: {given}")

    def admit(self, values: Values) -> Values:
        """Return `values` with every one that may not pass replaced by `other`."""
        return tuple([self._admit(position, value) for position, value in enumerate(values)])

    def _admit(self, position: int, raw: str) -> str:
        value = _printable(raw)
        closed = self._closed[position]
        if value == OTHER or (closed is not None and value in closed):
            return value
        label = self._metric.labels[position]
        if closed is not None:
            self._turned_away(label, value, "is not among its declared values")
            return OTHER
        seen = self._seen[position]
        if value in seen:
            return value
        if len(seen) >= label.at_most:
            self._turned_away(label, value, f"comes after the {label.at_most} different values it may have")
            return OTHER
        seen.add(value)
        return value

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


def _printable(value: str) -> str:
    """Return `value` as text that UTF-8 can carry, so that one odd value cannot spoil a whole exposition."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
