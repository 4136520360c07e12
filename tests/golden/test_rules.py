"""The committed rules and routing, held against the programs that read them and the words of the requirement."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from festivals.catalogue import CATALOGUE
from steward.check.routing import receivers_for
from steward.compile.tree import tree

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / "infrastructure" / "monitoring"
PROMETHEUS = COMPILED / "prometheus"
ALERTMANAGER = COMPILED / "alertmanager"
TESTS = sorted(str(path.relative_to(PROMETHEUS)) for path in (PROMETHEUS / "tests").rglob("*.yml"))

NAMED = {
    "api": {
        "APIHighErrorRate": "critical",
        "APIHighLatencyP99": "warning",
        "APIHighLatencyP99Critical": "critical",
        "APIDown": "critical",
        "APIHighRequestRate": "warning",
    },
    "database": {
        "PostgreSQLDown": "critical",
        "PostgreSQLHighConnectionUsage": "warning",
        "PostgreSQLCriticalConnectionUsage": "critical",
        "PostgreSQLSlowQueries": "warning",
    },
    "redis": {
        "RedisDown": "critical",
        "RedisHighMemoryUsage": "warning",
        "RedisCriticalMemoryUsage": "critical",
        "RedisLowHitRate": "warning",
    },
    "business": {
        "HighFailedTransactionRate": "critical",
        "TransactionVolumeDrop": "warning",
        "NoTransactions": "warning",
        "HighTicketScanFailureRate": "warning",
    },
}
"""File -> alert -> severity, as the requirement has them."""

CHANNELS = {
    "critical": {"pagerduty", "slack #festivals-critical"},
    "warning": {"slack #festivals-warnings"},
    "info": {"email"},
    "none": set[str](),
}
"""Severity -> the channels of the requirement."""
SLO_CHANNEL = "slack #festivals-slo"


def rule_paths() -> list[Path]:
    return sorted(path for folder in ("rules", "slos", "alerts") for path in (PROMETHEUS / folder).glob("*.yml"))


def committed_alerts() -> list[dict[str, Any]]:
    contents = [yaml.safe_load(path.read_text()) for path in rule_paths()]
    return [rule for file in contents for group in file["groups"] for rule in group["rules"] if "alert" in rule]


def run(*command: str, folder: Path = COMPILED) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_committed_files_are_those_of_the_catalogue() -> None:
    for path, content in tree(CATALOGUE).items():
        assert (COMPILED / path).read_bytes() == content, path


@pytest.mark.parametrize("name", NAMED)
def test_every_alert_of_the_requirement_is_in_its_file(name: str) -> None:
    (group,) = yaml.safe_load((PROMETHEUS / "alerts" / f"{name}.yml").read_text())["groups"]

    assert {rule["alert"]: rule["labels"]["severity"] for rule in group["rules"]} == NAMED[name]


def test_promtool_accepts_every_rule(tmp_path: Path) -> None:
    assert rule_paths()
    copied = shutil.copytree(PROMETHEUS, tmp_path / "prometheus") / "prometheus.yml"
    # Where promtool looks for the secrets that a container is given.
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in re.findall(r"/run/secrets/(\S+)", copied.read_text()):
        (secrets / name).touch()
    copied.write_text(copied.read_text().replace("/run/secrets", str(secrets)))
    run("promtool", "check", "config", str(copied))
    run("promtool", "check", "rules", *map(str, rule_paths()))


@pytest.mark.slow
@pytest.mark.parametrize("path", TESTS)
def test_rules_pass_their_tests(path: str) -> None:
    run("promtool", "test", "rules", path, folder=PROMETHEUS)


def test_every_file_of_rules_has_tests() -> None:
    tested = {
        str((path.parent / file).resolve().relative_to(PROMETHEUS))
        for path in (PROMETHEUS / "tests").rglob("*.yml")
        for file in yaml.safe_load(path.read_text())["rule_files"]
    }

    assert {str(path.relative_to(PROMETHEUS)) for path in rule_paths() if path.parent.name != "rules"} <= tested


def test_alertmanager_accepts_its_configuration_and_templates() -> None:
    assert "1 templates" in run("amtool", "check-config", "alertmanager/alertmanager.yml")


def channels_of() -> dict[str, set[str]]:
    """Return receiver -> the channels it has, as the committed file says."""
    found = {}
    for receiver in yaml.safe_load((ALERTMANAGER / "alertmanager.yml").read_text())["receivers"]:
        channels = {f"slack {part['channel']}" for part in receiver.get("slack_configs", ())}
        channels |= {kind for kind in ("pagerduty", "email") if receiver.get(f"{kind}_configs")}
        found[receiver["name"]] = channels
    return found


def asked_of_amtool(labels: dict[str, str]) -> list[str]:
    arguments = [f"{name}={value}" for name, value in labels.items()]
    return (
        run("amtool", "config", "routes", "test", "--config.file=alertmanager/alertmanager.yml", *arguments)
        .strip()
        .split(",")
    )


def arriving(rule: dict[str, Any]) -> dict[str, str]:
    """Return the labels with which an alert of a rule arrives, those of its series left out."""
    return {"alertname": rule["alert"], **rule["labels"], "cluster": "festivals"}


def test_every_alert_reaches_the_channels_of_its_severity() -> None:
    assert CATALOGUE.routing
    channels, wrong = channels_of(), {}
    for rule in committed_alerts():
        labels = arriving(rule)
        reached = set().union(*(channels[name] for name in receivers_for(CATALOGUE.routing.root, labels)))
        expected = CHANNELS[labels["severity"]] | ({SLO_CHANNEL} if "slo" in labels else set())
        if reached != expected:
            wrong[rule["alert"]] = (reached, expected)

    assert wrong == {}


@pytest.mark.slow
def test_amtool_routes_every_alert_the_same_way() -> None:
    assert CATALOGUE.routing
    for rule in committed_alerts():
        labels = arriving(rule)
        assert asked_of_amtool(labels) == list(receivers_for(CATALOGUE.routing.root, labels)), rule["alert"]


def test_objectives_alert_on_every_burn_rate_of_the_requirement() -> None:
    page = {"Page": "critical", "Ticket": "warning", "Info": "info"}
    severities = {rule["alert"]: rule["labels"]["severity"] for rule in committed_alerts()}

    for stem in ("APIAvailability", "APILatency", "TransactionSuccess", "TicketScanSuccess"):
        for level, severity in page.items():
            assert severities[f"{stem}BurnRate{level}"] == severity


def test_no_secret_is_in_a_committed_file() -> None:
    text = (ALERTMANAGER / "alertmanager.yml").read_text()

    assert "api_url:" not in text
    assert "service_key:" not in text
    assert "smtp_auth_password:" not in text
