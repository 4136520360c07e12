"""What an objective's raw series do in a test, in promtool's notation."""

from dataclasses import dataclass

from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.compile.slo.proof import witness
from steward.compile.slo.proof.witness import LabelValues
from steward.compile.slo.windows import HOUR, SOON
from steward.model import Latency, Ratio
from steward.promql import Duration
from steward.promql.written import number

_BEFORE = 1000.0
"""What counters stand at when a test begins: their first value is history, and must not count."""
_JOB = "test"
INSTANCE = "one:80"

Series = dict[str, str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some time in which events come evenly."""

    lasting: Duration
    good: float
    """Events a second."""
    bad: float
    there: bool = True
    """Whether the target is scraped."""


@dataclass(frozen=True, slots=True)
class Raw:
    """The raw series of good events and of bad ones, as labels; `le` is left out."""

    good: LabelValues
    bad: LabelValues


def raw(plan: Plan) -> Raw:
    """Return label values that the objective counts as good and as bad."""
    indicator = plan.slo.indicator
    if isinstance(indicator, Latency):
        conditions = witness.selected(f"x{{{indicator.matchers}}}") if indicator.matchers else ()
        values = witness.matching(indicator.histogram.labels, conditions)
        return Raw(values, values)
    total, bad = witness.matchers(indicator.total), witness.matchers(indicator.bad)
    if indicator.total.counter is not indicator.bad.counter:
        return Raw(
            witness.matching(indicator.total.counter.labels, total),
            witness.matching(indicator.bad.counter.labels, bad),
        )
    labels = indicator.total.counter.labels
    return Raw(witness.between(labels, total, bad), witness.matching(labels, total + bad))


def groups(plan: Plan) -> LabelValues:
    """Return the values of the labels that have a budget each."""
    return {name: raw(plan).good[name] for name in plan.slo.by}


def world(plan: Plan, interval: Duration, *stretches: Stretch) -> list[Series]:
    """Return the series of one target through the given times, `up` first."""
    up = " ".join(f"{int(one.there)}+0x{_samples(one, interval) - 1}" for one in stretches)
    return [written("up", {}, plan, up), *_events(plan, interval, stretches)]


def recorded_world(plan: Plan, interval: Duration, *stretches: Stretch) -> list[Series]:
    """Return the tiles as they would be recorded, and what alerts see of the last hour."""
    result = {names.SLO_LABEL: plan.slo.name} | groups(plan)
    counted = result | {names.DEFINITION_LABEL: plan.definition}
    tile, budget = plan.timing.tile.seconds, plan.slo.budget
    burns = [one.bad / (one.good + one.bad) / budget for one in stretches]
    lines = (
        (names.TOTAL_TILE, counted, [(one.good + one.bad) * tile for one in stretches]),
        (names.ERROR_TILE, counted, [one.bad * tile for one in stretches]),
        (names.bad_events(HOUR), result, [one.bad * HOUR.seconds for one in stretches]),
        (names.burn(HOUR), result, burns),
        (names.burn(SOON), result, burns),
    )
    return [
        {"series": metric(name, labels), "values": _levels(interval, stretches, values)}
        for name, labels, values in lines
    ]


def _levels(interval: Duration, stretches: tuple[Stretch, ...], values: list[float]) -> str:
    """Write a value for each stretch, after one sample that tells of the time before the test."""
    pairs = zip(values, stretches, strict=True)
    return "0 " + " ".join(f"{number(value)}+0x{_samples(one, interval) - 1}" for value, one in pairs)


def _events(plan: Plan, interval: Duration, stretches: tuple[Stretch, ...]) -> list[Series]:
    indicator, found = plan.slo.indicator, raw(plan)

    def line(name: str, labels: LabelValues, *parts: str) -> Series:
        rates = [sum(float(getattr(one, part)) for part in parts) for one in stretches]
        return written(name, labels, plan, _values(interval, stretches, rates))

    if isinstance(indicator, Latency):
        name, le = indicator.histogram.name, {"le": repr(float(indicator.within))}
        return [
            line(f"{name}_count", found.good, "good", "bad"),
            line(f"{name}_bucket", found.good | le, "good"),
        ]
    total, bad = indicator.total.counter, indicator.bad.counter
    if total is not bad:
        return [line(total.name, found.good, "good", "bad"), line(bad.name, found.bad, "bad")]
    return [line(total.name, found.good, "good"), line(bad.name, found.bad, "bad")]


def bad_at_once(plan: Plan, instance: str, values: str, none: str) -> list[Series]:
    """Return series of bad events only: `values` where they are counted, `none` where good ones would be."""
    indicator, found = plan.slo.indicator, raw(plan)
    if isinstance(indicator, Latency):
        name, le = indicator.histogram.name, {"le": repr(float(indicator.within))}
        return [
            written(f"{name}_count", found.bad, plan, values, instance),
            written(f"{name}_bucket", found.bad | le, plan, none, instance),
        ]
    return [written(name, labels, plan, values, instance) for name, labels in _bad_series(indicator, found)]


def without_bad(plan: Plan, series: list[Series]) -> list[Series]:
    """Return the series without those that hold bad events only."""
    indicator, found = plan.slo.indicator, raw(plan)
    if isinstance(indicator, Latency):
        return series
    bad = written(indicator.bad.counter.name, found.bad, plan, "")["series"]
    return [one for one in series if one["series"] != bad]


def _bad_series(indicator: Ratio, found: Raw) -> list[tuple[str, LabelValues]]:
    bad = (indicator.bad.counter.name, found.bad)
    if indicator.total.counter is indicator.bad.counter:
        return [bad]
    return [(indicator.total.counter.name, found.good), bad]


def written(name: str, labels: LabelValues, plan: Plan, values: str, instance: str = INSTANCE) -> Series:
    """Return a series of a target in promtool's notation."""
    target = {"instance": instance, "job": plan.jobs[0] if plan.jobs else _JOB}
    return {"series": metric(name, labels | target), "values": values}


def metric(name: str, labels: LabelValues) -> str:
    """Write a series' name with its labels, sorted."""
    inside = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}}"


def _values(interval: Duration, stretches: tuple[Stretch, ...], rates: list[float]) -> str:
    value, parts = _BEFORE, []
    for one, rate in zip(stretches, rates, strict=True):
        count, step = _samples(one, interval), rate * interval.seconds
        parts.append(f"{number(value)}+{number(step)}x{count - 1}" if one.there else f"_x{count}")
        value += step * count
    return " ".join(parts)


def _samples(one: Stretch, interval: Duration) -> int:
    return max(1, round(one.lasting.milliseconds / interval.milliseconds))
