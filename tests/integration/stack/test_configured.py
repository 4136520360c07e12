"""What the running stack was told: the rules it evaluates and the channels it has are those of the catalogue."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from festivals.catalogue import CATALOGUE
from steward.compile.rule_files import rule_files
from steward.compile.rules import Alerting, Rule
from steward.stack.placement import INTERVAL_SECONDS
from steward.testing.folders import open_folder
from steward.testing.polling import eventually
from steward.testing.stack import Stack

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SCALE = 20.0
# Nothing listens there: what is told in this test goes nowhere.
NOBODY = "127.0.0.1"
VARIABLES = {
    "SLACK_WEBHOOK_URL": f"http://{NOBODY}:9/slack-of-the-test",
    "SMTP_HOST": NOBODY,
    "SMTP_PORT": "9",
    "SMTP_USERNAME": "me",
    "SMTP_PASSWORD": "password-of-the-test",
}
UNSET = ("PAGERDUTY_SERVICE_KEY", "SMTP_FROM")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with open_folder() as folder, pytest.MonkeyPatch.context() as environment:
        for name, value in VARIABLES.items():
            environment.setenv(name, value)
        for name in UNSET:
            environment.delenv(name, raising=False)
        stack = Stack.beside(CATALOGUE, project=ROOT, state=folder / "state")
        started = stack.steward("up", "--detach", "--scale", str(SCALE))
        try:
            assert started.returncode == 0, started.stdout + started.stderr
            yield stack
        finally:
            stack.steward("down", "--purge")


def loaded(stack: Stack) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = stack.get("prometheus", "/api/v1/rules").json()["data"]["groups"]
    return groups


def as_written(stack: Stack, text: str) -> str:
    """Return an expression in Prometheus' own layout."""
    answer = stack.get("prometheus", "/api/v1/format_query", query=text).json()
    assert answer["status"] == "success", (text, answer)
    return str(answer["data"])


def described(stack: Stack, rule: Rule) -> dict[str, Any]:
    content = {"query": as_written(stack, rule.expr), "labels": dict(rule.labels)}
    if not isinstance(rule, Alerting):
        return content | {"name": rule.record}
    return content | {
        "name": rule.alert,
        "duration": rule.lasting.seconds,
        "keepFiringFor": rule.keep_firing.seconds,
        "annotations": dict(rule.annotations),
    }


def answered(stack: Stack, rule: dict[str, Any]) -> dict[str, Any]:
    content = {"name": rule["name"], "query": as_written(stack, rule["query"]), "labels": rule.get("labels", {})}
    if rule["type"] == "recording":
        return content
    return content | {key: rule[key] for key in ("duration", "keepFiringFor", "annotations")}


def test_rules_that_prometheus_evaluates_are_those_that_were_compiled(stack: Stack) -> None:
    files = rule_files(CATALOGUE, replace(CATALOGUE.collection, interval=INTERVAL_SECONDS), SCALE)
    expected = {
        (file.path, group.name): [described(stack, rule) for rule in group.rules]
        for file in files
        for group in file.groups
    }
    folder = stack.state / "config" / "prometheus"

    answer = {
        (str(Path(group["file"]).relative_to(folder)), group["name"]): [
            answered(stack, rule) for rule in group["rules"]
        ]
        for group in loaded(stack)
    }

    assert answer == expected


def test_every_rule_can_be_evaluated(stack: Stack) -> None:
    def evaluated() -> bool:
        return all(rule["health"] != "unknown" for group in loaded(stack) for rule in group["rules"])

    eventually("every rule was evaluated", evaluated, seconds=90)
    failed = {
        rule["name"]: rule.get("lastError")
        for group in loaded(stack)
        for rule in group["rules"]
        if rule["health"] != "ok"
    }
    assert failed == {}


def test_only_channels_that_are_given_exist(stack: Stack) -> None:
    told = yaml.safe_load(stack.get("alertmanager", "/api/v2/status").json()["config"]["original"])

    kinds = {key for receiver in told["receivers"] for key in receiver if key != "name"}
    assert kinds == {"slack_configs", "email_configs", "webhook_configs"}
    assert told["global"]["smtp_smarthost"] == f"{NOBODY}:9"
    assert told["global"]["smtp_auth_username"] == "me"


def test_alert_arrives_with_a_link_that_can_be_followed(stack: Stack) -> None:
    def watchdog() -> dict[str, Any] | None:
        alerts = stack.get("alertmanager", "/api/v2/alerts").json()
        return next((alert for alert in alerts if alert["labels"]["alertname"] == "Watchdog"), None)

    link = eventually("Watchdog arrives", watchdog, seconds=90)["generatorURL"]

    assert link.startswith(f"http://127.0.0.1:{stack.ports['prometheus']}/")
    assert httpx.get(link, follow_redirects=True).is_success


def test_secrets_are_files_of_alertmanagers_user_and_nowhere_else(stack: Stack) -> None:
    folder = stack.state / "secrets" / "alertmanager"
    (alertmanager,) = (process for process in stack.processes() if "alertmanager" in process.name())

    assert {path.name for path in folder.iterdir()} == {
        "slack-webhook-url",
        "smtp-password",
        "oncall-webhook-token",
    }
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.stat().st_uid == alertmanager.uids().real
    assert (folder / "slack-webhook-url").read_text() == VARIABLES["SLACK_WEBHOOK_URL"]
    config = b"".join(path.read_bytes() for path in (stack.state / "config").rglob("*") if path.is_file())
    arguments = json.dumps([process.cmdline() for process in stack.processes()])
    for secret in ("slack-of-the-test", "password-of-the-test"):
        assert secret.encode() not in config
        assert secret not in arguments


def test_oncall_is_given_the_ways_that_are_set_and_runs_without_the_others(stack: Stack) -> None:
    (oncall,) = (process for process in stack.processes() if "steward.oncall" in process.cmdline())
    told = oncall.environ()

    assert Path(told["STEWARD_ONCALL_SLACK_WEBHOOK_FILE"]).read_text() == VARIABLES["SLACK_WEBHOOK_URL"]
    assert Path(told["STEWARD_ONCALL_SMTP_PASSWORD_FILE"]).read_text() == VARIABLES["SMTP_PASSWORD"]
    assert "STEWARD_ONCALL_PAGERDUTY_KEY_FILE" not in told
    assert (told["SMTP_HOST"], told["SMTP_FROM"]) == (NOBODY, "alerts@festivals.app")
    assert not {VARIABLES["SLACK_WEBHOOK_URL"], VARIABLES["SMTP_PASSWORD"]} & set(told.values())
    assert told["STEWARD_TIME_SCALE"] == f"{SCALE:g}"
    assert stack.services()["oncall"]["restarts"] == 0


@pytest.mark.parametrize("port", ["smtp", "70000"])
def test_settings_that_cannot_be_right_are_told_before_anything_starts(
    port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_HOST", NOBODY)
    monkeypatch.setenv("SMTP_PORT", port)
    with open_folder() as folder:
        other = Stack.beside(CATALOGUE, project=ROOT, state=folder / "state")
        refused = other.steward("up", "--detach")

    assert refused.returncode != 0
    assert f"SMTP_PORT={port}: not a port" in refused.stdout + refused.stderr
