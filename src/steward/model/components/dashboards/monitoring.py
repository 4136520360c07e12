"""The dashboard of the monitoring itself: does it see everything, in time, and can it tell anybody."""

from steward.model.components.dashboards.marks import ALERTS_FIRING, INCIDENTS_OPEN
from steward.model.components.dashboards.words import LATELY, SELDOM, UP_OR_DOWN
from steward.model.dashboard import (
    Dashboard,
    DisplayUnit,
    PanelRow,
    Query,
    Stat,
    StateTimeline,
    Thresholds,
    TimeSeries,
    Tone,
    ValueText,
    healthy_above,
    healthy_below,
)

_RELOADED = (ValueText(1, "loaded", Tone.GOOD), ValueText(0, "REFUSED", Tone.BAD))
_SLOWEST_GROUPS = """\
topk(5, max by (group) (label_replace(
  prometheus_rule_group_last_duration_seconds, "group", "$1", "rule_group", ".*;(.*)"
)))"""
"""Without the path of the file, which says where this Prometheus keeps it."""
_MONITORING = '{job=~"prometheus|alertmanager|oncall|.+-exporter"}'
_NOBODY_TOLD = "Alertmanager had nothing to tell"

_GLANCE = PanelRow(
    "At a glance",
    (
        Stat(
            title="Targets Down",
            queries=(Query("count(up == 0) or vector(0)"),),
            meaning="Targets that Prometheus cannot reach; what they expose can alert nobody.",
            decimals=0,
            smallest=0,
            thresholds=healthy_below(1),
            runbooks=("target-down", "target-absent"),
        ),
        Stat(
            title="Alerts Firing",
            queries=(Query('count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)'),),
            meaning="Alerts that fire now, the one that always fires left out.",
            decimals=0,
            smallest=0,
            thresholds=healthy_below(1),
        ),
        Stat(
            title="Prometheus' Rules",
            queries=(Query("min(prometheus_config_last_reload_successful)"),),
            meaning="Whether Prometheus runs with the configuration that lies there, or with the one before.",
            thresholds=healthy_above(1),
            texts=_RELOADED,
            runbooks=("configuration-reload-failed",),
        ),
        Stat(
            title="Alertmanager's Routes",
            queries=(Query("min(alertmanager_config_last_reload_successful)"),),
            meaning="Whether Alertmanager runs with the configuration that lies there, or with the one before.",
            thresholds=healthy_above(1),
            texts=_RELOADED,
            runbooks=("configuration-reload-failed",),
        ),
        Stat(
            title="Alertmanagers Known",
            queries=(Query("min(prometheus_notifications_alertmanagers_discovered)"),),
            meaning="Alertmanagers that Prometheus tells; with none, no alert reaches anybody.",
            decimals=0,
            smallest=0,
            thresholds=healthy_above(1),
            runbooks=("alertmanager-disconnected",),
        ),
        Stat(
            title="Series",
            queries=(Query("sum(prometheus_tsdb_head_series)"),),
            meaning="Series that Prometheus holds in memory. A jump is a label with too many values.",
            unit=DisplayUnit.SHORT,
            smallest=0,
        ),
    ),
)

_COLLECTING = PanelRow(
    "Collecting",
    (
        StateTimeline(
            title="Targets",
            queries=(Query("min by (job) (up)", "{{job}}"),),
            meaning="Which job's targets all answered when.",
            thresholds=Thresholds(Tone.BAD, ((1, Tone.GOOD),)),
            texts=UP_OR_DOWN,
            runbooks=("target-down",),
            wide=24,
            high=9,
        ),
        TimeSeries(
            title="Scrape Duration",
            queries=(Query("max by (job) (scrape_duration_seconds)", "{{job}}"),),
            meaning="How long each scrape took. One that takes longer than its interval leaves holes.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(5, 10),
            runbooks=("target-down",),
        ),
        TimeSeries(
            title="Samples per Scrape",
            queries=(Query("sum by (job) (scrape_samples_scraped)", "{{job}}"),),
            meaning="How many samples each job exposes. One that grows has too many label values.",
            unit=DisplayUnit.SHORT,
            smallest=0,
        ),
        TimeSeries(
            title="Samples Taken In",
            queries=(Query(f"sum(rate(prometheus_tsdb_head_samples_appended_total{LATELY}))", "samples"),),
            meaning="Samples per second that Prometheus stores, of scrapes and of rules.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            filled=True,
        ),
        TimeSeries(
            title="Exporters' Own Errors",
            queries=(
                Query("max(pg_exporter_last_scrape_error)", "PostgreSQL"),
                Query("max(redis_exporter_last_scrape_error)", "Redis"),
            ),
            meaning="1 where an exporter answers but could not read what it is asked about.",
            decimals=0,
            smallest=0,
            largest=1,
            thresholds=healthy_below(1),
        ),
    ),
)

