from pathlib import Path

import pytest

from festivals.api.settings import ApiSettings
from festivals.settings import CacheSettings, DatabaseSettings, listen
from festivals.store.database import url
from steward.program.settings import Address, SettingsError, address, secret


def test_without_an_environment_there_are_defaults() -> None:
    settings = ApiSettings.read({})
    assert (str(settings.listen), settings.workers, settings.token) == ("127.0.0.1:8080", 2, None)
    assert str(settings.database.address) == "127.0.0.1:5432"
    assert str(settings.cache.address) == "127.0.0.1:6379"


def test_an_empty_variable_is_an_unset_one() -> None:
    assert ApiSettings.read({"FESTIVALS_WORKERS": "", "FESTIVALS_HOST": ""}) == ApiSettings.read({})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("db:5432", Address("db", 5432)), ("[::1]:80", Address("::1", 80)), ("10.0.0.1:1", Address("10.0.0.1", 1))],
)
def test_an_address_is_host_and_port(text: str, expected: Address) -> None:
    assert address(text) == expected


@pytest.mark.parametrize("text", ["db", ":5432", "db:", "db:x", "db:0", "db:65536", "db:-1", "db:1.5", "db:１"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^FESTIVALS_REDIS_ADDRESS="):
        CacheSettings.read({"FESTIVALS_REDIS_ADDRESS": text})


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("db", False)],  # noqa: S104
)
def test_what_only_this_machine_can_reach(host: str, loopback: bool) -> None:
    assert Address(host, 80).loopback is loopback


def test_a_secret_is_the_text_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("pass word\n")
    assert secret(str(file)) == "pass word"
    file.write_text("\n")
    with pytest.raises(ValueError, match="empty"):
        secret(str(file))
    file.write_bytes(b"\xff")
    with pytest.raises(ValueError, match="UTF-8"):
        secret(str(file))


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hunter2")
    names = ("FESTIVALS_DATABASE_PASSWORD_FILE", "FESTIVALS_REDIS_PASSWORD_FILE", "FESTIVALS_API_TOKEN_FILE")
    settings = ApiSettings.read(dict.fromkeys(names, str(file)))
    assert settings.database.password == settings.cache.password == settings.token == "hunter2"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(url(settings.database))


def test_an_api_that_others_can_reach_needs_a_token(tmp_path: Path) -> None:
    exposed = {"FESTIVALS_HOST": "0.0.0.0"}  # noqa: S104
    with pytest.raises(SettingsError, match="FESTIVALS_API_TOKEN_FILE"):
        ApiSettings.read(exposed)
    token = tmp_path / "token"
    token.write_text("t")
    assert ApiSettings.read(exposed | {"FESTIVALS_API_TOKEN_FILE": str(token)}).token == "t"


def test_each_program_has_its_own_port() -> None:
    assert listen({}, 8082).port == 8082
    assert listen({"FESTIVALS_PORT": "9000"}, 8082).port == 9000


def test_a_password_may_hold_anything() -> None:
    made = url(DatabaseSettings(password="p@ss:/ ?"))
    assert made.password == "p@ss:/ ?"
