"""Behaviours as the series that promtool reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from steward.compile.proof.origin import Origin
from steward.model import Behaviour, Duration, Example, Flow, Histogram, Labels, Level, Observations, as_labels
from steward.promql.written import number, quoted


@dataclass(frozen=True, slots=True)
class Phase:
    """A state of the world for a number of intervals."""

    example: Example
    steps: int


@dataclass(frozen=True, slots=True)
class Series:
    """A series' name and labels."""

    name: str
    labels: Labels

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={quoted(value)}" for name, value in self.labels)
        return f"{self.name}{{{inside}}}"


@dataclass(frozen=True, slots=True)
class _Growth:
    per_second: float


@dataclass(frozen=True, slots=True)
class _Standing:
    value: float


def input_series(phases: Sequence[Phase], interval: Duration, origin: Origin) -> list[dict[str, str]]:
    """Return every series of the phases with its values, one an interval.

    What grows stands still in a phase that does not mention it; what stands at a level is gone there.
    """
    worlds = [_world(phase.example, origin) for phase in phases]
    known = sorted({series for world in worlds for series in world}, key=str)
    return [
        {"series": str(series), "values": " ".join(_values(series, phases, worlds, interval))} for series in known
    ]


def bucket_bound(bound: float) -> str:
    """Return a bucket's bound as expositions write it."""
    return str(float(bound))


def _world(example: Example, origin: Origin) -> dict[Series, _Growth | _Standing]:
    world: dict[Series, _Growth | _Standing] = {}
    for behaviour in example.behaviours:
        for series, what in _of(behaviour, origin):
            world[series] = _together(world.get(series), what)
    return world


def _together(before: _Growth | _Standing | None, what: _Growth | _Standing) -> _Growth | _Standing:
    if isinstance(before, _Growth) and isinstance(what, _Growth):
        return _Growth(before.per_second + what.per_second)
    return what


def _of(behaviour: Behaviour, origin: Origin) -> Iterator[tuple[Series, _Growth | _Standing]]:
    match behaviour:
        case Level():
            labels = origin.complete(behaviour.series, behaviour.labels)
            yield Series(behaviour.series, labels), _Standing(behaviour.value)
        case Flow():
            labels = origin.complete(behaviour.series, behaviour.labels)
            yield Series(behaviour.series, labels), _Growth(behaviour.per_second)
        case Observations():
            yield from _histogram(behaviour.histogram, behaviour, origin)


def _histogram(
    histogram: Histogram, seen: Observations, origin: Origin
) -> Iterator[tuple[Series, _Growth | _Standing]]:
    labels = dict(origin.complete(histogram.name, seen.labels))
    for bound in histogram.buckets:
        inside = seen.per_second if seen.value <= bound else 0
        bucket = as_labels({**labels, "le": bucket_bound(bound)})
        yield Series(f"{histogram.name}_bucket", bucket), _Growth(inside)
    everything = as_labels({**labels, "le": "+Inf"})
    yield Series(f"{histogram.name}_bucket", everything), _Growth(seen.per_second)
    yield Series(f"{histogram.name}_count", as_labels(labels)), _Growth(seen.per_second)
    yield Series(f"{histogram.name}_sum", as_labels(labels)), _Growth(seen.per_second * seen.value)


def _values(
    series: Series,
    phases: Sequence[Phase],
    worlds: Sequence[dict[Series, _Growth | _Standing]],
    interval: Duration,
) -> Iterator[str]:
    grows = any(isinstance(world.get(series), _Growth) for world in worlds)
    total, stood = 0.0, False
    for phase, world in zip(phases, worlds, strict=True):
        what = world.get(series)
        if isinstance(what, _Standing):
            yield _run(what.value, 0, phase.steps)
            stood = True
        elif grows:
            step = (what.per_second if what else 0) * interval.seconds
            yield _run(total + step, step, phase.steps)
            total += step * phase.steps
        else:
            yield from _gone(phase.steps, stale=stood)
            stood = False


def _run(first: float, step: float, count: int) -> str:
    return f"{number(first)}+{number(step)}x{count - 1}"


def _gone(steps: int, *, stale: bool) -> Iterator[str]:
    if stale:
        yield "stale"
        steps -= 1
    if steps:
        yield f"_x{steps}"
