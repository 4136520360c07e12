"""Alerts on monitoring itself: it must not be blind or mute without anybody knowing."""

from festivals.catalogue.dashboards import INFRASTRUCTURE
from festivals.catalogue.teams import BACKEND, SRE
from steward.model import (
    Alert,
    AlertGroup,
    Example,
    Severity,
    above,
    equal,
    flow,
    given,
    level,
    minutes,
)
from steward.model.components.instrument_metrics import SERIES_DROPPED

_SERVICE = (("service", "monitoring"),)
_PROMETHEUS = {"job": "prometheus", "instance": "prometheus:9090"}
_ALERTMANAGER = {"job": "alertmanager", "instance": "alertmanager:9093"}

EVERYWHERE = (
    "festivals-api",
    "festivals-admin",
    "festivals-worker",
    "prometheus",
    "alertmanager",
    "oncall",
    "node-exporter",
    "redis-exporter",
    "postgres-exporter",
)
"""Jobs that no place may lack. Grafana, Loki and cAdvisor do not run natively everywhere."""


def _up(job: str, state: int) -> Example:
    instance = f"{job}:9100"
    return given(level("up", state, job=job, instance=instance), value=state, job=job, instance=instance)


def _scraped(*jobs: str, absent: str | None) -> Example:
    targets = (level("up", 1, job=job, instance=f"{job}:9100") for job in jobs)
    return given(*targets, value=None if absent is None else 1, **({} if absent is None else {"job": absent}))


def _evaluated(per_second: float, failures: float) -> Example:
    of_group = {"rule_group": "/etc/prometheus/alerts/api.yml;festivals.api", **_PROMETHEUS}
    return given(
        flow("prometheus_rule_evaluation_failures_total", failures, **of_group),
        flow("prometheus_rule_evaluations_total", per_second, **of_group),
        value=failures / per_second,
        **of_group,
    )


def _sent(per_second: float, errors: float) -> Example:
    to = {"alertmanager": "http://alertmanager:9093/api/v2/alerts", **_PROMETHEUS}
    return given(
        flow("prometheus_notifications_errors_total", errors, **to),
        flow("prometheus_notifications_sent_total", per_second, **to),
        value=errors / per_second,
        **to,
    )


def _notified(per_second: float, failed: float) -> Example:
    return given(
        flow("alertmanager_notifications_failed_total", failed, integration="slack", **_ALERTMANAGER),
        flow("alertmanager_notifications_total", per_second, integration="slack", **_ALERTMANAGER),
        value=failed / per_second,
        integration="slack",
        instance=_ALERTMANAGER["instance"],
    )


def _gauge(name: str, value: float, target: dict[str, str]) -> Example:
    return given(level(name, value, **target), value=value, **target)


def _dropped(an_hour: float) -> Example:
    seen = {"metric": "festivals_errors_total", "job": "festivals-api"}
    return given(flow(SERIES_DROPPED, an_hour / 3600, **seen), value=an_hour, **seen)


