"""API tokens: 256 random bits that are shown once; what is kept is their SHA-256.

A slow hash would gain nothing: nobody can guess 256 bits, however fast they try.
"""

import hashlib
import re
import secrets
from datetime import datetime

from sqlalchemy import Connection

from steward.oncall.domain.states import Role
from steward.oncall.errors import Conflict, Invalid, NotFound
from steward.oncall.store import accounts as store
from steward.oncall.store.accounts import TokenRow
from steward.oncall.store.events import SYSTEM, record

PREFIX = "oncall_"
"""So that scanners for leaked secrets can find one."""

_BYTES = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_RESERVED = frozenset({SYSTEM, "local", "slack", "alertmanager"})


def digest(secret: str) -> str:
    """Return what is kept of a token or a cookie."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def issue(
    connection: Connection,
    name: str,
    role: Role,
    *,
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """Make a token and return it, the only time that anybody sees it; raises Conflict, Invalid."""
    if expires_at is not None and expires_at <= now:
        raise Invalid("the token would have expired already; give an end in the future")
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    keep(connection, name, token, role, actor=actor, now=now, expires_at=expires_at)
    return token


def keep(
    connection: Connection,
    name: str,
    token: str,
    role: Role,
    *,
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Let a token that was made elsewhere count; raises Conflict, Invalid."""
    check_name(connection, name)
    store.add_token(connection, name, digest(token), role, created_by=actor, expires_at=expires_at, now=now)
    data = {"name": name, "role": role, "expires_at": expires_at.isoformat() if expires_at else None}
    record(connection, "token.issued", f"{actor} issued the token {name} ({role})", at=now, actor=actor, data=data)


def revoke(connection: Connection, name: str, *, actor: str, now: datetime) -> None:
    """Make a token useless at once; raises NotFound, Conflict."""
    found = store.token_named(connection, name) if is_name(name) else None
    if found is None:
        raise NotFound(f"no token is called {name[:80]!r}")
    if found.revoked_at is not None:
        raise Conflict(f"the token {name} was revoked before")
    store.revoke_token(connection, found.id, now=now)
    text = f"{actor} revoked the token {name}"
    record(connection, "token.revoked", text, at=now, actor=actor, data={"name": name})


def find(connection: Connection, token: str, *, now: datetime) -> TokenRow | None:
    """Return whose token that is, if it may be used now."""
    return store.token_by_digest(connection, digest(token), now=now)


def listed(connection: Connection) -> list[TokenRow]:
    """Return every token, by name, also the revoked ones."""
    return store.tokens(connection)


def is_name(name: str) -> bool:
    """Tell whether an account or a token could be called so; what could not need not be looked for."""
    return bool(_NAME.fullmatch(name))


def check_name(connection: Connection, name: str) -> None:
    """Raise Invalid or Conflict for a name under which nobody new may appear in the audit."""
    if not is_name(name):
        raise Invalid(f"the name {name[:80]!r}: write 1 to 64 of a-z, 0-9, dot, dash, underscore and @")
    if name in _RESERVED:
        raise Invalid(f"the name {name!r} stands for the service itself; choose another")
    if store.account_named(connection, name) or store.token_named(connection, name):
        raise Conflict(f"an account or a token is called {name!r} already; choose another name")
