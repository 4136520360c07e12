"""Comparing what is kept with what Alertmanagers hold, because webhooks alone do not tell everything.

An alert that fires and ends while a receiver is down, or that is silenced while it fires, is never told of again:
absence of news is not resolution, so the alerts themselves are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.domain.incoming import Change, IncomingAlert
from steward.oncall.domain.observed import Observed
from steward.oncall.domain.silencing import Decision, decide
from steward.oncall.failpoints import IN_RECONCILIATION, failpoint
from steward.oncall.services import silences as silencing
from steward.oncall.services.alerts import gone, take_in
from steward.oncall.services.intake import SOURCE
from steward.oncall.store import alerts, silences
from steward.oncall.store.standing import Held, standing


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before an Alertmanager's word counts."""

    before_new: timedelta = timedelta(seconds=30)
    """An alert so young is left to the webhook: grouping and inhibition come first."""
    after_start: timedelta = timedelta(minutes=3)
    """An Alertmanager that runs so short has not yet been told all by Prometheus, which tells every minute."""
    after_end: timedelta = timedelta(minutes=5)
    """A peer may list an alert for so long after another told of its end."""


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison found."""

    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...]
    """About silences: what is to be written to Alertmanagers, once this is committed."""


def reconcile(
    connection: Connection,
    observed: Observed,
    *,
    now: datetime,
    catalogue: Catalogue,
    patience: Patience = PATIENCE,
) -> Reconciled:
    """Take in what Alertmanagers hold, resolve what they hold no more, and decide about silences."""
    told = _told(observed)
    held = standing(connection, SOURCE)
    ours = silences.unfinished(connection, now=now)
    decisions = decide(ours, observed, now)
    unsure = any(one.lost_at for one in decisions) or any(one.created_at >= observed.asked_at for one in ours)
    news = [
        *_changed(told, held, unsure=unsure),
        *_new(connection, told, held, observed, patience),
    ]
    changes = take_in(connection, news, source=SOURCE, now=now, catalogue=catalogue)
    failpoint(IN_RECONCILIATION)
    if _absence_counts(observed, patience):
        over = _absent(connection, told, held, observed)
        changes += take_in(connection, over, source=SOURCE, now=now, catalogue=catalogue)
    silencing.apply(connection, decisions, now=now)
    return Reconciled(tuple(changes), tuple(decisions))


def _told(observed: Observed) -> dict[str, IncomingAlert]:
    """Return the alerts by fingerprint; one is silenced where every Alertmanager that holds it says so."""
    found: dict[str, IncomingAlert] = {}
    for one in (one for answer in observed.answers for one in answer.alerts):
        other = found.get(one.fingerprint)
        if other is None or (other.silenced and not one.silenced):
            found[one.fingerprint] = one
    return found


def _changed(told: Mapping[str, IncomingAlert], held: Mapping[str, Held], *, unsure: bool) -> list[IncomingAlert]:
    """Return the alerts that are silenced now and were not, or the other way round.

    While it is `unsure` which silences hold, because one was lost or was made since Alertmanager was asked,
    nothing is unsilenced: nobody is paged for that, and the next comparison knows.
    """
    return [
        one
        for fingerprint, one in told.items()
        if fingerprint in held
        and held[fingerprint].silenced != bool(one.silenced)
        and (one.silenced or not unsure)
    ]


def _new(
    connection: Connection,
    told: Mapping[str, IncomingAlert],
    held: Mapping[str, Held],
    observed: Observed,
    patience: Patience,
) -> list[IncomingAlert]:
    """Return the alerts of which no webhook told, and which are no echo of what is over."""
    settled = observed.asked_at - patience.before_new
    strangers = [one for key, one in told.items() if key not in held and one.starts_at <= settled]
    ended = _ended(connection, strangers)
    recently = observed.asked_at - patience.after_end
    return [
        one
        for one in strangers
        if (end := ended.get(one.fingerprint)) is None or end < max(recently, one.starts_at)
    ]


def _ended(connection: Connection, strangers: Sequence[IncomingAlert]) -> dict[str, datetime]:
    ended: dict[str, datetime] = {}
    for batch in _batches([one.fingerprint for one in strangers]):
        ended |= alerts.last_resolved(connection, SOURCE, batch)
    return ended


def _absence_counts(observed: Observed, patience: Patience) -> bool:
    settled = observed.asked_at - patience.after_start
    return observed.complete and all(answer.running_since <= settled for answer in observed.answers)


def _absent(
    connection: Connection, told: Mapping[str, IncomingAlert], held: Mapping[str, Held], observed: Observed
) -> list[IncomingAlert]:
    """Return the ends of alerts that are listed no more, without those of which there was news meanwhile."""
    missing = [key for key, one in held.items() if key not in told and one.last_seen < observed.asked_at]
    return [
        gone(row, at=observed.asked_at)
        for batch in _batches(missing)
        for row in alerts.firing_among(connection, SOURCE, batch).values()
        if row.last_seen < observed.asked_at  # still, now that it is locked
    ]


def _batches(fingerprints: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(fingerprints), alerts.MANY):
        yield fingerprints[start : start + alerts.MANY]
