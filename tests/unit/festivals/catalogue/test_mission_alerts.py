"""The alerts of the requirement, written down once more and held against the catalogue."""

import pytest

from festivals.catalogue import CATALOGUE
from steward.model import Alert, Comparison, Duration, Severity, minutes

CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING

MISSION: dict[str, dict[str, tuple[Severity, str, float, Duration | None]]] = {
    "api": {
        "APIHighErrorRate": (CRITICAL, ">", 0.05, minutes(5)),
        "APIHighLatencyP99": (WARNING, ">", 2, minutes(5)),
        "APIHighLatencyP99Critical": (CRITICAL, ">", 5, minutes(2)),
        "APIDown": (CRITICAL, "==", 0, minutes(1)),
        "APIHighRequestRate": (WARNING, ">", 1000, minutes(5)),
    },
    "database": {
        "PostgreSQLDown": (CRITICAL, "==", 0, minutes(1)),
        "PostgreSQLHighConnectionUsage": (WARNING, ">", 0.80, minutes(5)),
        "PostgreSQLCriticalConnectionUsage": (CRITICAL, ">", 0.95, minutes(2)),
        "PostgreSQLSlowQueries": (WARNING, ">", 30, minutes(5)),
    },
    "redis": {
        "RedisDown": (CRITICAL, "==", 0, minutes(1)),
        "RedisHighMemoryUsage": (WARNING, ">", 0.80, minutes(5)),
        "RedisCriticalMemoryUsage": (CRITICAL, ">", 0.95, minutes(2)),
        "RedisLowHitRate": (WARNING, "<", 0.80, minutes(15)),
    },
    "business": {
        "HighFailedTransactionRate": (CRITICAL, ">", 0.05, minutes(5)),
        "TransactionVolumeDrop": (WARNING, "<", 0.5, None),
        "NoTransactions": (WARNING, "==", 0, minutes(15)),
        "HighTicketScanFailureRate": (WARNING, ">", 0.10, minutes(10)),
    },
}
"""File -> alert -> severity, threshold and how long; None where the requirement does not say how long."""

DASHBOARD = {
    "NodeHighCPUUsage": (WARNING, 0.70),
    "NodeCriticalCPUUsage": (CRITICAL, 0.90),
    "NodeHighMemoryUsage": (WARNING, 0.80),
    "NodeCriticalMemoryUsage": (CRITICAL, 0.95),
    "NodeHighDiskUsage": (WARNING, 0.70),
    "NodeCriticalDiskUsage": (CRITICAL, 0.90),
}
"""The thresholds of the dashboard Infrastructure for hosts."""

READS = {
    "APIHighErrorRate": ["festivals_http_requests_total", 'status=~"5.."'],
    "APIHighLatencyP99": ["histogram_quantile(0.99", "festivals_http_request_duration_seconds_bucket"],
    "APIHighLatencyP99Critical": ["histogram_quantile(0.99", "festivals_http_request_duration_seconds_bucket"],
    "APIDown": ['up{job="festivals-api"}'],
    "PostgreSQLDown": ["pg_up"],
    "PostgreSQLHighConnectionUsage": ["pg_stat_activity_count", "pg_settings_max_connections"],
    "PostgreSQLCriticalConnectionUsage": ["pg_stat_activity_count", "pg_settings_max_connections"],
    "PostgreSQLSlowQueries": ["pg_stat_activity_max_tx_duration"],
    "RedisDown": ["redis_up"],
    "RedisHighMemoryUsage": ["redis_memory_used_bytes", "redis_memory_max_bytes > 0"],
    "RedisLowHitRate": ["redis_keyspace_hits_total", "redis_keyspace_misses_total"],
    "HighFailedTransactionRate": ["festivals_transactions_total", 'status="failed"'],
    "TransactionVolumeDrop": ["festivals_transactions_total", "offset 1h"],
    "NoTransactions": ["festivals_transactions_total"],
    "HighTicketScanFailureRate": ["festivals_tickets_scanned_total", 'scan_type=~"duplicate|invalid"'],
}
"""What an alert cannot do without."""


@pytest.fixture(scope="module")
def alerts() -> dict[str, Alert]:
    return {alert.name: alert for alert in CATALOGUE.alerts}


@pytest.mark.parametrize("group", MISSION)
def test_group_holds_the_alerts_of_its_file(group: str) -> None:
    found = next(one for one in CATALOGUE.alert_groups if one.name == group)

    assert [alert.name for alert in found.alerts] == list(MISSION[group])


@pytest.mark.parametrize(
    ("name", "wanted"), [(name, wanted) for group in MISSION.values() for name, wanted in group.items()]
)
def test_alert_is_as_the_requirement_says(
    name: str, wanted: tuple[Severity, str, float, Duration | None], alerts: dict[str, Alert]
) -> None:
    severity, comparison, value, lasting = wanted
    alert = alerts[name]

    assert alert.severity is severity
    assert alert.threshold is not None
    assert (alert.threshold.comparison, alert.threshold.value) == (Comparison(comparison), value)
    assert lasting is None or alert.lasting == lasting


@pytest.mark.parametrize(("name", "wanted"), DASHBOARD.items())
def test_host_alert_has_the_threshold_of_its_dashboard(
    name: str, wanted: tuple[Severity, float], alerts: dict[str, Alert]
) -> None:
    alert = alerts[name]

    assert alert.threshold is not None
    assert (alert.severity, alert.threshold.value) == wanted


@pytest.mark.parametrize(("name", "parts"), READS.items())
def test_alert_reads_what_it_is_about(name: str, parts: list[str], alerts: dict[str, Alert]) -> None:
    for part in parts:
        assert part in alerts[name].expr


def test_business_alerts_on_volume_ask_for_an_open_festival(alerts: dict[str, Alert]) -> None:
    for name in ("TransactionVolumeDrop", "NoTransactions"):
        assert "festivals_festivals_active" in (alerts[name].provided or "")


def test_no_alert_is_on_guests_without_money(alerts: dict[str, Alert]) -> None:
    assert not [alert.name for alert in alerts.values() if "insufficient_balance" in alert.expr]
    assert 'status!="success"' not in alerts["HighFailedTransactionRate"].expr


def test_good_practice_adds_alerts_on_monitoring_itself(alerts: dict[str, Alert]) -> None:
    added = {
        "Watchdog",
        "TargetDown",
        "TargetAbsent",
        "RuleEvaluationFailures",
        "PrometheusNotificationsFailing",
        "AlertmanagerNotificationsFailing",
        "AlertmanagerDisconnected",
        "PrometheusReloadFailed",
        "AlertmanagerReloadFailed",
        "MetricSeriesDropped",
        "WorkerDown",
        "WorkerQueueStuck",
        "WorkerJobsFailing",
        "AdminDown",
    }

    assert added <= alerts.keys()
    assert alerts["Watchdog"].always_fires
