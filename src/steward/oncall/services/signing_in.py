"""Logging in: throttled, the password checked outside of any transaction, then a session."""

import threading
from datetime import datetime

from steward.oncall.errors import Unavailable
from steward.oncall.services import accounts, sessions, throttle
from steward.oncall.services.sessions import NewSession
from steward.oncall.services.tokens import is_name
from steward.oncall.store import accounts as rows
from steward.oncall.store.database import Store
from steward.oncall.store.events import record

_ADMITTED = threading.BoundedSemaphore(4)
"""Whoever waits for a password's hash holds a thread that webhooks need as well, so few may wait."""


def sign_in(
    store: Store, name: str, password: str, *, replaces: str, peer: str, now: datetime
) -> NewSession | None:
    """Return a new session, or None for a wrong name or password, which nobody can tell apart.

    `replaces` is the cookie that the browser had before. Raises Throttled, and Unavailable when too many log in at
    the same moment.
    """
    with store.write() as connection:
        throttle.attempt(connection, name, peer, now=now)
        account = rows.account_named(connection, name) if is_name(name) else None
    if not _matches(account, password):
        with store.write() as connection:
            actor = account.name if account is not None else "nobody"
            text = f"somebody failed to log in as {actor}" if account else "somebody failed to log in"
            record(connection, "session.refused", text, at=now, actor=actor, data={"peer": peer})
        return None
    assert account is not None  # noqa: S101 - nobody has no password
    with store.write() as connection:
        throttle.succeeded(connection, name, peer, now=now)
        return sessions.begin(connection, account, replaces=replaces, peer=peer, now=now)


def _matches(account: rows.AccountRow | None, password: str) -> bool:
    if not _ADMITTED.acquire(blocking=False):
        raise Unavailable("too many people log in at this moment; try again in a second")
    try:
        return accounts.matches(account, password)
    finally:
        _ADMITTED.release()
