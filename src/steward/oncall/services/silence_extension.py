"""Letting a silence last longer: a new one takes over from now on, then the old one ends, so none is missed."""

from datetime import datetime, timedelta

from steward.model import Catalogue
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.domain.observed import SilencePhase
from steward.oncall.domain.silencing import Silence, Wish
from steward.oncall.errors import Conflict
from steward.oncall.services import silence_requests
from steward.oncall.store.database import Store


def extend(
    store: Store,
    alertmanagers: Alertmanagers,
    found: Silence,
    by: timedelta,
    *,
    actor: str,
    now: datetime,
    catalogue: Catalogue,
) -> Silence:
    """Return the silence that takes over and ends so much later; raises Invalid, Conflict, StoreUnavailable.

    Alertmanager keeps the old one as expired, so what was agreed before stays to be seen there.
    """
    if found.phase(now) is SilencePhase.EXPIRED:
        raise Conflict(f"{found.kind.value} {found.id} is over; make a new one")
    wish = Wish(
        found.kind,
        found.matchers,
        max(found.starts_at, now),
        found.ends_at + by,
        found.reason,
        actor,
        found.alert_name,
    )
    made = silence_requests.make(store, alertmanagers, wish, actor=actor, now=now, catalogue=catalogue)
    silence_requests.end(store, alertmanagers, [found], actor=actor, now=now)
    return made.silence
