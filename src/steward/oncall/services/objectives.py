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
    return [state for slo in catalogue.slos for state in _states(slo, samples)]


def _series(catalogue: Catalogue) -> set[str]:
    burns = {
        names.burn(window)
        for slo in catalogue.slos
        for level in slo.burn_rates
        for window in (level.long, level.short)
    }
    return {names.REMAINING, names.COVERAGE, names.TOTAL_WINDOW, names.ERROR_WINDOW, *burns}


def _states(slo: SLO, samples: Sequence[Sample]) -> list[ObjectiveState]:
    by_group: dict[tuple[str, ...], dict[str, float]] = {}
    for sample in samples:
        if sample.labels.get(_LABEL) == slo.name:
            group = tuple(sample.labels.get(label, "") for label in slo.by)
            by_group.setdefault(group, {})[sample.labels["__name__"]] = sample.value
    if not by_group and not slo.by:
        by_group[()] = {}
    return [_state(slo, dict(zip(slo.by, group, strict=True)), by_group[group]) for group in sorted(by_group)]


def _state(slo: SLO, group: Mapping[str, str], values: Mapping[str, float]) -> ObjectiveState:
    def known(name: str) -> float | None:
        value = values.get(name, math.nan)
        return value if math.isfinite(value) else None

    return ObjectiveState(
        slo,
        group,
        known(names.REMAINING),
        known(names.COVERAGE),
        known(names.TOTAL_WINDOW),
        known(names.ERROR_WINDOW),
        tuple(
            Burn(
                level.name,
                level.factor,
                str(level.long),
                str(level.short),
                known(names.burn(level.long)),
                known(names.burn(level.short)),
            )
            for level in slo.burn_rates
        ),
    )
