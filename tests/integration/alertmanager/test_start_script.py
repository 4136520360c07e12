"""How Alertmanager starts in its container, with the shell and awk of this machine."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from steward.model import Mail
from steward.model.components.alertmanager import SMTP_PASSWORD

DECLARED = Mail("smtp.example:587", "alerts@shop.example", "declared", SMTP_PASSWORD)
SERVER = {"SMTP_HOST": "mail.example", "SMTP_PORT": "2525", "SMTP_FROM": "me@b.example", "SMTP_USERNAME": "me"}

Compile = Callable[[Mail | None], Path]


@pytest.fixture
def folder(compile_shop: Compile) -> Path:
    return compile_shop(DECLARED)


def start(folder: Path, variables: dict[str, str], program: str = "echo") -> subprocess.CompletedProcess[str]:
    copy = folder.parent / "copy.yml"
    return subprocess.run(
        ["sh", str(folder / "start.sh"), program, str(copy), "--storage.path=/data"],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def started(folder: Path, **variables: str) -> Any:
    """Start it, and return the configuration that Alertmanager is given, which it accepts."""
    result = start(folder, variables)
    copy = folder.parent / "copy.yml"
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"--config.file={copy} --storage.path=/data\n"
    assert copy.stat().st_mode & 0o777 == 0o600
    checked = subprocess.run(["amtool", "check-config", str(copy)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 templates" in checked.stdout
    return yaml.safe_load(copy.read_text())


def channels(config: Any) -> set[str]:
    return {key for key, value in config["receivers"][0].items() if key != "name" and value}


def test_settings_of_the_mail_server_take_the_place_of_the_catalogues(folder: Path) -> None:
    config = started(folder, **SERVER)

    assert config["global"] == {
        "smtp_smarthost": "mail.example:2525",
        "smtp_from": "me@b.example",
        "smtp_auth_username": "me",
        "smtp_auth_password_file": str(folder.parent / "secrets/smtp-password"),
    }
    assert channels(config) == {"slack_configs", "pagerduty_configs", "email_configs"}


def test_what_is_not_set_has_its_usual_value(folder: Path) -> None:
    assert started(folder, SMTP_HOST="mail.example")["global"] == {
        "smtp_smarthost": "mail.example:587",
        "smtp_from": "alerts@shop.example",
    }


def test_text_with_signs_of_yaml_and_awk_arrives_as_it_is(folder: Path) -> None:
    odd = "it's & \\1 #\": {} $HOME"

    config = started(folder, **SERVER | {"SMTP_USERNAME": odd, "SMTP_FROM": "o'brien@b.example"})

    assert config["global"]["smtp_auth_username"] == odd
    assert config["global"]["smtp_from"] == "o'brien@b.example"


def test_nobody_is_mailed_without_a_server(folder: Path) -> None:
    assert channels(started(folder)) == {"slack_configs", "pagerduty_configs"}


@pytest.mark.parametrize(
    ("secret", "left"),
    [
        ("slack-webhook-url", {"pagerduty_configs", "email_configs"}),
        ("pagerduty-service-key", {"slack_configs", "email_configs"}),
    ],
)
def test_channel_whose_secret_is_empty_is_left_out(
    folder: Path, secrets: Path, secret: str, left: set[str]
) -> None:
    (secrets / secret).write_text("")

    assert channels(started(folder, **SERVER)) == left


def test_only_the_channel_without_a_secret_is_changed(folder: Path, secrets: Path) -> None:
    whole = started(folder, **SERVER)
    (secrets / "slack-webhook-url").unlink()
    partly = started(folder, **SERVER)

    del whole["receivers"][0]["slack_configs"], partly["receivers"][0]["slack_configs"]
    assert partly == whole


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"SMTP_HOST": "mail", "SMTP_PORT": "smtp"}, "SMTP_PORT=smtp: not a port"),
        ({"SMTP_HOST": "mail", "SMTP_PORT": "0"}, "SMTP_PORT=0: not a port"),
        ({"SMTP_HOST": "mail", "SMTP_PORT": "65536"}, "SMTP_PORT=65536: not a port"),
        ({"SMTP_HOST": "mail", "SMTP_PORT": "999999999999999999999"}, "not a port"),
        ({"SMTP_FROM": "me@b.example"}, "SMTP_HOST is not"),
        ({"SMTP_USERNAME": "me"}, "SMTP_HOST is not"),
    ],
)
def test_settings_that_cannot_be_right_stop_the_start(
    folder: Path, variables: dict[str, str], message: str
) -> None:
    result = start(folder, variables)

    assert result.returncode == 1
    assert message in result.stderr
    assert result.stdout == ""


def test_user_name_without_a_password_stops_the_start(folder: Path, secrets: Path) -> None:
    (secrets / "smtp-password").write_text("")

    result = start(folder, SERVER)

    assert (result.returncode, result.stdout) == (1, "")
    assert "set SMTP_PASSWORD" in result.stderr


def test_password_without_a_user_name_is_not_sent(folder: Path) -> None:
    variables = {name: value for name, value in SERVER.items() if name != "SMTP_USERNAME"}

    assert "smtp_auth_password_file" not in started(folder, **variables)["global"]


def test_exit_code_of_alertmanager_is_that_of_the_script(folder: Path) -> None:
    assert start(folder, SERVER, "false").returncode == 1
