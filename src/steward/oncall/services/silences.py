"""Silences and maintenance windows: kept here first, then written through to each Alertmanager.

What is kept survives an Alertmanager that is down, or loses it in a crash: the reconciliation writes it again.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.domain import matchers as rules
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import SilencePhase
from steward.oncall.domain.silencing import Decision, Silence, Wish
from steward.oncall.domain.states import SilenceKind
from steward.oncall.errors import Conflict, Invalid, NotFound
from steward.oncall.store import silences
from steward.oncall.store.events import SYSTEM, record
from steward.promql import Duration

_SHORTEST = timedelta(seconds=1)
_FURTHEST = timedelta(days=366)
_KEY_BYTES = 16


def length(text: str, *, catalogue: Catalogue) -> timedelta:
    """Read a duration in Prometheus' notation; raises Invalid, also for one that is longer than allowed."""
    try:
        lasts = timedelta(milliseconds=Duration.parse(text).milliseconds)
    except ValueError:
        raise Invalid(f"duration {text!r:.40}: write it as Prometheus does, e.g. 30m, 2h or 1d12h") from None
    except OverflowError:
        lasts = timedelta.max
    _check_length(lasts, catalogue)
    return lasts


def start(wanted: datetime | None, *, now: datetime) -> datetime:
    """Return when a silence begins, now where that has passed; raises Invalid for one too far away."""
    if wanted is not None and wanted > now + _FURTHEST:
        raise Invalid(f"starts_at: a silence begins within {_FURTHEST.days} days")
    return now if wanted is None or wanted < now else wanted


def about(alert_name: str, more: Iterable[Matcher]) -> tuple[Matcher, ...]:
    """Return the matchers of a silence of one alert; raises Invalid for one that says another name."""
    added = tuple(more)
    if any(one.name == "alertname" for one in added):
        raise Invalid("matchers: alertname is in the path already; add matchers of other labels")
    return (Matcher("alertname", alert_name), *added)


def check(wish: Wish, *, now: datetime, catalogue: Catalogue) -> None:
    """Raise Invalid for a silence that could never be allowed."""
    rules.check(wish.matchers)
    if wish.ends_at <= now:
        raise Invalid("ends_at: a silence ends in the future")
    _check_length(wish.ends_at - wish.starts_at, catalogue)
    if catalogue.oncall and wish.alert_name and wish.alert_name == catalogue.oncall.watchdog:
        raise Invalid(_covers_watchdog(wish.alert_name))


def check_covered(covered: Iterable[IncomingAlert], *, catalogue: Catalogue) -> None:
    """Raise Invalid when a silence would cover the alert that always fires."""
    for one in covered:
        if catalogue.oncall and one.name == catalogue.oncall.watchdog:
            raise Invalid(_covers_watchdog(one.name))


def keep(connection: Connection, wish: Wish, *, actor: str, now: datetime) -> Silence:
    """Keep a silence that was checked; it is wanted from this moment on."""
    made = silences.put(connection, wish, key=secrets.token_hex(_KEY_BYTES), now=now)
    record(
        connection,
        f"{wish.kind}.created",
        f"{title(made)} until {_written(made.ends_at)}: {one_line(made.reason)}",
        at=now,
        actor=actor,
        data={"matchers": [one.json() for one in made.matchers], "created_by": made.created_by},
        silence_id=made.id,
    )
    return made


def cancel(connection: Connection, silence: Silence, *, actor: str, now: datetime) -> None:
    """Keep that a silence is wanted no more; once is enough."""
    if silences.cancel(connection, silence.id, by=actor, now=now):
        text = f"{title(silence)} ended before its time"
        record(connection, f"{silence.kind}.cancelled", text, at=now, actor=actor, silence_id=silence.id)


def of_alert(connection: Connection, alert_name: str, *, now: datetime) -> list[Silence]:
    """Return the silences of ours of one alert that have not ended."""
    return silences.wanted(connection, now=now, alert_name=alert_name)


def unfinished(
    connection: Connection, silence_id: int, *, now: datetime, kind: SilenceKind | None = None
) -> Silence:
    """Return a silence of ours that has not ended, of a kind if it is given; raises NotFound, Conflict."""
    found = silences.get(connection, silence_id)
    if found is None or kind not in {None, found.kind}:
        raise NotFound(f"there is no {(kind or SilenceKind.SILENCE).value} {silence_id}")
    if found.phase(now) is SilencePhase.EXPIRED:
        raise Conflict(f"{found.kind.value} {silence_id} is over")
    return found


def apply(connection: Connection, decisions: Sequence[Decision], *, now: datetime) -> None:
    """Keep what was decided about silences, before anything of it is done."""
    for decision in decisions:
        silence = decision.silence
        if decision.observed != silence.observed:
            silences.observe(connection, silence.id, decision.observed)
        for address in decision.lost_at:
            text = f"{title(silence)} was lost by Alertmanager at {address}; it is made again"
            record(connection, "silence.lost", text, at=now, silence_id=silence.id)
        if decision.ended_elsewhere and silences.cancel(connection, silence.id, by="alertmanager", now=now):
            text = f"{title(silence)} was ended in Alertmanager itself"
            record(connection, f"{silence.kind}.cancelled", text, at=now, actor=SYSTEM, silence_id=silence.id)


def title(silence: Silence) -> str:
    """Return what a silence is, in one line."""
    what = "maintenance" if silence.kind is SilenceKind.MAINTENANCE else "silence"
    return f"{what} of {silence.alert_name or one_line(rules.written(silence.matchers))}"


def one_line(text: str) -> str:
    """Return text as one line."""
    return " ".join(text.split())


def _covers_watchdog(name: str) -> str:
    return f'{name} proves that alerts arrive, so it is never silenced; add the matcher alertname!="{name}"'


def _check_length(lasts: timedelta, catalogue: Catalogue) -> None:
    longest = timedelta(seconds=catalogue.oncall.longest_silence.seconds) if catalogue.oncall else _FURTHEST
    if lasts < _SHORTEST:
        raise Invalid("a silence lasts at least a second")
    if lasts > longest:
        cap = Duration.of(longest.total_seconds())
        raise Invalid(f"a silence lasts at most {cap}; make a new one when it ends, or change the alert's rule")


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
