"""The service as a process: how it starts, how it ends, and what it says when it cannot start."""

import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from steward.model.components import oncall_metrics, process_metrics
from steward.testing.exposed import expect_declared
from steward.testing.polling import eventually

pytestmark = pytest.mark.slow


def test_started_service_is_alive_and_measured(service: Any) -> None:
    service.start()

    assert httpx.get(f"{service.url}/readyz").status_code == 200
    measured = httpx.get(f"{service.url}/metrics").text
    assert 'steward_oncall_pages_open{severity="critical"} 0' in measured
    assert 'steward_oncall_incidents_open{severity="critical"} 0' in measured
    assert "steward_oncall_step_overdue_seconds 0" in measured

    service.fire("APIDown")

    measured = httpx.get(f"{service.url}/metrics").text
    assert 'steward_oncall_pages_open{severity="critical"} 1' in measured
    assert 'steward_oncall_webhooks_total{outcome="accepted"} 1' in measured
    told = expect_declared(measured, oncall_metrics.METRICS)
    assert told >= {metric.name for metric in (oncall_metrics.TIMER_LAG, *process_metrics.METRICS)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_cleanly(service: Any, number: signal.Signals) -> None:
    service.start()

    assert service.end(number) == 0


def test_log_begins_with_what_is_set_and_holds_no_secret(service: Any, tmp_path: Path) -> None:
    webhook = tmp_path / "slack"
    webhook.write_text("https://hooks.slack.com/services/opensesame")
    service.start(service.environment(STEWARD_ONCALL_SLACK_WEBHOOK_FILE=str(webhook)))
    service.end()

    begun = next(line for line in map(json.loads, service.log.splitlines()) if line["event"] == "on-call begins")
    assert begun["ways"] == ["slack"]
    assert begun["hears_webhooks"]
    assert not begun["signs_links"]
    assert "opensesame" not in service.log
    assert service.token not in service.log


def test_neighbours_that_never_answer_do_not_hold_up_the_end(service: Any) -> None:
    """Each would be waited for, one after the other, for five seconds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        silent.settimeout(20)
        service.start(service.environment(STEWARD_ONCALL_ALERTMANAGERS=",".join([address] * 12)))
        asked, _ = silent.accept()
        with asked:
            assert service.end() == 0


def test_what_was_kept_is_there_after_a_kill(service: Any) -> None:
    service.start()
    service.fire("APIDown")
    service.end(signal.SIGKILL)

    service.start()

    alerts = httpx.get(f"{service.url}/api/v1/monitoring/alerts").json()["alerts"]
    assert [alert["name"] for alert in alerts] == ["APIDown"]


def test_taken_port_is_named(service: Any) -> None:
    with socket.create_server(("127.0.0.1", service.port)):
        said, code = _refused(service)

    assert code == 1
    assert said == f"127.0.0.1:{service.port} is taken by another program; stop that, or set STEWARD_ONCALL_PORT\n"


def test_second_service_on_the_same_file_is_refused(make_service: Callable[[], Any]) -> None:
    first, second = make_service(), make_service()
    first.start()
    store = f"sqlite:///{first.folder / 'oncall.db'}"

    said, code = _refused(second, STEWARD_ONCALL_STORE=store)

    assert code == 2
    assert "another on-call service uses" in said


def test_one_setting_chooses_postgresql_which_replicas_share_from_the_first_start(
    make_service: Callable[[], Any], empty_postgres_url: str
) -> None:
    replicas = [make_service(), make_service()]
    for replica in replicas:
        replica.process = replica.spawn(replica.environment(STEWARD_ONCALL_STORE=empty_postgres_url))
    for replica in replicas:
        eventually("the replica answers", replica.answers)

    replicas[0].fire("APIDown")

    assert replicas[1].page_of("APIDown") == 1


def test_setting_that_cannot_be_used_is_named(service: Any) -> None:
    said, code = _refused(service, STEWARD_ONCALL_CATALOGUE="no.such:CATALOGUE")

    assert code == 2
    assert said.startswith("STEWARD_ONCALL_CATALOGUE='no.such:CATALOGUE': there is no module no")


def test_store_that_does_not_answer_is_named_without_its_password(service: Any, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("opensesame")

    said, code = _refused(
        service,
        STEWARD_ONCALL_STORE="postgresql+psycopg://oncall@127.0.0.1:1/oncall",
        STEWARD_ONCALL_STORE_PASSWORD_FILE=str(password),
    )

    assert code == 1
    assert "the store cannot answer" in said
    assert "Traceback" not in said
    assert "opensesame" not in said


def _refused(service: Any, **settings: str) -> tuple[str, int]:
    process = service.spawn(service.environment(**settings))
    _, said = process.communicate(timeout=60)
    return said, process.returncode
