"""Making of answers what is drawn: names of series, buckets without those below them, and marks."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from steward.dashboards.asking import AnnotationQuery, Target
from steward.dashboards.interpolation import Chosen, legend
from steward.dashboards.prometheus import Answer, Found, Value
from steward.dashboards.timerange import Grid
from steward.dashboards.wire import Mark, Series

AUTOMATIC = "__auto"
MOST_MARKS = 500
"""Of one annotation."""

_NAME = "__name__"
_EDGE = "le"


def series(target: Target, answer: Answer, picked: Mapping[str, Chosen], title: str = "") -> list[Series]:
    """Return the series of a query's answer under the names that its legend gives.

    One without labels, for which the legend says nothing, is called `title`, else as it is asked.
    """
    names = _names(target, answer.series, picked, title)
    return [
        Series(name, target.ref, dict(one.labels), one.values)
        for name, one in zip(names, answer.series, strict=True)
    ]


def buckets(found: Sequence[Series]) -> list[Series]:
    """Return the buckets of a histogram, each with what is in it alone, from the lowest edge up.

    Prometheus counts into each bucket what is in those below it, too. Series without an edge are left out.
    """
    edged = sorted((edge, place, one) for place, one in enumerate(found) if (edge := _edge(one)) is not None)
    groups: dict[frozenset[tuple[str, str]], list[Value]] = {}
    result = []
    for _, _, one in edged:
        group = frozenset(item for item in one.labels.items() if item[0] not in {_EDGE, _NAME})
        below = groups.get(group)
        result.append(replace(one, name=one.labels[_EDGE], values=_alone(one.values, below)))
        groups[group] = one.values
    return result


def marks(annotation: AnnotationQuery, answer: Answer, grid: Grid) -> list[Mark]:
    """Return the marks of an annotation: one for each time without a gap in which a series is above 0."""
    made = []
    for one in answer.series:
        text = legend(annotation.text or annotation.name, one.labels, {})
        spans = _moments(one.values, grid) if annotation.moment_is_value else _spans(one.values, grid)
        made += [Mark(annotation.name, text, annotation.color, start, end) for start, end in spans]
    return sorted(made, key=lambda mark: mark.start)[-MOST_MARKS:]


def _names(target: Target, found: Sequence[Found], picked: Mapping[str, Chosen], title: str) -> list[str]:
    if target.legend and target.legend != AUTOMATIC:
        return [legend(target.legend, one.labels, picked) for one in found]
    apart = {label for one in found for label, value in one.labels.items() if found[0].labels.get(label) != value}
    if len(apart) == 1:
        label = apart.pop()
        return [one.labels.get(label, "") for one in found]
    return [_written(one.labels) or title or target.expr for one in found]


def _written(labels: Mapping[str, str]) -> str:
    pairs = ", ".join(f'{label}="{value}"' for label, value in sorted(labels.items()) if label != _NAME)
    return labels.get(_NAME, "") + (f"{{{pairs}}}" if pairs else "")


def _edge(one: Series) -> float | None:
    try:
        return float(one.labels[_EDGE])
    except (KeyError, ValueError):
        return None


def _alone(values: Sequence[Value], below: Sequence[Value] | None) -> list[Value]:
    if below is None:
        return list(values)
    return [
        None if value is None else max(0.0, value - (under or 0.0))
        for value, under in zip(values, below, strict=True)
    ]


def _spans(values: Sequence[Value], grid: Grid) -> Iterator[tuple[float, float]]:
    begun: int | None = None
    for place, value in enumerate([*values, None]):
        there = value is not None and value > 0
        if there and begun is None:
            begun = place
        elif not there and begun is not None:
            yield grid.start + begun * grid.step, grid.start + (place - 1) * grid.step
            begun = None


def _moments(values: Sequence[Value], grid: Grid) -> Iterator[tuple[float, float]]:
    for value in dict.fromkeys(value for value in values if value is not None and math.isfinite(value)):
        if grid.asked[0] <= value / 1_000 <= grid.asked[1]:
            yield value / 1_000, value / 1_000
