from pathlib import Path

import pytest

from festivals.admin.__main__ import main
from festivals.admin.settings import AdminSettings
from steward.program.settings import SettingsError


def test_on_loopback_no_password_is_needed() -> None:
    settings = AdminSettings.read({})
    assert str(settings.address) == "127.0.0.1:3000"
    assert settings.password is None


def test_off_loopback_it_does_not_start_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match="FESTIVALS_ADMIN_PASSWORD_FILE"):
        AdminSettings.read({"FESTIVALS_HOST": "192.0.2.1"})
    assert main({"FESTIVALS_HOST": "192.0.2.1"}) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_password_is_read_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("open sesame\n")
    settings = AdminSettings.read({"FESTIVALS_HOST": "192.0.2.1", "FESTIVALS_ADMIN_PASSWORD_FILE": str(file)})
    assert settings.password == "open sesame"
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_missing_or_empty_password_file_is_named(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="FESTIVALS_ADMIN_PASSWORD_FILE"):
        AdminSettings.read({"FESTIVALS_ADMIN_PASSWORD_FILE": str(file)})
