"""What `./steward up --traffic` promises, on the real thing."""

import json
import os
import signal
from typing import Any

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from festivals.catalogue import CATALOGUE
from steward.model import Histogram, Label, Metric, ScrapeJob
from steward.testing.polling import eventually
from steward.testing.stack import Stack

pytestmark = pytest.mark.slow

OURS = [job for job in CATALOGUE.jobs if job.metrics]
DAEMONS = [
    service.name
    for service in CATALOGUE.services
    if service.native and service.lifetime.value == "daemon" and service.profile is None
]


def test_every_service_is_healthy_and_every_target_is_up(stack: Stack) -> None:
    status = stack.status()

    assert status["healthy"], status
    assert {service["name"] for service in status["services"]} == {
        service.name for service in CATALOGUE.services if service.native
    }
    assert stack.targets() == {job.name: "up" for job in CATALOGUE.jobs if CATALOGUE.service(job.service).native}


def exposed(stack: Stack, job: ScrapeJob) -> dict[str, list[dict[str, str]]]:
    """Return series name -> the label sets that a job's target exposes."""
    series: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(stack.get(job.service, job.path).text):
        for sample in family.samples:
            series.setdefault(sample.name, []).append(sample.labels)
    return series


def carries(labels: dict[str, str], metric: Metric, name: str) -> bool:
    """Tell whether a sample has exactly the declared labels, each with a value it may hold."""
    own = dict(labels)
    if isinstance(metric, Histogram) and name.endswith("_bucket"):
        own.pop("le", None)
    return set(own) == set(metric.label_names) and all(label.allows(own[label.name]) for label in metric.labels)


def own_metrics(job: ScrapeJob) -> list[Metric]:
    """Return the metrics that no job before this one exposes: those it cannot do without."""
    earlier = {metric for other in OURS[: OURS.index(job)] for metric in other.metrics}
    return [metric for metric in job.metrics if metric not in earlier]


@pytest.mark.parametrize("job", OURS, ids=lambda job: job.name)
def test_every_metric_has_samples_with_exactly_its_labels(stack: Stack, job: ScrapeJob) -> None:
    expected = {name for metric in own_metrics(job) for name in metric.series_names}

    def missing() -> set[str]:
        return expected - exposed(stack, job).keys()

    eventually(f"{job.name} exposes all of {sorted(expected)}", lambda: not missing(), seconds=90)
    series = exposed(stack, job)
    declared = {name: metric for metric in job.metrics for name in metric.series_names}
    wrong = [
        (name, labels)
        for name, samples in series.items()
        if name.startswith("festivals_")
        for labels in samples
        if name not in declared or not carries(labels, declared[name], name)
    ]
    assert wrong == []


def test_the_requirements_call_silences_an_alert_in_alertmanager(stack: Stack) -> None:
    call = f"http://localhost:{stack.ports['api']}/api/v1/monitoring/alerts/APIHighLatencyP99/silence"

    made = httpx.post(call, json={"duration": "2h", "reason": "Maintenance window"}, timeout=10)

    assert made.status_code == 201, made.text
    (silence,) = _active_silences(stack)
    assert silence["matchers"] == [
        {"name": "alertname", "value": "APIHighLatencyP99", "isRegex": False, "isEqual": True}
    ]
    assert "Maintenance window" in silence["comment"]
    assert "APIHighLatencyP99" in stack.steward("silence").stdout

    assert httpx.delete(call, timeout=10).is_success
    assert _active_silences(stack) == []


def test_alert_becomes_a_page_that_somebody_acknowledges(stack: Stack) -> None:
    name = "ProofOfDelivery"
    labels = {"alertname": name, "severity": "warning", "team": "sre", "service": "monitoring"}
    told = [{"labels": labels, "annotations": {"summary": "A trial"}}]
    httpx.post(f"http://127.0.0.1:{stack.ports['alertmanager']}/api/v2/alerts", json=told).raise_for_status()

    def page() -> dict[str, Any] | None:
        shown = stack.steward("alerts", name, "--json")
        firing = json.loads(shown.stdout)["firing"] if shown.returncode == 0 else []
        return firing[0] if firing and firing[0]["page_id"] else None

    opened = eventually("the alert is a page", page)
    assert opened["response_state"] == "open"

    acknowledged = stack.steward("ack", name)

    assert acknowledged.returncode == 0, acknowledged.stderr
    assert eventually("it is acknowledged", page)["response_state"] == "acknowledged"


