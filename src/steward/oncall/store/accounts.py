"""Accounts, API tokens, sessions and failed log-ins, as they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from steward.oncall.domain.states import Role
from steward.oncall.errors import Conflict
from steward.oncall.store.tables import account, failed_login, session, token


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Somebody who logs in."""

    id: int
    name: str
    password: str = field(repr=False)
    """An argon2id hash."""
    role: Role
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API token, without the token."""

    id: int
    name: str
    role: Role
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A log-in that lasts, and whose it is."""

    account: str
    role: Role
    csrf: str = field(repr=False)
    expires_at: datetime


_TOKEN = (
    token.c.id,
    token.c.name,
    token.c.role,
    token.c.created_by,
    token.c.created_at,
    token.c.expires_at,
    token.c.revoked_at,
)


def accounts(connection: Connection) -> list[AccountRow]:
    """Return every account, by name."""
    return [_account(row) for row in connection.execute(select(account).order_by(account.c.name))]


def account_named(connection: Connection, name: str) -> AccountRow | None:
    """Return an account, also a disabled one."""
    row = connection.execute(select(account).where(account.c.name == name)).one_or_none()
    return None if row is None else _account(row)


def add_account(connection: Connection, name: str, password: str, role: Role, *, now: datetime) -> None:
    """Insert an account; `password` is its hash; raises Conflict where its name is taken."""
    row = {"name": name, "password": password, "role": role, "created_at": now}
    _insert_new(connection, insert(account).values(**row))


def set_password(connection: Connection, account_id: int, password: str) -> None:
    """Replace the hash of an account."""
    connection.execute(update(account).where(account.c.id == account_id).values(password=password))


def set_role(connection: Connection, account_id: int, role: Role) -> None:
    """Change what an account may do."""
    connection.execute(update(account).where(account.c.id == account_id).values(role=role))


def set_disabled(connection: Connection, account_id: int, *, at: datetime | None) -> None:
    """Disable an account, or with None enable it again."""
    connection.execute(update(account).where(account.c.id == account_id).values(disabled_at=at))


def tokens(connection: Connection) -> list[TokenRow]:
    """Return every token, by name, also the revoked ones."""
    return [_token(row) for row in connection.execute(select(*_TOKEN).order_by(token.c.name))]


def token_named(connection: Connection, name: str) -> TokenRow | None:
    """Return a token, also a revoked one."""
    row = connection.execute(select(*_TOKEN).where(token.c.name == name)).one_or_none()
    return None if row is None else _token(row)


def token_by_digest(connection: Connection, digest: str, *, now: datetime) -> TokenRow | None:
    """Return the token that may be used now."""
    usable = token.c.revoked_at.is_(None) & (token.c.expires_at.is_(None) | (token.c.expires_at > now))
    row = connection.execute(select(*_TOKEN).where(token.c.digest == digest, usable)).one_or_none()
    return None if row is None else _token(row)


def add_token(
    connection: Connection,
    name: str,
    digest: str,
    role: Role,
    *,
    created_by: str,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    """Insert a token by its digest; raises Conflict where its name or the token itself is taken."""
    row = {"name": name, "digest": digest, "role": role, "created_by": created_by}
    _insert_new(connection, insert(token).values(**row, created_at=now, expires_at=expires_at))


def revoke_token(connection: Connection, token_id: int, *, now: datetime) -> None:
    """Make a token useless."""
    connection.execute(update(token).where(token.c.id == token_id).values(revoked_at=now))


def session_by_digest(connection: Connection, digest: str, *, now: datetime) -> SessionRow | None:
    """Return a session that lasts still, of an account that is not disabled."""
    row = connection.execute(
        select(account.c.name, account.c.role, session.c.csrf, session.c.expires_at)
        .join(account, account.c.id == session.c.account_id)
        .where(session.c.digest == digest, session.c.expires_at > now, account.c.disabled_at.is_(None))
    ).one_or_none()
    return None if row is None else SessionRow(row.name, Role(row.role), row.csrf, row.expires_at)


def add_session(
    connection: Connection, digest: str, account_id: int, csrf: str, *, now: datetime, expires_at: datetime
) -> None:
    """Insert a session by its digest."""
    row = {"digest": digest, "account_id": account_id, "csrf": csrf}
    connection.execute(insert(session).values(**row, created_at=now, expires_at=expires_at))


def end_session(connection: Connection, digest: str) -> None:
    """Forget a session."""
    connection.execute(delete(session).where(session.c.digest == digest))


def end_sessions_of(connection: Connection, account_id: int) -> None:
    """Forget every session of an account."""
    connection.execute(delete(session).where(session.c.account_id == account_id))


def end_expired_sessions(connection: Connection, *, now: datetime) -> None:
    """Forget the sessions that are over."""
    connection.execute(delete(session).where(session.c.expires_at <= now))


def take_turn(connection: Connection, subject: str) -> None:
    """Wait until nobody else counts the failures of `subject`; others wait until this transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"failed_login {subject}"))))


def failed_logins(connection: Connection, subject: str, *, since: datetime) -> tuple[int, datetime | None]:
    """Return how often `subject` failed since then, and when for the first time."""
    row = connection.execute(
        select(func.count(), func.min(failed_login.c.at)).where(
            failed_login.c.subject == subject, failed_login.c.at > since
        )
    ).one()
    return row[0], row[1]


def add_failed_logins(connection: Connection, subjects: Sequence[str], *, now: datetime) -> None:
    """Note one failure of each of `subjects`."""
    connection.execute(insert(failed_login), [{"subject": subject, "at": now} for subject in subjects])


def forget_failed_logins(connection: Connection, subjects: Sequence[str], *, before: datetime) -> None:
    """Forget the failures of `subjects`, and everyone's from before that time."""
    gone = failed_login.c.subject.in_(subjects) | (failed_login.c.at <= before)
    connection.execute(delete(failed_login).where(gone))


def anybody(connection: Connection, *, now: datetime) -> bool:
    """Tell whether there is an account or a token that can be used."""
    enabled = connection.execute(select(account.c.id).where(account.c.disabled_at.is_(None)).limit(1)).first()
    usable = token.c.revoked_at.is_(None) & (token.c.expires_at.is_(None) | (token.c.expires_at > now))
    return enabled is not None or connection.execute(select(token.c.id).where(usable).limit(1)).first() is not None


def _insert_new(connection: Connection, statement: Insert) -> None:
    """Insert what another replica may insert at the same moment."""
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except IntegrityError:
        raise Conflict("an account or a token is called so already; choose another name") from None


def _account(row: Row[*tuple[Any, ...]]) -> AccountRow:
    return AccountRow(row.id, row.name, row.password, Role(row.role), row.created_at, row.disabled_at)


def _token(row: Row[*tuple[Any, ...]]) -> TokenRow:
    return TokenRow(
        row.id, row.name, Role(row.role), row.created_by, row.created_at, row.expires_at, row.revoked_at
    )
