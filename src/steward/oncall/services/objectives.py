"""Objectives as they stand: budget, burn rates and coverage, from the series that their compiled rules record."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.compile.slo import names
from steward.model import SLO, Catalogue
from steward.oncall.prometheus import Prometheus, Sample

_LABEL = names.SLO_LABEL


@dataclass(frozen=True, slots=True)
class Burn:
    """How fast the budget is spent, as one level of alert sees it."""

    level: str
    """Last part of the alert's name, e.g. `Page`."""
    factor: float
    """It burns when both windows are above this."""
    long_window: str
    short_window: str
    long: float | None
    """1 spends the budget evenly over the objective's window; None while there are no events."""
    short: float | None

    @property
    def burning(self) -> bool:
        """Whether both windows are above the factor."""
        return self.long is not None and self.short is not None and min(self.long, self.short) > self.factor


@dataclass(frozen=True, slots=True)
class ObjectiveState:
    """One objective, or one group of it, now."""

    slo: SLO
    group: Mapping[str, str]
    """The labels that have a budget of their own; empty for an objective without groups."""
    budget_remaining: float | None
    """1 untouched, 0 spent, negative overspent; None where nothing is known yet."""
    coverage: float | None
    """The share of the window of which anything is known."""
    events: float | None
    bad_events: float | None
    burn_rates: tuple[Burn, ...]


def objectives(prometheus: Prometheus, catalogue: Catalogue) -> list[ObjectiveState]:
    """Return the state of every objective, in the catalogue's order; raises Unavailable."""
    if not catalogue.slos:
        return []
    wanted = "|".join(sorted(_series(catalogue)))
    samples = prometheus.query(f'{{__name__=~"{wanted}",{_LABEL}!=""}}')
    return [state_of(slo, *found) for slo in catalogue.slos for found in by_group(slo, samples)]


def _series(catalogue: Catalogue) -> set[str]:
    burns = {
        names.burn(window)
        for slo in catalogue.slos
        for level in slo.burn_rates
        for window in (level.long, level.short)
    }
    return {names.REMAINING, names.COVERAGE, names.TOTAL_WINDOW, names.ERROR_WINDOW, *burns}


def by_group(slo: SLO, samples: Sequence[Sample]) -> list[tuple[dict[str, str], dict[str, float]]]:
    """Return each group's labels, and its values by the name of their series, without those that are no numbers.

    An objective without groups is one group, also while nothing of it is known.
    """
    groups: dict[tuple[str, ...], dict[str, float]] = {} if slo.by else {(): {}}
    for sample in samples:
        name = sample.labels.get("__name__", "")
        if sample.labels.get(_LABEL) == slo.name and all(label in sample.labels for label in slo.by):
            values = groups.setdefault(tuple(sample.labels[label] for label in slo.by), {})
            if math.isfinite(sample.value):
                values[name] = sample.value
    return [(dict(zip(slo.by, group, strict=True)), groups[group]) for group in sorted(groups)]


def state_of(slo: SLO, group: Mapping[str, str], values: Mapping[str, float]) -> ObjectiveState:
    """Return how a group stands, from its values by the name of their series."""
    return ObjectiveState(
        slo,
        group,
        values.get(names.REMAINING),
        values.get(names.COVERAGE),
        values.get(names.TOTAL_WINDOW),
        values.get(names.ERROR_WINDOW),
        tuple(
            Burn(
                level.name,
                level.factor,
                str(level.long),
                str(level.short),
                values.get(names.burn(level.long)),
                values.get(names.burn(level.short)),
            )
            for level in slo.burn_rates
        ),
    )
