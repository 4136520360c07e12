"""Alerts in: what each one changes, written with its event and its page in the caller's transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from steward.model import Catalogue, Severity
from steward.oncall.domain.incoming import Change, ChangeKind, IncomingAlert
from steward.oncall.domain.states import ResponseState, SourceState
from steward.oncall.services import paging
from steward.oncall.store import alerts, events
from steward.oncall.store.alerts import AlertRow

_SEVERITIES = frozenset(severity.value for severity in Severity)
_NAME_SHOWN = 200
_SAID = {
    ChangeKind.FIRED: "fires",
    ChangeKind.RESOLVED: "is resolved",
    ChangeKind.SILENCED: "is silenced",
    ChangeKind.UNSILENCED: "is silenced no more",
}


def take_in(
    connection: Connection,
    incoming: Sequence[IncomingAlert],
    *,
    source: str,
    now: datetime,
    catalogue: Catalogue,
) -> list[Change]:
    """Keep what came and let pages follow it; return what changed.

    An alert that is already kept as it came changes nothing: it may come by several routes, from both peers of a
    pair, and again and again. The alert that always fires is left out; it is a heartbeat.
    """
    alerts.take_turn(connection)
    changes: list[Change] = []
    for batch in _batches(incoming, catalogue):
        changes += _Batch(connection, source, now, catalogue).take_in(batch)
    if changes:
        paging.follow(connection, changes, now=now, catalogue=catalogue)
    return changes


def always_fires(alert: IncomingAlert, catalogue: Catalogue) -> bool:
    """Return whether it is the alert whose absence is paged."""
    return catalogue.oncall is not None and alert.name == catalogue.oncall.watchdog


def gone(row: AlertRow, *, at: datetime) -> IncomingAlert:
    """Return the news that an alert is over which its source does not list any more."""
    return IncomingAlert(
        fingerprint=row.fingerprint,
        name=row.name,
        labels=row.labels,
        annotations=row.annotations,
        starts_at=row.starts_at,
        firing=False,
        ends_at=at,
        generator_url=row.generator_url,
        group_key=row.group_key,
    )


def _batches(incoming: Sequence[IncomingAlert], catalogue: Catalogue) -> Iterator[list[IncomingAlert]]:
    # Of an alert that is there twice the last word counts.
    latest = {one.fingerprint: one for one in incoming if not always_fires(one, catalogue)}
    waiting = iter(latest.values())
    while batch := list(islice(waiting, alerts.MANY)):
        yield batch


@dataclass(slots=True)
class _Batch:
    """As many alerts as one statement can write."""

    connection: Connection
    source: str
    now: datetime
    catalogue: Catalogue
    changes: list[Change] = field(default_factory=list)

    def take_in(self, incoming: Sequence[IncomingAlert]) -> list[Change]:
        kept = alerts.firing_among(self.connection, self.source, (one.fingerprint for one in incoming))
        self._fire([one for one in incoming if one.firing and one.fingerprint not in kept])
        self._repeat([(kept[one.fingerprint], one) for one in incoming if one.firing and one.fingerprint in kept])
        self._resolve(
            [(kept[one.fingerprint], one) for one in incoming if not one.firing and one.fingerprint in kept]
        )
        missed = self._miss([one for one in incoming if not one.firing and one.fingerprint not in kept])
        events.record_all(self.connection, [*missed, *map(self._event, self.changes)])
        return self.changes

    def _fire(self, new: Sequence[IncomingAlert]) -> None:
        ids = alerts.add_firing(self.connection, [self._row(one) for one in new])
        for one in new:
            if one.fingerprint in ids:
                self._changed(ChangeKind.FIRED, ids[one.fingerprint], one)

    def _repeat(self, again: Sequence[tuple[AlertRow, IncomingAlert]]) -> None:
        alerts.seen(self.connection, [row.id for row, _ in again], self.now)
        alerts.change(self.connection, [_renewed(row, one) for row, one in again if _differs(row, one)])
        for row, one in again:
            if one.silenced is not None and one.silenced != row.silenced:
                kind = ChangeKind.SILENCED if one.silenced else ChangeKind.UNSILENCED
                self.changes.append(Change(kind, row.id, one, row.severity, row.team))

    def _resolve(self, over: Sequence[tuple[AlertRow, IncomingAlert]]) -> None:
        # A peer may be late with the end of an earlier time.
        ended = [(row, one) for row, one in over if one.ends_at is None or one.ends_at >= row.starts_at]
        alerts.resolve(self.connection, [(row.id, self._end(one)) for row, one in ended], self.now)
        self.changes += [Change(ChangeKind.RESOLVED, row.id, one, row.severity, row.team) for row, one in ended]

    def _miss(self, over: Sequence[IncomingAlert]) -> list[dict[str, Any]]:
        """Keep, for the history, alerts that fired and ended unheard; return their events."""
        if not over:
            return []
        known = alerts.last_resolved(self.connection, self.source, (one.fingerprint for one in over))
        missed = [one for one in over if one.fingerprint not in known or known[one.fingerprint] < one.starts_at]
        ids = alerts.add_resolved(self.connection, [self._row(one) for one in missed])
        return [
            events.row("alert.missed", f"{_shown(one)} fired and ended unheard", at=self.now, alert_id=alert_id)
            for one, alert_id in zip(missed, ids, strict=True)
        ]

    def _changed(self, kind: ChangeKind, alert_id: int, one: IncomingAlert) -> None:
        self.changes.append(Change(kind, alert_id, one, self._severity(one), self._team(one)))

    def _event(self, change: Change) -> dict[str, Any]:
        text = f"{_shown(change.alert)} {_SAID[change.kind]}"
        return events.row(f"alert.{change.kind}", text, at=self.now, alert_id=change.alert_id)

    def _row(self, one: IncomingAlert) -> dict[str, Any]:
        return {
            "source": self.source,
            "fingerprint": one.fingerprint,
            "name": one.name,
            "severity": self._severity(one),
            "team": self._team(one),
            "labels": dict(one.labels),
            "annotations": dict(one.annotations),
            "generator_url": one.generator_url,
            "group_key": one.group_key,
            "starts_at": one.starts_at,
            "source_state": SourceState.FIRING if one.firing else SourceState.RESOLVED,
            "response_state": ResponseState.OPEN if one.firing else ResponseState.CLOSED,
            "silenced": bool(one.silenced),
            "first_seen": self.now,
            "last_seen": self.now,
            "resolved_at": None if one.firing else self._end(one),
        }

    def _end(self, one: IncomingAlert) -> datetime:
        """Return when the alert ended, as far as its source can be believed."""
        return one.ends_at if one.ends_at is not None and one.starts_at <= one.ends_at <= self.now else self.now

    def _severity(self, one: IncomingAlert) -> str:
        label = one.labels.get("severity", "")
        return label if label in _SEVERITIES else Severity.WARNING.value

    def _team(self, one: IncomingAlert) -> str:
        names = [team.name for team in self.catalogue.teams]
        label = one.labels.get("team", "")
        return label if label in names else next(iter(names), "")


def _differs(row: AlertRow, one: IncomingAlert) -> bool:
    return (
        row.annotations != one.annotations
        or (one.silenced is not None and row.silenced != one.silenced)
        or (one.generator_url != "" and row.generator_url != one.generator_url)
        or (one.group_key != "" and row.group_key != one.group_key)
    )


def _renewed(row: AlertRow, one: IncomingAlert) -> dict[str, Any]:
    return {
        "of": row.id,
        "annotations": dict(one.annotations),
        "generator_url": one.generator_url or row.generator_url,
        "group_key": one.group_key or row.group_key,
        "silenced": row.silenced if one.silenced is None else one.silenced,
    }


def _shown(one: IncomingAlert) -> str:
    """Return the alert's name as one line: it is not to be trusted."""
    return " ".join(one.name.split())[:_NAME_SHOWN]
