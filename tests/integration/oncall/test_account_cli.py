"""`steward account` and `steward token` work on the store itself, while nobody can log in."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from steward.cli import commands
from steward.oncall.domain.states import Role
from steward.oncall.services import accounts, tokens
from steward.oncall.store.alone import alone
from steward.oncall.store.database import connect
from steward.testing.oncall import fresh_store

PASSWORD = "correct horse battery"
Steward = Callable[..., Result]


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    return tmp_path / "oncall.db"


@pytest.fixture
def steward(store_file: Path) -> Steward:
    def call(*arguments: str, typed: str = "", **environment: str) -> Result:
        settings = {"STEWARD_ONCALL_STORE": f"sqlite:///{store_file}"} | environment
        return CliRunner().invoke(commands, arguments, input=typed, env=settings)

    return call


def test_the_first_account_is_made_before_the_service_ever_ran(steward: Steward, store_file: Path) -> None:
    added = steward("account", "add", "ada", "--role", "admin", "--password-file", "-", typed=f"{PASSWORD}\n")
    assert (added.exit_code, added.stdout) == (0, "ada may log in, as admin\n")
    store = connect(f"sqlite:///{store_file}")
    with store.read() as connection:
        ada = accounts.named(connection, "ada")
    store.close()
    assert ada.role is Role.ADMIN
    assert accounts.matches(ada, PASSWORD)


def test_the_store_may_be_in_use_by_the_service(steward: Steward, tmp_path: Path) -> None:
    store = fresh_store(tmp_path)
    with alone(store):
        issued = steward("token", "add", "ci", "--role", "responder", "--days", "1")
        assert issued.exit_code == 0
        with store.read() as connection:
            found = tokens.find(connection, issued.stdout.strip(), now=datetime.now(UTC))
        assert found is not None
        assert (found.name, found.role, found.created_by) == ("ci", Role.RESPONDER, "local")
        assert found.expires_at is not None
        assert steward("token", "revoke", "ci").exit_code == 0
        with store.read() as connection:
            assert tokens.find(connection, issued.stdout.strip(), now=datetime.now(UTC)) is None
    store.close()
    assert "revoked" in steward("token", "list").stdout
    assert issued.stdout.strip() not in steward("token", "list").stdout


def test_an_account_over_its_life(steward: Steward, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    assert steward("account", "list").stdout == "there is no account\n"
    assert steward("account", "add", "ada", "--password-file", str(file)).exit_code == 0
    file.write_text("another long password")
    assert steward("account", "password", "ada", "--password-file", str(file)).exit_code == 0
    assert steward("account", "role", "ada", "responder").stdout == "ada is now: responder\n"
    assert steward("account", "disable", "ada").exit_code == 0
    assert "disabled" in steward("account", "list").stdout
    assert steward("account", "enable", "ada").exit_code == 0
    assert "disabled" not in steward("account", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("account", "add", "ada", "--password-file", "-"), "short", "use 12 to 256"),
        (("account", "add", "Ada", "--password-file", "-"), PASSWORD, "a-z"),
        (("account", "add", "ada"), "", "--password-file"),
        (("account", "add", "ada", "--password-file", "/nowhere"), "", "/nowhere: No such file"),
        (("account", "disable", "nobody"), "", "no account is called 'nobody'"),
        (("token", "revoke", "nothing"), "", "no token is called 'nothing'"),
        (("token", "add", "steward"), "", "stands for the service itself"),
    ],
)
def test_what_cannot_be_is_said_in_one_message(
    steward: Steward, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    result = steward(*arguments, typed=typed)
    assert result.exit_code in {1, 2}
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not typed or typed not in result.output


def test_without_a_store_it_says_how_to_get_one(steward: Steward, tmp_path: Path) -> None:
    result = steward("token", "list", STEWARD_ONCALL_STORE="", STEWARD_STATE=str(tmp_path / "state"))
    assert result.exit_code == 1
    assert "steward up" in result.stderr


def test_a_new_store_is_for_its_owner_alone(steward: Steward, store_file: Path) -> None:
    steward("token", "add", "ci")
    assert stat.S_IMODE(store_file.stat().st_mode) & 0o077 == 0
