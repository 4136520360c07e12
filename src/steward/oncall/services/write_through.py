"""Writing silences through to Alertmanagers, outside any transaction, and keeping what became of it inside one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.domain.observed import SilencePhase
from steward.oncall.domain.silencing import Command, Create, Decision, Expire, Seen, Silence
from steward.oncall.errors import Invalid, Unavailable
from steward.oncall.store import silences


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command."""

    command: Command
    seen: Seen
    refused: bool = False
    """Alertmanager will never take it as it is."""

    @property
    def silence(self) -> Silence:
        """Which silence it is about."""
        return self.command.silence


def carry_out(alertmanagers: Alertmanagers, commands: Iterable[Command], *, now: datetime) -> list[Outcome]:
    """Do each command once; raises nothing."""
    return [_carry_out(alertmanagers, command, now) for command in commands]


def note(connection: Connection, outcomes: Iterable[Outcome]) -> None:
    """Keep what became of commands."""
    by_silence: dict[int, list[Outcome]] = {}
    for one in outcomes:
        by_silence.setdefault(one.silence.id, []).append(one)
    for silence_id, news in by_silence.items():
        kept = silences.get(connection, silence_id)
        if kept is not None:
            seen = {one.command.address: one.seen for one in news if not _of_a_spare(one, kept)}
            silences.observe(connection, silence_id, {**kept.observed, **seen})


def commands(decisions: Iterable[Decision]) -> list[Command]:
    """Return everything that decisions ask for."""
    return [command for decision in decisions for command in decision.commands]


def endings(silence: Silence) -> list[Command]:
    """Return what ends a silence wherever it is known to be held."""
    return [Expire(address, one.id, silence) for address, one in silence.observed.items() if one.holds]


def _of_a_spare(outcome: Outcome, kept: Silence) -> bool:
    """Tell whether a second copy was ended, while another is what counts."""
    command = outcome.command
    known = kept.observed.get(command.address, Seen())
    return isinstance(command, Expire) and known.id not in {"", command.id}


def _carry_out(alertmanagers: Alertmanagers, command: Command, now: datetime) -> Outcome:
    try:
        return Outcome(command, _do(alertmanagers, command, now))
    except Invalid as error:
        return Outcome(command, Seen(problem=str(error)), refused=True)
    except Unavailable as error:
        return Outcome(command, _unchanged(command, str(error)))


def _do(alertmanagers: Alertmanagers, command: Command, now: datetime) -> Seen:
    match command:
        case Create(address=address, silence=silence):
            made = alertmanagers.put_silence(
                address,
                matchers=silence.matchers,
                starts_at=silence.starts_at,
                ends_at=silence.ends_at,
                created_by=silence.created_by,
                comment=silence.comment,
            )
            return Seen(made, silence.phase(now))
        case Expire(address=address, id=silence_id):
            alertmanagers.expire_silence(address, silence_id)
            return Seen(silence_id, SilencePhase.EXPIRED)


def _unchanged(command: Command, problem: str) -> Seen:
    if isinstance(command, Create):
        return Seen(problem=problem)
    return Seen(command.id, SilencePhase.ACTIVE, problem)