def test_oncall_hears_that_alerts_arrive(stack: Stack) -> None:
    eventually(
        "Watchdog arrives at on-call",
        lambda: stack.query('steward_oncall_webhooks_total{outcome="accepted"} > 0'),
    )
    assert stack.query("steward_oncall_watchdog_age_seconds < 300")


def test_every_value_of_the_business_labels_comes_about_by_itself(stack: Stack) -> None:
    def missing(metric: Metric, label: Label) -> set[str]:
        seen = {sample["metric"].get(label.name) for sample in stack.query(f"{metric.name} > 0")}
        return set(label.values or ()) - seen

    wanted = [
        (metric, label)
        for metric in CATALOGUE.metrics
        if metric.name in {"festivals_transactions_total", "festivals_tickets_scanned_total"}
        for label in metric.labels
    ]
    for metric, label in wanted:
        eventually(
            f"every {label.name} of {metric.name} is seen",
            lambda metric=metric, label=label: not missing(metric, label),  # type: ignore[misc]
            seconds=90,
        )


def test_prometheus_stored_what_the_targets_expose(stack: Stack) -> None:
    for metric in CATALOGUE.metrics:
        jobs = "|".join(job.name for job in CATALOGUE.jobs if metric in job.metrics)
        selected = f'{metric.series_names[0]}{{job=~"{jobs}"}}'
        stored = eventually(selected, lambda selected=selected: stack.query(selected), seconds=30)  # type: ignore[misc]
        own = {"__name__", "job", "instance", "le"}
        assert {frozenset(set(sample["metric"]) - own) for sample in stored} == {frozenset(metric.label_names)}


def test_nothing_listens_off_loopback(stack: Stack) -> None:
    addresses = {
        connection.laddr.ip
        for process in stack.processes()
        for connection in _connections(process)
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses
    assert addresses <= {"127.0.0.1", "::1"}


def test_no_secret_is_in_a_command_line_or_a_log(stack: Stack) -> None:
    secrets = {path.read_text().strip() for path in (stack.state / "secrets").rglob("*") if path.is_file()}
    modes = {path.stat().st_mode & 0o777 for path in (stack.state / "secrets").rglob("*") if path.is_file()}
    shown = [" ".join(process.cmdline()) for process in stack.processes()]
    shown += [path.read_text(errors="replace") for path in (stack.state / "logs").rglob("*") if path.is_file()]

    assert secrets
    assert modes == {0o600}
    assert [secret for secret in secrets if any(secret in text for text in shown)] == []


@pytest.mark.parametrize("name", DAEMONS)
def test_child_killed_comes_back(stack: Stack, name: str) -> None:
    before = stack.services()[name]
    os.kill(before["pid"], signal.SIGKILL)

    def back() -> dict[str, Any] | None:
        now = stack.services()[name]
        return now if now["pid"] not in (None, before["pid"]) and now["state"] == "ready" else None

    after = eventually(f"{name} is back", back)
    assert after["restarts"] == before["restarts"] + 1


def test_second_up_says_that_it_runs(stack: Stack) -> None:
    again = stack.steward("up", "--detach")

    assert again.returncode == 1
    assert "runs already" in again.stderr
    assert "Traceback" not in again.stderr


def test_down_leaves_no_process_and_no_port(stack: Stack) -> None:
    eventually("all is well again", lambda: stack.status()["healthy"])
    assert stack.processes()

    stopped = stack.steward("down")

    assert stopped.returncode == 0, stopped.stderr
    assert stack.processes() == []
    assert stack.open_ports() == []
    assert stack.steward("status", "--json").returncode == 3


def _connections(process: psutil.Process) -> list[Any]:
    try:
        return list(process.net_connections("tcp"))
    except psutil.Error:
        return []


def _active_silences(stack: Stack) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = stack.get("alertmanager", "/api/v2/silences").json()
    return [one for one in held if one["status"]["state"] == "active"]