_JUDGING = PanelRow(
    "Judging",
    (
        TimeSeries(
            title="Slowest Rule Groups",
            queries=(Query(_SLOWEST_GROUPS, "{{group}}"),),
            meaning="How long the five slowest groups of rules took. One slower than its interval alerts late.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(5, 15),
            runbooks=("rule-evaluation-failures",),
        ),
        TimeSeries(
            title="Rules that Fail",
            queries=(
                Query(f"sum(rate(prometheus_rule_evaluation_failures_total{LATELY}))", "failures"),
                Query(f"sum(rate(prometheus_rule_group_iterations_missed_total{LATELY}))", "rounds missed"),
            ),
            meaning="Evaluations per second that failed or were missed. An alert not judged cannot fire.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            thresholds=healthy_below(0.001),
            runbooks=("rule-evaluation-failures",),
        ),
        TimeSeries(
            title="Alerts by Severity",
            queries=(
                Query('count by (severity, alertstate) (ALERTS{severity!="none"})', "{{severity}} {{alertstate}}"),
            ),
            meaning="Alerts that fire and alerts that wait for their time, by severity.",
            decimals=0,
            smallest=0,
            stacked=True,
            filled=True,
            when_empty="no alert fires, and none is about to",
        ),
        TimeSeries(
            title="Query Duration P90",
            queries=(
                Query('max by (slice) (prometheus_engine_query_duration_seconds{quantile="0.9"})', "{{slice}}"),
            ),
            meaning="Within how long 90 % of the queries were answered, by what they did in that time.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(1, 5),
        ),
    ),
)

_TELLING = PanelRow(
    "Telling",
    (
        TimeSeries(
            title="Alerts Sent to Alertmanager",
            queries=(
                Query(f"sum(rate(prometheus_notifications_sent_total{SELDOM}))", "sent"),
                Query(f"sum(rate(prometheus_notifications_errors_total{SELDOM}))", "errors"),
                Query(f"sum(rate(prometheus_notifications_dropped_total{SELDOM}))", "dropped"),
            ),
            meaning="Alerts per second that Prometheus sent; errors and dropped ones reach nobody.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            runbooks=("notifications-failing",),
        ),
        TimeSeries(
            title="Notifications by Channel",
            queries=(
                Query(
                    f"sum by (integration) (rate(alertmanager_notifications_total{SELDOM})) * 60 > 0",
                    "{{integration}}",
                ),
            ),
            meaning="Notifications per minute that Alertmanager sent, by channel.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            stacked=True,
            filled=True,
            when_empty=_NOBODY_TOLD,
        ),
        TimeSeries(
            title="Failing Notifications",
            queries=(
                Query(
                    f"sum by (integration) (rate(alertmanager_notifications_failed_total{SELDOM}))\n/\n"
                    f"(sum by (integration) (rate(alertmanager_notifications_total{SELDOM})) > 0)",
                    "{{integration}}",
                ),
            ),
            meaning="Share of notifications that failed, by channel. From 1 % on somebody is told by another one.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            thresholds=healthy_below(0.01, 0.5),
            runbooks=("notifications-failing",),
            when_empty=_NOBODY_TOLD,
        ),
        TimeSeries(
            title="Alerts and Silences in Alertmanager",
            queries=(
                Query("sum by (state) (alertmanager_alerts)", "alerts {{state}}"),
                Query('sum(alertmanager_silences{state="active"})', "silences active"),
            ),
            meaning="Alerts that Alertmanager tells of, those it holds back, and the silences it has.",
            decimals=0,
            smallest=0,
        ),
    ),
)

_KEEPING = PanelRow(
    "Keeping",
    (
        TimeSeries(
            title="Storage of Prometheus",
            queries=(
                Query("sum(prometheus_tsdb_storage_blocks_bytes)", "blocks"),
                Query("sum(prometheus_tsdb_retention_limit_bytes)", "limit"),
            ),
            meaning="Bytes on disk, and how many there may be before the oldest go.",
            unit=DisplayUnit.BYTES,
            smallest=0,
            runbooks=("node-disk",),
            wide=8,
        ),
        TimeSeries(
            title="Damage to the Storage",
            queries=(
                Query(f"sum(increase(prometheus_tsdb_wal_corruptions_total{LATELY}))", "log"),
                Query(f"sum(increase(prometheus_tsdb_compactions_failed_total{LATELY}))", "compactions"),
                Query(f"sum(increase(prometheus_tsdb_reloads_failures_total{LATELY}))", "reloads"),
            ),
            meaning="What went wrong in Prometheus' storage. All of it is usually 0; look at the disk first.",
            decimals=0,
            smallest=0,
            thresholds=healthy_below(1),
            runbooks=("node-disk",),
            wide=8,
        ),
        TimeSeries(
            title="Memory of the Monitoring",
            queries=(Query(f"max by (job) (process_resident_memory_bytes{_MONITORING})", "{{job}}"),),
            meaning="Memory that Prometheus, Alertmanager, the exporters and on-call hold.",
            unit=DisplayUnit.BYTES,
            smallest=0,
            wide=8,
        ),
    ),
)


def monitoring_dashboard(name: str) -> Dashboard:
    """Return the dashboard `<name>-monitoring`, the monitoring of the monitoring."""
    return Dashboard(
        f"{name}-monitoring",
        "Monitoring",
        "The monitoring of the monitoring: targets, rules, notifications, and Prometheus' storage.",
        (_GLANCE, _COLLECTING, _JUDGING, _TELLING, _KEEPING),
        file="monitoring",
        tags=(name, "monitoring"),
        annotations=(ALERTS_FIRING, INCIDENTS_OPEN),
    )
