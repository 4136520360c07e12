"""Incidents: which pages belong together, and how an incident's status follows its alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.oncall.domain.states import IncidentStatus

_TOGETHER = ("service", "cluster")
"""The labels by which pages of a team belong together; the first that says something counts."""


def gathering_key(team: str, labels: Sequence[Mapping[str, str]], page_key: str) -> str:
    """Return what pages of one cause have in common; a page that names neither service nor cluster stays alone."""
    for label in _TOGETHER:
        values = {one.get(label, "") for one in labels}
        if len(values) == 1 and (value := values.pop()):
            return f"{team}:{label}={value}"
    return f"{team}:page={page_key}"


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident as it is found."""

    status: IncidentStatus
    quiet_since: datetime | None
    """Since when nothing of it fires; None while something does, or while nothing belongs to it."""
    related: bool
    """Whether any alert or page belongs to it."""
    active: bool
    """Whether one of them still wants somebody."""


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of an incident by itself."""

    status: IncidentStatus
    quiet_since: datetime | None
    why: str


def judge(standing: Standing, *, quiet_for: timedelta, now: datetime) -> Move | None:
    """Return what the alerts of an incident make of it now; None to leave it as it is.

    Each change of the alerts moves the status once; what a person sets afterwards stands.
    """
    status, since = standing.status, standing.quiet_since
    if status is IncidentStatus.RESOLVED or not standing.related:
        return None
    if standing.active:
        return None if since is None else _woken(status)
    if since is None:
        return Move(IncidentStatus.MONITORING, now, "all its alerts are resolved")
    if status is IncidentStatus.MONITORING and now - since >= quiet_for:
        return Move(IncidentStatus.RESOLVED, since, f"quiet since {since:%Y-%m-%d %H:%M} UTC")
    return None


def _woken(status: IncidentStatus) -> Move:
    monitored = status is IncidentStatus.MONITORING
    return Move(IncidentStatus.INVESTIGATING if monitored else status, None, "an alert of it fires again")
