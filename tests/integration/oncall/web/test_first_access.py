"""A service that others can reach does not start before somebody can be recognised."""

import subprocess
import sys
from pathlib import Path

import pytest

from steward.oncall.domain.states import Role
from steward.oncall.services import accounts, passwords, tokens
from steward.oncall.services.first_access import prepare
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.database import Store
from steward.program.settings import Address, SettingsError
from steward.testing.oncall import MovableClock
from steward.testing.ports import free_port

pytestmark = pytest.mark.slow

EVERYWHERE = Address("0.0.0.0", 8090)  # noqa: S104 - nothing is bound here
PASSWORD = "correct horse battery"
TOKEN = "0123456789abcdef0123456789abcdef"


def test_nobody_known_and_everybody_able_to_ask_is_refused(store: Store, clock: MovableClock) -> None:
    with pytest.raises(SettingsError, match=r"STEWARD_ONCALL_HOST='0\.0\.0\.0'.*steward account add"):
        prepare(store, OnCallSettings(listen=EVERYWHERE), now=clock())


def test_on_loopback_nobody_need_be_known(sqlite_store: Store, clock: MovableClock) -> None:
    prepare(sqlite_store, OnCallSettings(), now=clock())
    with sqlite_store.read() as connection:
        assert accounts.listed(connection) == []


def test_a_first_password_or_token_is_enough(store: Store, clock: MovableClock) -> None:
    for _ in range(2):
        settings = OnCallSettings(listen=EVERYWHERE, admin_password=PASSWORD, admin_token=TOKEN)
        prepare(store, settings, now=clock())
    with store.read() as connection:
        (admin,) = accounts.listed(connection)
        assert (admin.name, admin.role) == ("admin", Role.ADMIN)
        assert accounts.matches(admin, PASSWORD)
        found = tokens.find(connection, TOKEN, now=clock())
        assert found is not None
        assert (found.name, found.role) == ("first-admin", Role.ADMIN)


def test_the_settings_do_not_undo_a_change_of_password_or_a_revocation(
    sqlite_store: Store, clock: MovableClock
) -> None:
    settings = OnCallSettings(admin_password=PASSWORD, admin_token=TOKEN)
    prepare(sqlite_store, settings, now=clock())
    other = passwords.hashed("another long password")
    with sqlite_store.write() as connection:
        accounts.change_password(connection, "admin", other, actor="test", now=clock())
        tokens.revoke(connection, "first-admin", actor="test", now=clock())
    prepare(sqlite_store, settings, now=clock())
    with sqlite_store.read() as connection:
        assert not accounts.matches(accounts.named(connection, "admin"), PASSWORD)
        assert tokens.find(connection, TOKEN, now=clock()) is None


def test_what_is_disabled_revoked_or_over_is_nobody(sqlite_store: Store, clock: MovableClock) -> None:
    settings = OnCallSettings(admin_password=PASSWORD, admin_token=TOKEN)
    prepare(sqlite_store, settings, now=clock())
    with sqlite_store.write() as connection:
        accounts.disable(connection, "admin", actor="test", now=clock())
        tokens.revoke(connection, "first-admin", actor="test", now=clock())
    with pytest.raises(SettingsError, match="no account"):
        prepare(sqlite_store, OnCallSettings(listen=EVERYWHERE), now=clock())


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        (OnCallSettings(admin_password="short"), "STEWARD_ONCALL_ADMIN_PASSWORD_FILE"),
        (OnCallSettings(admin_token="short"), "STEWARD_ONCALL_ADMIN_TOKEN_FILE"),
    ],
)
def test_a_secret_that_is_too_short_is_named_and_not_shown(
    sqlite_store: Store, clock: MovableClock, settings: OnCallSettings, variable: str
) -> None:
    with pytest.raises(SettingsError, match=variable) as caught:
        prepare(sqlite_store, settings, now=clock())
    assert "short'" not in str(caught.value)
    assert "short" not in repr(settings)


@pytest.mark.slow
def test_the_process_does_not_start(tmp_path: Path) -> None:
    environment = {
        "STEWARD_ONCALL_HOST": "0.0.0.0",  # noqa: S104 - it does not come to that
        "STEWARD_ONCALL_PORT": str(free_port()),
        "STEWARD_ONCALL_STORE": f"sqlite:///{tmp_path / 'oncall.db'}",
        "STEWARD_ONCALL_CATALOGUE": "steward.testing.oncall:SHOP",
    }
    command = [sys.executable, "-P", "-m", "steward.oncall"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "steward account add" in ended.stderr
    assert "Traceback" not in ended.stderr
