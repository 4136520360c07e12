"""What Alertmanagers say, as values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.matchers import Matcher

_SIGNED = re.compile(r"^(?P<reason>.*) \[steward (?P<key>[0-9a-f]{32})\]$", re.DOTALL)


class SilencePhase(StrEnum):
    """Where a silence stands, in Alertmanager's words."""

    PENDING = "pending"
    """It begins later."""
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ObservedSilence:
    """A silence as one Alertmanager holds it."""

    id: str
    phase: SilencePhase
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str

    @property
    def key(self) -> str:
        """Ours, from the end of the comment; empty where somebody else made the silence."""
        found = _SIGNED.match(self.comment)
        return found["key"] if found else ""


def signed(reason: str, key: str) -> str:
    """Return the comment that carries a key of ours to Alertmanager and back."""
    return f"{reason} [steward {key}]"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one Alertmanager said."""

    address: str
    running_since: datetime
    """When it started; its alerts are complete only when Prometheus has sent each of them again."""
    alerts: tuple[IncomingAlert, ...]
    """Every alert that it holds as firing, `silenced` where it is silenced, inhibited or muted."""
    silences: tuple[ObservedSilence, ...]
    """Every one that it remembers, the expired too."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What all of them said, asked at one time."""

    asked_at: datetime
    """Before the first was asked, by our clock."""
    answers: tuple[Answer, ...]
    failures: Mapping[str, str] = field(default_factory=dict)
    """Address -> why it gave no usable answer."""

    @property
    def complete(self) -> bool:
        """Whether there is an Alertmanager, and every one answered."""
        return bool(self.answers) and not self.failures
