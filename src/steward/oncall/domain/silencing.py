"""Deciding what to write to Alertmanagers, so that each holds exactly the silences that are wanted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import Answer, Observed, ObservedSilence, SilencePhase, signed
from steward.oncall.domain.states import SilenceKind

_ROUNDING = timedelta(seconds=1)
"""An Alertmanager keeps milliseconds."""
_WRITING = timedelta(seconds=10)
"""How long whoever makes a silence may still be writing it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one Alertmanager says of a silence of ours."""

    id: str = ""
    """Empty where it never held it."""
    phase: SilencePhase | None = None
    problem: str = ""
    """Why it is not as it should be there."""

    @property
    def holds(self) -> bool:
        """Whether it is kept there and has not ended."""
        return self.phase in {SilencePhase.PENDING, SilencePhase.ACTIVE}


@dataclass(frozen=True, slots=True)
class Wish:
    """A silence that somebody asks for."""

    kind: SilenceKind
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    created_by: str
    """As it is shown; who really asked is in the audit."""
    alert_name: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence of ours as the store keeps it."""

    id: int
    key: str
    kind: SilenceKind
    alert_name: str
    """Empty for one that is not about one alert."""
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_at: datetime
    reason: str
    wanted: bool
    observed: Mapping[str, Seen]
    """Address of an Alertmanager -> what it said last."""
    reminded_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None

    @property
    def comment(self) -> str:
        """What Alertmanager keeps with it, our key at the end."""
        return signed(self.reason, self.key)

    def phase(self, now: datetime) -> SilencePhase:
        """Return where it stands by our own book, whatever each Alertmanager says."""
        if not self.wanted or now >= self.ends_at:
            return SilencePhase.EXPIRED
        return SilencePhase.ACTIVE if now >= self.starts_at else SilencePhase.PENDING


@dataclass(frozen=True, slots=True)
class Create:
    """Make the silence at an address."""

    address: str
    silence: Silence


@dataclass(frozen=True, slots=True)
class Expire:
    """End a silence at an address; `id` is Alertmanager's."""

    address: str
    id: str
    silence: Silence


Command = Create | Expire


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows for one silence of ours."""

    silence: Silence
    observed: Mapping[str, Seen]
    """What is now known of it; addresses that did not answer keep what they said last."""
    commands: tuple[Command, ...] = ()
    lost_at: tuple[str, ...] = ()
    """Addresses that held it and forgot it, e.g. by a crash; it is made again there."""
    ended_elsewhere: bool = False
    """Somebody ended it in Alertmanager itself, before its time: their word counts."""


def decide(silences: Iterable[Silence], observed: Observed, now: datetime) -> list[Decision]:
    """Return one decision for each silence of ours that has not run its time, and that was not made just now."""
    settled = observed.asked_at - _WRITING
    return [_decide(one, observed) for one in silences if one.created_at <= settled and now < one.ends_at]


def _decide(silence: Silence, observed: Observed) -> Decision:
    found = {answer.address: _ours(answer, silence) for answer in observed.answers}
    known = {**silence.observed, **{address: _seen(copies) for address, copies in found.items()}}
    if not silence.wanted:
        commands = tuple(Expire(a, copy.id, silence) for a, copies in found.items() for copy in _living(copies))
        return Decision(silence, known, commands)
    if observed.complete and _ended_early(silence, found):
        return Decision(silence, known, ended_elsewhere=True)
    missing = tuple(address for address, copies in found.items() if not _living(copies))
    lost = tuple(one for one in missing if not found[one] and silence.observed.get(one, Seen()).holds)
    creations = tuple(Create(address, silence) for address in missing)
    return Decision(silence, known, (*creations, *_spare(silence, found)), lost)


def _ours(answer: Answer, silence: Silence) -> Sequence[ObservedSilence]:
    return [one for one in answer.silences if one.key == silence.key]


def _living(copies: Iterable[ObservedSilence]) -> list[ObservedSilence]:
    return sorted((one for one in copies if one.phase is not SilencePhase.EXPIRED), key=lambda one: one.id)


def _seen(copies: Sequence[ObservedSilence]) -> Seen:
    for one in (*_living(copies), *copies):
        return Seen(one.id, one.phase)
    return Seen()


def _ended_early(silence: Silence, found: Mapping[str, Sequence[ObservedSilence]]) -> bool:
    if any(_living(copies) for copies in found.values()):
        return False
    return any(
        one.id == silence.observed.get(address, Seen()).id and one.ends_at < silence.ends_at - _ROUNDING
        for address, copies in found.items()
        for one in copies
    )


def _spare(silence: Silence, found: Mapping[str, Sequence[ObservedSilence]]) -> Iterable[Expire]:
    """Peers that were told of one silence each pass it to each other; the same one of them stays everywhere."""
    for address, copies in found.items():
        for one in _living(copies)[1:]:
            yield Expire(address, one.id, silence)
