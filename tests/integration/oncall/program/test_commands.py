"""`steward alerts`, `ack` and `silence` against the service, and what they say where it refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from steward.cli import commands
from steward.testing.alertmanagers import AlertmanagerServer, alertmanager

pytestmark = pytest.mark.slow

Steward = Callable[..., Result]


@pytest.fixture
def steward(running: Any) -> Steward:
    """Give `steward` with a running service, in which APIDown fires."""
    running.fire("APIDown", severity="critical")
    return _steward(running.url)


def _steward(url: str, **environment: str) -> Steward:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(commands, [*arguments], env={"STEWARD_ONCALL_URL": url} | environment)

    return run


def test_alerts_shows_what_fires_and_its_page(steward: Steward) -> None:
    shown = steward("alerts")

    assert shown.exit_code == 0
    heading, *rows = shown.stdout.splitlines()
    assert heading.split() == ["PAGE", "SEVERITY", "ALERT", "STATE", "SINCE", "TEAM", "SUMMARY"]
    (row,) = (row for row in rows if "APIDown" in row)
    assert row.split()[:4] == ["1", "critical", "APIDown", "open"]
    assert row.endswith("APIDown is wrong")


def test_alerts_can_be_narrowed(steward: Steward) -> None:
    assert steward("alerts", "--severity", "warning").stdout == "nothing fires\n"
    assert "APIDown" in steward("alerts", "--severity", "critical", "--state", "open").stdout
    assert "APIDown" in steward("alerts", "--history").stdout


def test_alerts_writes_json_for_programs(steward: Steward) -> None:
    found = json.loads(steward("alerts", "--json").stdout)["alerts"]

    assert ("APIDown", "open") in {(alert["name"], alert["response_state"]) for alert in found}


def test_unknown_alert_is_an_error_in_the_words_of_the_service(steward: Steward) -> None:
    shown = steward("alerts", "NoSuch")

    assert shown.exit_code == 1
    assert shown.stderr.startswith("error: no alert is called 'NoSuch'")


def test_escape_sequences_of_labels_do_not_reach_the_terminal(steward: Steward, running: Any) -> None:
    running.fire("Evil", annotations={"summary": "\x1b[2Jgone\u202e"})

    assert "\x1b" not in steward("alerts").stdout
    assert "\u202e" not in steward("alerts").stdout
    assert "gone" in steward("alerts", "Evil").stdout


@pytest.mark.parametrize("by", ["page", "alert"])
def test_ack_of_a_page_or_of_an_alert_acknowledges_the_page(steward: Steward, running: Any, by: str) -> None:
    name = f"AcknowledgedBy{by.title()}"
    running.fire(name)
    page = str(running.page_of(name))

    shown = steward("ack", page if by == "page" else name)

    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"page {page} (critical, ")
    assert shown.stdout.endswith(": acknowledged\n")
    assert "acknowledged" in steward("alerts", name).stdout


def test_ack_can_snooze_escalate_and_resolve(steward: Steward, running: Any) -> None:
    running.fire("Handled")
    page = str(running.page_of("Handled"))

    assert "of 3 is told" in steward("ack", page, "--escalate").stdout
    assert ": quiet until " in steward("ack", page, "--snooze", "2h").stdout
    assert steward("ack", page, "--resolve").stdout.endswith(": resolved\n")


def test_ack_of_what_is_not_there_is_an_error(steward: Steward) -> None:
    assert steward("ack", "99").exit_code == 1
    assert steward("ack", "NoSuch").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["ack"],
        ["ack", "1", "--resolve", "--escalate"],
        ["silence", "APIDown"],
        ["silence", "APIDown", "--for", "2h"],
        ["silence", "APIDown", "--for", "2h", "--reason", "why", "--matcher", "no condition"],
        ["silence", "APIDown", "--end", "--for", "2h"],
        ["silence", "--end"],
        ["alerts", "--history", "--state", "open"],
    ],
)
def test_mistakes_of_usage_have_code_2(arguments: list[str]) -> None:
    assert _steward("http://127.0.0.1:1")(*arguments).exit_code == 2


def test_silence_reaches_alertmanager_and_ends(service: Any, tmp_path: Path) -> None:
    hook = f"{service.url}/webhooks/alertmanager"
    with alertmanager(tmp_path, webhook=hook, token=service.token) as server:
        service.start(service.environment(STEWARD_ONCALL_ALERTMANAGERS=server.address))
        steward = _steward(service.url)

        made = steward("silence", "APIDown", "--for", "2h", "--reason", "works", "--matcher", "instance=~api-.*")
        held = _active(server)
        listed = steward("silence")
        ended = steward("silence", "APIDown", "--end")

        assert made.exit_code == listed.exit_code == ended.exit_code == 0
        assert made.stdout.startswith("APIDown is silenced until ")
        assert [one["matchers"] for one in held] == [
            [
                {"name": "alertname", "value": "APIDown", "isRegex": False, "isEqual": True},
                {"name": "instance", "value": "api-.*", "isRegex": True, "isEqual": True},
            ]
        ]
        assert "works" in listed.stdout
        assert ended.stdout == "1 silence ended\n"
        assert _active(server) == []


def test_duration_beyond_the_cap_is_refused(steward: Steward) -> None:
    shown = steward("silence", "APIDown", "--for", "52w", "--reason", "for ever")

    assert shown.exit_code == 1
    assert shown.stderr.startswith("error: ")


def test_service_that_is_away_is_named_with_what_to_do() -> None:
    shown = _steward("http://127.0.0.1:1")("alerts")

    assert shown.exit_code == 1
    assert "http://127.0.0.1:1 cannot be reached" in shown.stderr
    assert "STEWARD_ONCALL_URL" in shown.stderr


def test_wrong_token_is_refused_and_not_shown(running: Any) -> None:
    shown = _steward(running.url, STEWARD_ONCALL_TOKEN="opensesame")("alerts")

    assert shown.exit_code == 1
    assert "token" in shown.stderr
    assert "opensesame" not in shown.stderr + shown.stdout


def test_token_comes_from_a_file(service: Any, tmp_path: Path) -> None:
    service.start(service.environment(STEWARD_ONCALL_TRUST_LOOPBACK="no"))
    path = tmp_path / "token"
    path.write_text("stw_unknown\n")

    assert "give an API token" in _steward(service.url)("alerts").stderr
    assert _steward(service.url)("alerts", "--token-file", str(path)).exit_code == 1
    assert "nowhere" in _steward(service.url)("alerts", "--token-file", str(tmp_path / "nowhere")).stderr


def _active(server: AlertmanagerServer) -> list[dict[str, Any]]:
    return [one for one in server.silences() if one["status"]["state"] == "active"]
