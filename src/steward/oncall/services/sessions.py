"""Sessions: a log-in that lasts twelve hours, in a cookie whose digest alone is kept."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.oncall.domain.states import Role
from steward.oncall.services.tokens import digest
from steward.oncall.store import accounts as store
from steward.oncall.store.accounts import AccountRow
from steward.oncall.store.events import record

LASTS = timedelta(hours=12)

_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in."""

    account: str
    role: Role
    csrf: str = field(repr=False)
    """What a form of ours must carry."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun."""

    cookie: str = field(repr=False)
    """256 random bits; nobody can tell them from what is kept."""
    expires_at: datetime


def begin(connection: Connection, account: AccountRow, *, replaces: str, peer: str, now: datetime) -> NewSession:
    """Begin a session, and end the one whose cookie the browser had before (`replaces`, empty for none)."""
    store.end_expired_sessions(connection, now=now)
    if replaces:
        store.end_session(connection, digest(replaces))
    cookie, expires_at = secrets.token_urlsafe(_BYTES), now + LASTS
    csrf = secrets.token_urlsafe(_BYTES)
    store.add_session(connection, digest(cookie), account.id, csrf, now=now, expires_at=expires_at)
    text = f"{account.name} logged in"
    record(connection, "session.began", text, at=now, actor=account.name, data={"peer": peer})
    return NewSession(cookie, expires_at)


def find(connection: Connection, cookie: str, *, now: datetime) -> Session | None:
    """Return the session of a cookie, while it lasts and its account is not disabled."""
    row = store.session_by_digest(connection, digest(cookie), now=now)
    return None if row is None else Session(row.account, row.role, row.csrf)


def end(connection: Connection, cookie: str, *, actor: str, now: datetime) -> None:
    """End the session of a cookie."""
    store.end_session(connection, digest(cookie))
    record(connection, "session.ended", f"{actor} logged out", at=now, actor=actor)
