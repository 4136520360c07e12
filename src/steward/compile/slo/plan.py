"""One objective with everything that its rules are made of."""

import hashlib
from dataclasses import dataclass

from steward.compile.slo import names
from steward.compile.slo.timing import Timing, timing
from steward.model import SLO, Catalogue, Collection, Latency, Links, Maintenance, Metric

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """One objective, the clock, and what else of the catalogue concerns it."""

    slo: SLO
    timing: Timing
    jobs: tuple[str, ...]
    """The scrape jobs that expose its events; empty where no job declares them."""
    maintenance: tuple[Maintenance, ...]
    links: Links

    @property
    def metric(self) -> Metric:
        """The metric that its events are counted by."""
        indicator = self.slo.indicator
        return indicator.histogram if isinstance(indicator, Latency) else indicator.total.counter

    @property
    def definition(self) -> str:
        """A fingerprint of what counts as an event and as a bad one.

        The base series and the tiles carry it, and every window selects by it. So when somebody changes what is
        counted, the window starts anew, with a coverage that says so, in place of mixing two meanings for a month.
        Results and alerts do not carry it: their lines go on across the change. The objective itself is no part of
        it, since a new objective judges the old events as well as the new.
        """
        indicator = self.slo.indicator
        what: tuple[str, ...]
        if isinstance(indicator, Latency):
            what = ("latency", indicator.histogram.name, indicator.matchers, repr(float(indicator.within)))
        else:
            what = ("ratio", indicator.total.selector, indicator.bad.selector)
        text = "\n".join((*what, *self.slo.by))
        return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]

    @property
    def groups(self) -> str:
        """The labels that have a budget each, as a list in PromQL."""
        return ", ".join(self.slo.by)

    @property
    def kept(self) -> str:
        """The labels of the objective's results, as a list in PromQL."""
        return ", ".join((names.SLO_LABEL, *self.slo.by))

    def counted(self, name: str) -> str:
        """Return the selector of a series that holds events of the present definition."""
        return f'{name}{{slo="{self.slo.name}",definition="{self.definition}"}}'

    def result(self, name: str) -> str:
        """Return the selector of one of the objective's results."""
        return f'{name}{{slo="{self.slo.name}"}}'


def plans(catalogue: Catalogue, collection: Collection, scale: float = 1) -> tuple[Plan, ...]:
    """Return the plan of each objective."""
    return tuple(_plan(slo, catalogue, timing(collection, scale)) for slo in catalogue.slos)


def _plan(slo: SLO, catalogue: Catalogue, clock: Timing) -> Plan:
    maintenance = tuple(one for one in catalogue.maintenance if slo.name in one.slos)
    bare = Plan(slo, clock, (), maintenance, catalogue.links)
    jobs = tuple(job.name for job in catalogue.jobs if bare.metric in job.metrics)
    return Plan(slo, clock, jobs, maintenance, catalogue.links)
