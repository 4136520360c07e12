"""Silences as the API takes and shows them."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import SilencePhase
from steward.oncall.domain.silencing import Seen, Silence
from steward.oncall.domain.states import SilenceKind
from steward.oncall.services.silence_requests import Foreign
from steward.oncall.web import patterns

Reason = Annotated[
    str, StringConstraints(pattern=patterns.SAID, max_length=1000), Field(examples=["Maintenance window"])
]
Author = Annotated[
    str | None,
    Field(
        pattern=patterns.SAID_LINE,
        max_length=200,
        description="as it is shown; the caller's name if it is not given",
    ),
]
Length = Annotated[
    str, StringConstraints(max_length=40), Field(examples=["2h"], description="in Prometheus' notation")
]


class MatcherBody(BaseModel):
    """A condition on one label, in Alertmanager's meaning: a regular expression matches the whole value."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", max_length=200)]
    value: Annotated[str, StringConstraints(pattern=patterns.ANY, max_length=500)]
    is_regex: bool = False
    is_equal: bool = True

    def matcher(self) -> Matcher:
        """Return it as on-call knows it."""
        return Matcher(self.name, self.value, self.is_regex, self.is_equal)


class MatcherView(BaseModel):
    """A condition on one label."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    value: str
    is_regex: bool
    is_equal: bool


class SilenceBody(BaseModel):
    """What it takes to silence one alert from now on."""

    model_config = ConfigDict(extra="forbid")

    duration: Length
    reason: Reason
    matchers: Annotated[
        list[MatcherBody], Field(max_length=19, description="besides the alert's name, all of them")
    ] = []
    created_by: Author = None


class MaintenanceBody(BaseModel):
    """What it takes to plan a maintenance window: `ends_at` or `duration`, one of them."""

    model_config = ConfigDict(extra="forbid")

    matchers: Annotated[list[MatcherBody], Field(min_length=1, max_length=20)]
    reason: Reason
    starts_at: Annotated[AwareDatetime | None, Field(description="now if it is not given")] = None
    ends_at: AwareDatetime | None = None
    duration: Length | None = None
    created_by: Author = None


class Origin(StrEnum):
    """Where a silence was made."""

    ONCALL = "oncall"
    ALERTMANAGER = "alertmanager"


class HeldView(BaseModel):
    """A silence at one Alertmanager."""

    address: str
    id: str
    """Alertmanager's; empty where it does not have it."""
    state: SilencePhase | None
    problem: str
    """Why it is not as it should be there; empty when it is."""

    @classmethod
    def of(cls, address: str, seen: Seen) -> Self:
        """Show what was seen there last."""
        return cls(address=address, id=seen.id, state=seen.phase, problem=seen.problem)


class SilenceView(BaseModel):
    """One silence or maintenance window. Texts are as people gave them: escape what you show."""

    id: int | None
    """Null for one that was made in Alertmanager itself."""
    origin: Origin
    kind: SilenceKind
    alert_name: str
    matchers: list[MatcherView]
    state: SilencePhase
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_at: datetime | None
    reason: str
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    alertmanagers: list[HeldView]

    @classmethod
    def of(cls, silence: Silence, *, addresses: Iterable[str], now: datetime) -> Self:
        """Show one of ours, as each of the Alertmanagers has it."""
        return cls(
            id=silence.id,
            origin=Origin.ONCALL,
            kind=silence.kind,
            alert_name=silence.alert_name,
            matchers=_matchers(silence.matchers),
            state=silence.phase(now),
            starts_at=silence.starts_at,
            ends_at=silence.ends_at,
            created_by=silence.created_by,
            created_at=silence.created_at,
            reason=silence.reason,
            cancelled_at=silence.cancelled_at,
            cancelled_by=silence.cancelled_by,
            alertmanagers=[HeldView.of(one, silence.observed.get(one, Seen())) for one in addresses],
        )

    @classmethod
    def of_foreign(cls, found: Foreign) -> Self:
        """Show one that was made elsewhere."""
        silence = found.silence
        names = [one.value for one in silence.matchers if one.name == "alertname" and not one.is_regex]
        seen = Seen(silence.id, silence.phase)
        return cls(
            id=None,
            origin=Origin.ALERTMANAGER,
            kind=SilenceKind.SILENCE,
            alert_name=next(iter(names), ""),
            matchers=_matchers(silence.matchers),
            state=silence.phase,
            starts_at=silence.starts_at,
            ends_at=silence.ends_at,
            created_by=silence.created_by,
            created_at=None,
            reason=silence.comment,
            alertmanagers=[HeldView.of(address, seen) for address in found.addresses],
        )


class CoveredAlert(BaseModel):
    """An alert that fires and that a silence keeps quiet."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    fingerprint: str
    labels: dict[str, str]
    starts_at: datetime


class MadeView(BaseModel):
    """A silence that is kept, and what it does."""

    silence: SilenceView
    covers: list[CoveredAlert] | None
    """The alerts that fire and that it keeps quiet, the first hundred; null while no Alertmanager can say."""
    covers_total: int | None
    active_everywhere: bool
    """Whether each Alertmanager has it."""
    notes: list[str]
    """What whoever asked should know."""

    @classmethod
    def of(cls, silence: SilenceView, covers: tuple[IncomingAlert, ...] | None, notes: list[str]) -> Self:
        """Show a silence with what it covers."""
        shown = None if covers is None else [CoveredAlert.model_validate(one) for one in covers[:100]]
        return cls(
            silence=silence,
            covers=shown,
            covers_total=None if covers is None else len(covers),
            active_everywhere=bool(silence.alertmanagers) and all(one.id for one in silence.alertmanagers),
            notes=notes,
        )


class EndedView(BaseModel):
    """Silences that were ended before their time."""

    ended: list[SilenceView]
    foreign: list[SilenceView]
    """Made in Alertmanager itself, so they stay: end them there."""
    notes: list[str]


class SilencesView(BaseModel):
    """Silences, the newest first, then those that were made in Alertmanager itself."""

    silences: list[SilenceView]
    problems: list[str]
    """Alertmanagers that could not say which silences were made there."""


def _matchers(matchers: Iterable[Matcher]) -> list[MatcherView]:
    return [MatcherView.model_validate(one) for one in matchers]
