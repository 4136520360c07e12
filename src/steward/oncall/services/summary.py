"""Everything at a glance, from real queries; a neighbour that does not answer leaves its part out and is named."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from steward.model import Catalogue, RecordingRule
from steward.oncall.domain.states import IncidentStatus, PageState, SourceState
from steward.oncall.errors import Unavailable
from steward.oncall.prometheus import Prometheus, Sample
from steward.oncall.services.objectives import ObjectiveState, objectives
from steward.oncall.store.tables import alert, incident, page


@dataclass(frozen=True, slots=True)
class Figure:
    """What a recording rule of the catalogue says now."""

    rule: RecordingRule
    value: float


@dataclass(frozen=True, slots=True)
class Target:
    """What is scraped under one job."""

    job: str
    up: int
    total: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What Prometheus says; `problem` instead where it does not answer."""

    figures: tuple[Figure, ...] = ()
    targets: tuple[Target, ...] = ()
    objectives: tuple[ObjectiveState, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """What is open in the store."""

    firing: Mapping[str, int]
    """Severity -> how many alerts fire."""
    silenced: int
    pages: Mapping[str, int]
    """State -> how many pages stand there; the resolved are left out."""
    incidents: int


def measured(prometheus: Prometheus, catalogue: Catalogue) -> Measured:
    """Ask Prometheus for the figures, the targets and the objectives; raises nothing."""
    try:
        return Measured(
            _figures(prometheus, catalogue.recording_rules),
            _targets(prometheus),
            tuple(objectives(prometheus, catalogue)),
        )
    except Unavailable as error:
        return Measured(problem=str(error))


def open_now(connection: Connection) -> Open:
    """Count what is open."""
    firing = connection.execute(
        select(alert.c.severity, alert.c.silenced, func.count())
        .where(alert.c.source_state == SourceState.FIRING)
        .group_by(alert.c.severity, alert.c.silenced)
    ).all()
    by_severity: dict[str, int] = {}
    for severity, _, count in firing:
        by_severity[severity] = by_severity.get(severity, 0) + count
    pages = connection.execute(
        select(page.c.state, func.count().label("total"))
        .where(page.c.state != PageState.RESOLVED)
        .group_by(page.c.state)
    ).all()
    incidents = connection.execute(
        select(func.count()).select_from(incident).where(incident.c.status != IncidentStatus.RESOLVED)
    ).scalar_one()
    return Open(
        by_severity,
        sum(count for _, silenced, count in firing if silenced),
        {one.state: one.total for one in pages},
        incidents,
    )


def _figures(prometheus: Prometheus, rules: Sequence[RecordingRule]) -> tuple[Figure, ...]:
    if not rules:
        return ()
    by_name = _values(prometheus.query(f'{{__name__=~"{"|".join(rule.name for rule in rules)}"}}'))
    return tuple(Figure(rule, by_name[rule.name]) for rule in rules if rule.name in by_name)


def _values(samples: Sequence[Sample]) -> dict[str, float]:
    return {one.labels["__name__"]: one.value for one in samples if math.isfinite(one.value)}


def _targets(prometheus: Prometheus) -> tuple[Target, ...]:
    total = {one.labels.get("job", ""): int(one.value) for one in prometheus.query("count by (job) (up)")}
    up = {one.labels.get("job", ""): int(one.value) for one in prometheus.query("count by (job) (up == 1)")}
    return tuple(Target(job, up.get(job, 0), total[job]) for job in sorted(total))