WATCHDOG = Alert(
    "Watchdog",
    Severity.NONE,
    SRE,
    "vector(1)",
    None,
    "Alerts arrive",
    "This alert always fires. Where it stops arriving, no other alert arrives either: Prometheus or Alertmanager "
    "is down, or the way between them and you.",
    "watchdog",
    fires=(given(value=1),),
    silent=(),
    labels=_SERVICE,
)
TARGET_DOWN = Alert(
    "TargetDown",
    Severity.WARNING,
    SRE,
    "up",
    equal(0),
    "{{ $labels.instance }} of {{ $labels.job }} does not answer",
    "Prometheus has not been able to read the metrics of {{ $labels.instance }} ({{ $labels.job }}) for 5 "
    "minutes, so alerts on them cannot fire. Look first at whether it runs, then at what /targets says.",
    "target-down",
    lasting=minutes(5),
    fires=(_up("redis-exporter", 0),),
    silent=(_up("redis-exporter", 1),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
TARGET_ABSENT = Alert(
    "TargetAbsent",
    Severity.CRITICAL,
    SRE,
    "\nor ".join(f'absent(up{{job="{job}"}})' for job in EVERYWHERE),
    None,
    "Prometheus knows no target of {{ $labels.job }}",
    "Prometheus has had no target of the job {{ $labels.job }} for 5 minutes, neither up nor down: alerts on it "
    "cannot fire. Look first at what changed in the scrape configuration or in the service discovery.",
    "target-absent",
    lasting=minutes(5),
    fires=tuple(_scraped(*(one for one in EVERYWHERE if one != job), absent=job) for job in EVERYWHERE),
    silent=(_scraped(*EVERYWHERE, absent=None),),
    labels=_SERVICE,
)
RULE_EVALUATION_FAILURES = Alert(
    "RuleEvaluationFailures",
    Severity.WARNING,
    SRE,
    "rate(prometheus_rule_evaluation_failures_total[5m]) / (rate(prometheus_rule_evaluations_total[5m]) > 0)",
    # One rule of a thousand, always.
    above(0.001),
    "Rules of {{ $labels.rule_group }} cannot be evaluated",
    "{{ $value | humanizePercentage }} of the evaluations in {{ $labels.rule_group }} fail: alerts among its "
    "rules cannot fire. Look first at what /rules says of them, and at the log of Prometheus.",
    "rule-evaluation-failures",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_evaluated(10, 0.012),),
    silent=(_evaluated(10, 0.006),),
    labels=_SERVICE,
)
PROMETHEUS_NOTIFICATIONS_FAILING = Alert(
    "PrometheusNotificationsFailing",
    Severity.CRITICAL,
    SRE,
    "rate(prometheus_notifications_errors_total[5m]) / (rate(prometheus_notifications_sent_total[5m]) > 0)",
    above(0.01),
    "{{ $value | humanizePercentage }} of the alerts do not reach {{ $labels.alertmanager }}",
    "Prometheus cannot hand over {{ $value | humanizePercentage }} of its alerts to {{ $labels.alertmanager }}: "
    "pages may be missing. Look first at whether Alertmanager runs and what its log says.",
    "notifications-failing",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_sent(10, 0.12),),
    silent=(_sent(10, 0.06),),
    labels=_SERVICE,
)
ALERTMANAGER_NOTIFICATIONS_FAILING = Alert(
    "AlertmanagerNotificationsFailing",
    Severity.CRITICAL,
    SRE,
    "sum by (instance, integration) (rate(alertmanager_notifications_failed_total[5m]))\n"
    "/\n"
    "(sum by (instance, integration) (rate(alertmanager_notifications_total[5m])) > 0)",
    above(0.01),
    "{{ $value | humanizePercentage }} of the notifications by {{ $labels.integration }} fail",
    "Alertmanager cannot deliver {{ $value | humanizePercentage }} of its notifications by "
    "{{ $labels.integration }}: people are not told. Look first at its log, then at the channel's webhook or key.",
    "notifications-failing",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_notified(10, 0.12),),
    silent=(_notified(10, 0.06),),
    labels=_SERVICE,
)
ALERTMANAGER_DISCONNECTED = Alert(
    "AlertmanagerDisconnected",
    Severity.CRITICAL,
    SRE,
    "prometheus_notifications_alertmanagers_discovered",
    equal(0),
    "{{ $labels.instance }} knows no Alertmanager",
    "The Prometheus {{ $labels.instance }} has had no Alertmanager for 5 minutes, so none of its alerts reaches "
    "anybody. Look first at the section alerting of its configuration.",
    "alertmanager-disconnected",
    lasting=minutes(5),
    fires=(_gauge("prometheus_notifications_alertmanagers_discovered", 0, _PROMETHEUS),),
    silent=(_gauge("prometheus_notifications_alertmanagers_discovered", 1, _PROMETHEUS),),
    labels=_SERVICE,
)


def _reload_failed(program: str, metric: str, target: dict[str, str]) -> Alert:
    return Alert(
        f"{program}ReloadFailed",
        Severity.WARNING,
        SRE,
        metric,
        equal(0),
        f"{program} could not read its configuration",
        f"{program} ({{{{ $labels.instance }}}}) refused its configuration and goes on with the one before: "
        "rules or routes that were changed do not work yet. Look first at its log, then check the files.",
        "configuration-reload-failed",
        lasting=minutes(5),
        fires=(_gauge(metric, 0, target),),
        silent=(_gauge(metric, 1, target),),
        labels=_SERVICE,
    )


METRIC_SERIES_DROPPED = Alert(
    "MetricSeriesDropped",
    Severity.INFO,
    BACKEND,
    "sum by (job, metric) (increase(steward_instrument_series_dropped_total[1h]))",
    above(0),
    "{{ $labels.job }} counts label values of {{ $labels.metric }} as `other`",
    "In the last hour {{ $labels.job }} met label values of {{ $labels.metric }} that the catalogue does not "
    "foresee, and counted them as `other`: sums are right, but alerts and panels on one value miss them. Look "
    "first at the program's log, which names the label and the value once.",
    "metric-series-dropped",
    lasting=minutes(5),
    fires=(_dropped(12),),
    silent=(_dropped(0),),
    labels=_SERVICE,
)

ALERTS = AlertGroup(
    "monitoring",
    "Alerts on monitoring itself",
    (
        WATCHDOG,
        TARGET_DOWN,
        TARGET_ABSENT,
        RULE_EVALUATION_FAILURES,
        PROMETHEUS_NOTIFICATIONS_FAILING,
        ALERTMANAGER_NOTIFICATIONS_FAILING,
        ALERTMANAGER_DISCONNECTED,
        _reload_failed("Prometheus", "prometheus_config_last_reload_successful", _PROMETHEUS),
        _reload_failed("Alertmanager", "alertmanager_config_last_reload_successful", _ALERTMANAGER),
        METRIC_SERIES_DROPPED,
    ),
)
