"""Alerts on their way in, and what they change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class IncomingAlert:
    """One alert as a webhook or a reconciliation brings it."""

    fingerprint: str
    """Alertmanager's, of the labels; the same from each of its peers and by each route."""
    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    firing: bool
    ends_at: datetime | None = None
    generator_url: str = ""
    group_key: str = ""
    """Of the notification that brought it; empty from a reconciliation."""
    receiver: str = ""
    """Name of Alertmanager's receiver, unquoted; empty from a reconciliation."""
    silenced: bool | None = None
    """Whether Alertmanager suppresses it; None where the source does not say."""


class ChangeKind(StrEnum):
    """What became of an alert that came in."""

    FIRED = "fired"
    """It was not firing before."""
    RESOLVED = "resolved"
    SILENCED = "silenced"
    UNSILENCED = "unsilenced"


@dataclass(frozen=True, slots=True)
class Change:
    """One change to an alert that is kept; an alert that came again unchanged makes none."""

    kind: ChangeKind
    alert_id: int
    alert: IncomingAlert
    severity: str
    team: str
