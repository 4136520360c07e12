"""The first one who may ask: without anybody, a service that others can reach does not start."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection

from steward.oncall.domain.states import Role
from steward.oncall.errors import Conflict, Invalid
from steward.oncall.services import accounts, passwords, tokens
from steward.oncall.settings import ADMIN_PASSWORD, ADMIN_TOKEN, OnCallSettings
from steward.oncall.store import accounts as rows
from steward.oncall.store.database import Store
from steward.oncall.store.events import SYSTEM
from steward.program.settings import Setting, SettingsError

ACCOUNT = "admin"
TOKEN = "first-admin"  # noqa: S105 - its name

_SHORTEST_TOKEN = 32


def prepare(store: Store, settings: OnCallSettings, *, now: datetime) -> None:
    """Add the first account and token that the settings give, where their names are free.

    Raises SettingsError for a secret that is too short, and where others can reach the service and nobody could
    ever be recognised. Once added, both are changed like all others, not by the settings.
    """
    password = None if settings.admin_password is None else _hashed(settings.admin_password)
    if password is not None:
        with store.write() as connection, suppress(Conflict):
            accounts.add(connection, ACCOUNT, password, Role.ADMIN, actor=SYSTEM, now=now)
    if settings.admin_token is not None:
        with store.write() as connection, suppress(Conflict):
            _keep(connection, settings.admin_token, now=now)
    with store.read() as connection:
        somebody = rows.anybody(connection, now=now)
    if not somebody and not settings.listen.loopback:
        raise SettingsError(
            f"STEWARD_ONCALL_HOST={settings.listen.host!r} can be reached by others, and there is no account "
            f"and no token by which anybody could be recognised; set {ADMIN_PASSWORD.variable} or "
            f"{ADMIN_TOKEN.variable}, or run `steward account add`"
        )


def _hashed(password: str) -> str:
    try:
        return passwords.hashed(password)
    except Invalid as error:
        raise _unusable(ADMIN_PASSWORD, str(error)) from None


def _keep(connection: Connection, token: str, *, now: datetime) -> None:
    if len(token) < _SHORTEST_TOKEN:
        raise _unusable(ADMIN_TOKEN, f"the token has {len(token)} characters; use {_SHORTEST_TOKEN} random ones")
    tokens.keep(connection, TOKEN, token, Role.ADMIN, actor=SYSTEM, now=now)


def _unusable(setting: Setting[str | None], why: str) -> SettingsError:
    return SettingsError(f"{setting.variable}: {why}")
