"""Accounts: people who log in, with argon2id passwords."""

from datetime import datetime

from sqlalchemy import Connection

from steward.oncall.domain.states import Role
from steward.oncall.errors import Conflict, NotFound
from steward.oncall.services import passwords
from steward.oncall.services.tokens import check_name, is_name
from steward.oncall.store import accounts as store
from steward.oncall.store.accounts import AccountRow
from steward.oncall.store.events import record


def matches(account: AccountRow | None, password: str) -> bool:
    """Tell whether that is the account's password; takes as long for nobody (None) as for somebody."""
    right = passwords.matches(account.password if account is not None else None, password)
    return right and account is not None and account.disabled_at is None


def add(connection: Connection, name: str, password: str, role: Role, *, actor: str, now: datetime) -> None:
    """Add an account; `password` is what `passwords.hashed` returned; raises Conflict, Invalid."""
    check_name(connection, name)
    store.add_account(connection, name, password, role, now=now)
    text = f"{actor} added the account {name} ({role})"
    record(connection, "account.added", text, at=now, actor=actor, data={"name": name, "role": role})


def listed(connection: Connection) -> list[AccountRow]:
    """Return every account, by name, also the disabled ones."""
    return store.accounts(connection)


def named(connection: Connection, name: str) -> AccountRow:
    """Return an account; raises NotFound."""
    found = store.account_named(connection, name) if is_name(name) else None
    if found is None:
        raise NotFound(f"no account is called {name[:80]!r}")
    return found


def disable(connection: Connection, name: str, *, actor: str, now: datetime) -> None:
    """Let nobody log in by that name, and end their sessions; raises NotFound, Conflict."""
    found = named(connection, name)
    if found.disabled_at is not None:
        raise Conflict(f"the account {name} is disabled already")
    store.set_disabled(connection, found.id, at=now)
    store.end_sessions_of(connection, found.id)
    text = f"{actor} disabled the account {name}"
    record(connection, "account.disabled", text, at=now, actor=actor, data={"name": name})


def enable(connection: Connection, name: str, *, actor: str, now: datetime) -> None:
    """Let them log in again; raises NotFound, Conflict."""
    found = named(connection, name)
    if found.disabled_at is None:
        raise Conflict(f"the account {name} is not disabled")
    store.set_disabled(connection, found.id, at=None)
    text = f"{actor} enabled the account {name}"
    record(connection, "account.enabled", text, at=now, actor=actor, data={"name": name})


def change_password(connection: Connection, name: str, password: str, *, actor: str, now: datetime) -> None:
    """Replace a password by what `passwords.hashed` returned, and end the account's sessions; raises NotFound."""
    found = named(connection, name)
    store.set_password(connection, found.id, password)
    store.end_sessions_of(connection, found.id)
    text = f"{actor} changed the password of {name}"
    record(connection, "account.password_changed", text, at=now, actor=actor, data={"name": name})


def change_role(connection: Connection, name: str, role: Role, *, actor: str, now: datetime) -> None:
    """Change what an account may do, at once; raises NotFound."""
    found = named(connection, name)
    store.set_role(connection, found.id, role)
    text = f"{actor} made {name} a {role}"
    data = {"name": name, "from": found.role, "to": role}
    record(connection, "account.role_changed", text, at=now, actor=actor, data=data)
