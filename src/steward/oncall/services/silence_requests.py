"""What people ask for: to silence, to end a silence, to see the silences; each over several short transactions.

A request succeeds when it is kept here. An Alertmanager that does not answer is told later; the answer says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import ObservedSilence, SilencePhase
from steward.oncall.domain.silencing import Command, Create, Silence, Wish
from steward.oncall.errors import Conflict, Invalid, NotFound, Unavailable
from steward.oncall.services import silences as silencing
from steward.oncall.services.alerts import take_in
from steward.oncall.services.intake import SOURCE
from steward.oncall.services.write_through import Outcome, carry_out, endings, note
from steward.oncall.store import silences
from steward.oncall.store.database import Store, StoreUnavailable
from steward.oncall.store.events import SYSTEM
from steward.oncall.store.standing import standing
from steward.promql.matching import alternatives


@dataclass(frozen=True, slots=True)
class Made:
    """A silence that is kept."""

    silence: Silence
    covers: tuple[IncomingAlert, ...] | None
    """The alerts that fire and that it keeps quiet; None while no Alertmanager can say."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A silence that somebody made in Alertmanager itself."""

    silence: ObservedSilence
    addresses: tuple[str, ...]
    """Which Alertmanagers have it."""


@dataclass(frozen=True, slots=True)
class Others:
    """All that were made elsewhere and have not ended."""

    silences: tuple[Foreign, ...]
    failures: Mapping[str, str]
    """Address -> why it could not say."""


def make(
    store: Store, alertmanagers: Alertmanagers, wish: Wish, *, actor: str, now: datetime, catalogue: Catalogue
) -> Made:
    """Silence; raises Invalid, StoreUnavailable, and then nothing is silenced."""
    silencing.check(wish, now=now, catalogue=catalogue)
    covers = _covered(alertmanagers, wish.matchers)
    silencing.check_covered(covers or (), catalogue=catalogue)
    with store.write() as connection:
        kept = silencing.keep(connection, wish, actor=actor, now=now)
    creations = [Create(address, kept) for address in alertmanagers.addresses]
    outcomes = carry_out(alertmanagers, creations, now=now)
    if outcomes and all(one.refused for one in outcomes):
        with store.write() as connection:
            silencing.cancel(connection, kept, actor=SYSTEM, now=now)
        raise Invalid(outcomes[0].seen.problem)
    made = _with(kept, outcomes)
    # What is not noted now is seen by the next reconciliation.
    with suppress(StoreUnavailable), store.write() as connection:
        note(connection, outcomes)
        if all(seen.phase is SilencePhase.ACTIVE for seen in made.observed.values()):
            _quieten(connection, covers or (), now=now, catalogue=catalogue)
    return Made(made, covers)


def end(
    store: Store, alertmanagers: Alertmanagers, found: Sequence[Silence], *, actor: str, now: datetime
) -> list[Silence]:
    """End silences of ours before their time, and return them as they are now; raises StoreUnavailable."""
    with store.write() as connection:
        for one in found:
            silencing.cancel(connection, one, actor=actor, now=now)
    commands: list[Command] = [command for one in found for command in endings(one)]
    outcomes = carry_out(alertmanagers, commands, now=now)
    with suppress(StoreUnavailable), store.write() as connection:
        note(connection, outcomes)
    return [_with(replace(one, wanted=False, cancelled_at=now, cancelled_by=actor), outcomes) for one in found]


def end_of_alert(
    store: Store, alertmanagers: Alertmanagers, alert_name: str, *, actor: str, now: datetime
) -> tuple[list[Silence], tuple[Foreign, ...]]:
    """End what silences an alert; return it, and what was made elsewhere and stays. Raises NotFound, Conflict.

    Conflict where there are only silences that were made elsewhere: whoever made them ends them there.
    """
    with store.read() as connection:
        found = silencing.of_alert(connection, alert_name, now=now)
    foreign = tuple(
        one for one in others(store, alertmanagers).silences if _names(one.silence.matchers, alert_name)
    )
    if found:
        return end(store, alertmanagers, found, actor=actor, now=now), foreign
    if not foreign:
        raise NotFound(f"nothing silences {alert_name!r:.100}")
    ids = ", ".join(f"{one.silence.id} by {one.silence.created_by}" for one in foreign)
    raise Conflict(f"{alert_name} is silenced only by what was made in Alertmanager itself: end it there; {ids}")


def others(store: Store, alertmanagers: Alertmanagers) -> Others:
    """Return the silences that were not made here; raises StoreUnavailable."""
    by_address, failures = alertmanagers.silences()
    living = [
        (address, one)
        for address, several in by_address.items()
        for one in several
        if one.phase is not SilencePhase.EXPIRED
    ]
    with store.read() as connection:
        ours = silences.known(connection, {one.key for _, one in living if one.key})
    addresses: dict[str, list[str]] = {}
    found = {one.id: one for _, one in living if one.key not in ours}
    for address, one in living:
        addresses.setdefault(one.id, []).append(address)
    return Others(tuple(Foreign(one, tuple(addresses[one.id])) for one in found.values()), failures)


def _covered(alertmanagers: Alertmanagers, matchers: Iterable[Matcher]) -> tuple[IncomingAlert, ...] | None:
    try:
        return alertmanagers.alerts(matchers)
    except Unavailable:
        return None


def _quieten(
    connection: Connection, covered: Iterable[IncomingAlert], *, now: datetime, catalogue: Catalogue
) -> None:
    """Hold the escalation of what a silence covers at once, without waiting for the next reconciliation."""
    held = standing(connection, SOURCE)
    quiet = [replace(one, silenced=True) for one in covered if one.fingerprint in held]
    take_in(connection, quiet, source=SOURCE, now=now, catalogue=catalogue)


def _with(silence: Silence, outcomes: Iterable[Outcome]) -> Silence:
    news = {one.command.address: one.seen for one in outcomes if one.silence.id == silence.id}
    return replace(silence, observed={**silence.observed, **news})


def _names(matchers: Iterable[Matcher], alert_name: str) -> bool:
    """Tell whether matchers name an alert, as text or among the alternatives of a simple pattern."""
    return any(
        one.name == "alertname"
        and one.is_equal
        and alert_name in (alternatives(one.value) if one.is_regex else (one.value,))
        for one in matchers
    )
