"""A webhook in: read, kept and followed in one transaction, so that a 200 means that nothing of it can be lost."""

from dataclasses import dataclass
from datetime import datetime

from steward.model import Catalogue
from steward.oncall.domain import webhook
from steward.oncall.failpoints import AFTER_COMMIT, AFTER_RECEIVE, IN_TRANSACTION, failpoint
from steward.oncall.services import watchdog
from steward.oncall.services.alerts import always_fires, take_in
from steward.oncall.store import inbox
from steward.oncall.store.database import Store

SOURCE = "alertmanager"
"""Whom alerts are from, whichever of its peers says so and by whichever way."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a webhook."""

    alerts: int
    """So many were in it."""
    changes: int
    """So many of them said something new."""


def receive(store: Store, body: bytes, *, now: datetime, catalogue: Catalogue) -> Receipt:
    """Keep a webhook of Alertmanager's and all that follows from it; when this returns, it is committed.

    Raises Invalid for a body that is none, StoreUnavailable; then nothing of it is kept.
    """
    incoming = webhook.parse(body)
    failpoint(AFTER_RECEIVE)
    with store.write() as connection:
        inbox.keep(connection, body, source=SOURCE, now=now)
        changes = take_in(connection, incoming, source=SOURCE, now=now, catalogue=catalogue)
        if any(one.firing and always_fires(one, catalogue) for one in incoming):
            watchdog.heard(connection, now=now, catalogue=catalogue)
        failpoint(IN_TRANSACTION)
    failpoint(AFTER_COMMIT)
    return Receipt(len(incoming), len(changes))
