"""How each objective burns: every window, which of its alerts fires next, and how long the budget lasts."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from steward.compile.slo import names
from steward.compile.slo.alerts import SPIKE_COVERAGE, SPIKE_SHARE
from steward.compile.slo.plan import Plan, plans
from steward.compile.slo.windows import HOUR, SOON, windows
from steward.model import BurnRate, Catalogue, Severity
from steward.oncall.domain.burning import Course, fires_in, lasts
from steward.oncall.prometheus import Prometheus, Sample
from steward.oncall.services.objectives import ObjectiveState, by_group, state_of
from steward.promql import Duration

_ALERTS = "ALERTS"
_SCARCE = 0.2
_WELL_KNOWN = 0.1
_JUST_BELOW = 1e-9
"""An alert that fires from a number of events on is above what is just below it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast the budget was spent in one window."""

    window: str
    burn: float | None
    """1 spends it evenly over the objective's window; None while there are no events."""
    levels: tuple[tuple[str, float], ...]
    """(name, factor) of each level of alert that looks at this window."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of an alert if everything goes on as in the last minutes."""

    alert: str
    seconds: float | None
    """Until it fires, 0 where it does; None for never."""
    state: str = ""
    """What Prometheus says of it: `firing`, `pending`, or nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One objective, or one group of it, as it stands and where it goes."""

    state: ObjectiveState
    rates: tuple[Rate, ...]
    """From the shortest window to the longest."""
    forecasts: tuple[Forecast, ...]
    """What fires soonest first; what never fires last."""
    enough: frozenset[str]
    """The levels of alert for which enough events are bad to be worth a person's time."""
    maintenance: bool
    """Planned time: nothing is spent now."""
    scale: float

    @property
    def burn(self) -> float | None:
        """How fast the budget is spent just now."""
        return next((rate.burn for rate in self.rates if rate.window == str(SOON)), None)

    @property
    def indicator(self) -> float | None:
        """The share of good events in the objective's window; None where there were none."""
        state = self.state
        return 1 - state.bad_events / state.events if state.events and state.bad_events is not None else None

    @property
    def burning(self) -> tuple[BurnRate, ...]:
        """The levels of alert that burn: both windows, and enough bad events."""
        levels = zip(self.state.slo.burn_rates, self.state.burn_rates, strict=True)
        return tuple(level for level, burn in levels if burn.burning and level.name in self.enough)

    @property
    def few(self) -> bool:
        """Whether so few events were bad that they mean nothing, whatever share of the budget they are."""
        return (self.state.bad_events or 0) < self.state.slo.least_bad_events

    @property
    def tone(self) -> str:
        """How bad it is: `bad` where it burns so that it pages, or the budget is spent; `warn`, or `good`.

        Empty while nothing is known, or too few bad events to judge by. While little of the window is known, a
        spent budget is no more than a warning: it is that of a short time.
        """
        left = self.state.budget_remaining
        if any(level.severity is Severity.CRITICAL for level in self.burning):
            return "bad"
        if left is None or (left < _SCARCE and self.few):
            return ""
        if left <= 0 and (self.state.coverage or 0) >= _WELL_KNOWN:
            return "bad"
        return "warn" if left < _SCARCE or self.burning else "good"

    @property
    def next(self) -> Forecast | None:
        """The alert that fires next, of those that do not yet; None where none will."""
        return next((one for one in self.forecasts if one.seconds is not None and one.state != "firing"), None)

    @property
    def budget_lasts(self) -> float | None:
        """How many seconds at the present rate; None where nothing burns or nothing is known."""
        left, burn = self.state.budget_remaining, self.burn
        if left is None or burn is None:
            return None
        return lasts(left, self.state.slo.window.seconds / self.scale, burn)


def readings(prometheus: Prometheus, catalogue: Catalogue, *, scale: float) -> list[Reading]:
    """Return every objective with each of its groups, in the catalogue's order; raises Unavailable."""
    if not catalogue.slos:
        return []
    samples = prometheus.query(f'{{__name__=~"slo:.+|{_ALERTS}",{names.SLO_LABEL}!=""}}')
    return [one for plan in plans(catalogue, catalogue.collection, scale) for one in of_plan(plan, samples)]


