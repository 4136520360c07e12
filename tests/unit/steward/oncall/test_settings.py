from dataclasses import fields
from pathlib import Path

import pytest

from steward.oncall.settings import ALERTMANAGERS, PROMETHEUS, OnCallSettings
from steward.program.settings import SettingsError

STORE = {"STEWARD_ONCALL_STORE": "sqlite:////data/oncall.db"}


def test_store_is_all_that_it_must_be_told() -> None:
    settings = OnCallSettings.read(STORE)

    assert str(settings.listen) == "127.0.0.1:8090"
    assert settings.public_url == "http://127.0.0.1:8090"
    assert settings.trust_loopback
    assert settings.alertmanagers == ()


def test_without_a_store_it_says_how_to_name_one() -> None:
    with pytest.raises(SettingsError, match="STEWARD_ONCALL_STORE is not set; set it to sqlite:"):
        OnCallSettings.read({})


def test_addresses_are_listed_with_commas() -> None:
    assert ALERTMANAGERS.read({ALERTMANAGERS.variable: "http://a:9093/, https://b/am"}) == (
        "http://a:9093",
        "https://b/am",
    )


@pytest.mark.parametrize(
    "text", ["a:9093", "ftp://a", "http://", "http://[::1", "http://a?b=c", "http://u:secret@a"]
)
def test_anything_else_is_no_address_and_no_password_is_shown(text: str) -> None:
    with pytest.raises(SettingsError, match="write it as http://host:port") as caught:
        PROMETHEUS.read({PROMETHEUS.variable: text})

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "text", "problem"),
    [
        ("STEWARD_ONCALL_TRUST_LOOPBACK", "maybe", "write yes or no"),
        ("STEWARD_TIME_SCALE", "0.5", "write a number from 1 to 100000"),
        ("STEWARD_TIME_SCALE", "nan", "write a number from 1 to 100000"),
        ("STEWARD_ONCALL_PORT", "65536", "write a whole number from 1 to 65535"),
    ],
)
def test_what_cannot_be_used_is_named(variable: str, text: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable}='{text}': {problem}"):
        OnCallSettings.read(STORE | {variable: text})


def test_secrets_come_from_files_and_are_shown_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    files = {
        f"STEWARD_ONCALL_{name}_FILE": str(secret)
        for name in (
            "STORE_PASSWORD",
            "WEBHOOK_TOKEN",
            "SIGNING_KEY",
            "SLACK_WEBHOOK",
            "SLACK_SIGNING_SECRET",
            "PAGERDUTY_KEY",
            "SMTP_PASSWORD",
            "ADMIN_PASSWORD",
        )
    }

    settings = OnCallSettings.read(STORE | files)

    assert settings.mail.password == settings.webhook_token == "hunter2"
    assert "hunter2" not in repr(settings)
    assert {field.name for field in fields(settings) if getattr(settings, field.name) == "hunter2"} >= {
        "store_password",
        "signing_key",
        "slack_webhook",
        "slack_signing_secret",
        "pagerduty_key",
    }