def worst(found: Sequence[Reading]) -> list[Reading]:
    """Return of each objective the group of which the least is left.

    A group with few bad events, or of which nothing is known, stands for the objective only where all are so.
    """
    by_name: dict[str, Reading] = {}
    for one in found:
        kept = by_name.setdefault(one.state.slo.name, one)
        if _rank(one) < _rank(kept):
            by_name[one.state.slo.name] = one
    return list(by_name.values())


def _rank(reading: Reading) -> tuple[bool, float]:
    left = reading.state.budget_remaining
    return reading.few, math.inf if left is None else left


def of_plan(plan: Plan, samples: Sequence[Sample]) -> Iterator[Reading]:
    """Yield each group of an objective, from the series of all objectives."""
    name = plan.slo.name
    maintenance = any(
        one.value == 1
        for one in samples
        if one.labels.get("__name__") == names.MAINTENANCE and one.labels.get(names.SLO_LABEL) == name
    )
    for group, values in by_group(plan.slo, samples):
        alerts = _alerts(plan, group, samples)
        forecasts = [replace(one, state=alerts.get(one.alert, "")) for one in _forecasts(plan, values)]
        yield Reading(
            state_of(plan.slo, group, values),
            tuple(_rates(plan, values)),
            tuple(sorted(forecasts, key=_soonest)),
            frozenset(_enough(plan, values)),
            maintenance,
            plan.timing.scale,
        )


def _enough(plan: Plan, values: Mapping[str, float]) -> Iterator[str]:
    for level in plan.slo.burn_rates:
        if values.get(names.bad_events(level.long), 0) >= plan.slo.least_bad_events:
            yield level.name


def _alerts(plan: Plan, group: Mapping[str, str], samples: Sequence[Sample]) -> dict[str, str]:
    """Return how the alerts of a group stand, by name, those that do."""
    ours = {names.SLO_LABEL: plan.slo.name, **group}
    return {
        one.labels.get("alertname", ""): one.labels.get("alertstate", "")
        for one in samples
        if one.labels.get("__name__") == _ALERTS and ours.items() <= one.labels.items()
    }


def _rates(plan: Plan, values: Mapping[str, float]) -> Iterator[Rate]:
    for window in windows(plan):
        levels = tuple(
            (level.name, level.factor) for level in plan.slo.burn_rates if window in (level.long, level.short)
        )
        yield Rate(str(window), values.get(names.burn(window)), levels)


def _soonest(forecast: Forecast) -> tuple[bool, float]:
    return forecast.state != "firing", math.inf if forecast.seconds is None else forecast.seconds


def _forecasts(plan: Plan, values: Mapping[str, float]) -> Iterator[Forecast]:
    at = _Now(plan.timing.scale, values)
    for level in plan.slo.burn_rates:
        courses = [
            at.burn(level.long, level.factor),
            at.burn(level.short, level.factor),
            at.bad_events(level.long, plan.slo.least_bad_events - _JUST_BELOW),
        ]
        yield Forecast(f"{plan.slo.stem}{names.BURN_RATE}{level.name}", fires_in(courses))
    yield Forecast(f"{plan.slo.stem}{names.BUDGET_SPIKE}", fires_in(_spike(plan, at)))


def _spike(plan: Plan, at: "_Now") -> list[Course]:
    """Return what makes the alert on a tenth of the budget within an hour; half the window has to be known."""
    if at.values.get(names.COVERAGE, 0) < SPIKE_COVERAGE:
        return []
    tenth = SPIKE_SHARE * at.values.get(names.TOTAL_WINDOW, 0) * plan.slo.budget
    least = plan.slo.least_bad_events - _JUST_BELOW
    return [at.bad_events(HOUR, max(tenth, least)), at.burn(HOUR, 1), at.burn(SOON, 1)]


@dataclass(frozen=True, slots=True)
class _Now:
    """The values of one group, by the name of their series; what is absent has not happened."""

    scale: float
    values: Mapping[str, float]

    def burn(self, window: Duration, factor: float) -> Course:
        """Return the course of a burn rate."""
        now = self.values.get(names.burn(SOON), 0)
        return Course(window.seconds / self.scale, self.values.get(names.burn(window), 0), now, factor)

    def bad_events(self, window: Duration, limit: float) -> Course:
        """Return the course of a number of bad events."""
        seconds = window.seconds / self.scale
        coming = self.values.get(names.ERROR, 0) * seconds
        return Course(seconds, self.values.get(names.bad_events(window), 0), coming, limit)
