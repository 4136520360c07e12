"""The dashboard of the on-call service: who is told what, and is anybody told too late."""

from steward.model.components.dashboards.marks import ALERTS_FIRING, INCIDENTS_OPEN
from steward.model.components.dashboards.words import LATELY, SELDOM, UP_OR_DOWN
from steward.model.dashboard import (
    Dashboard,
    DisplayUnit,
    Heatmap,
    PanelRow,
    Query,
    Stat,
    Thresholds,
    TimeSeries,
    Tone,
    healthy_above,
    healthy_below,
)

_DELIVERIES = "steward_oncall_deliveries_total"
_REQUESTS = "steward_oncall_http_requests_total"
_NOBODY_TOLD = "nobody had to be told anything"
_ANY = Thresholds(Tone.GOOD, ((1, Tone.BAD),))

_NOW = PanelRow(
    "Now",
    (
        Stat(
            title="On-call Service",
            queries=(Query('max(up{job="oncall"})'),),
            meaning="Whether a replica of the on-call service answers.",
            decimals=0,
            thresholds=healthy_above(1),
            texts=UP_OR_DOWN,
            runbooks=("oncall-down",),
        ),
        Stat(
            title="Pages Open",
            queries=(Query("sum(max by (severity) (steward_oncall_pages_open))"),),
            meaning="Pages that are not resolved.",
            decimals=0,
            smallest=0,
            thresholds=_ANY,
        ),
        Stat(
            title="Incidents Open",
            queries=(Query("sum(max by (severity) (steward_oncall_incidents_open))"),),
            meaning="Incidents that are not resolved.",
            decimals=0,
            smallest=0,
            thresholds=_ANY,
        ),
        Stat(
            title="Heard of Alertmanager",
            queries=(Query("max(steward_oncall_watchdog_age_seconds)"),),
            meaning="How long ago the alert that always fires was heard. From 5 minutes on somebody is paged.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(120, 300),
            runbooks=("oncall-unheard", "watchdog"),
            when_empty="Alertmanager was not heard since the service first started",
        ),
        Stat(
            title="Step Overdue",
            queries=(Query("max(steward_oncall_step_overdue_seconds)"),),
            meaning="How late the next person is told. Healthy is 0; from 30 s on somebody is paged.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(5, 30),
            runbooks=("oncall-late",),
        ),
        Stat(
            title="Message Waiting",
            queries=(Query("max(steward_oncall_outbox_oldest_age_seconds)"),),
            meaning="How long the oldest message that is due has waited. From a minute on somebody is paged.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(10, 60),
            runbooks=("oncall-late",),
        ),
    ),
)

_PAGES = PanelRow(
    "Pages and incidents",
    (
        TimeSeries(
            title="Pages by Severity",
            queries=(Query("max by (severity) (steward_oncall_pages_open)", "{{severity}}"),),
            meaning="Pages that are not resolved, by severity.",
            decimals=0,
            smallest=0,
            stacked=True,
            filled=True,
        ),
        TimeSeries(
            title="Incidents by Severity",
            queries=(Query("max by (severity) (steward_oncall_incidents_open)", "{{severity}}"),),
            meaning="Incidents that are not resolved, by severity.",
            decimals=0,
            smallest=0,
            stacked=True,
            filled=True,
        ),
    ),
)

_TELLING = PanelRow(
    "Telling people",
    (
        TimeSeries(
            title="Attempts by Way",
            queries=(Query(f'sum by (way) (increase({_DELIVERIES}{{verdict!="unset"}}{LATELY})) > 0', "{{way}}"),),
            meaning="Attempts to tell somebody, by the way it was tried.",
            decimals=0,
            smallest=0,
            stacked=True,
            filled=True,
            when_empty=_NOBODY_TOLD,
        ),
        TimeSeries(
            title="Attempts by Verdict",
            queries=(Query(f"sum by (verdict) (increase({_DELIVERIES}{LATELY})) > 0", "{{verdict}}"),),
            meaning="How attempts ended: delivered, to be tried again, refused, or by a way without settings.",
            decimals=0,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("oncall-deliveries-failing",),
            when_empty=_NOBODY_TOLD,
        ),
        TimeSeries(
            title="Failing Attempts",
            queries=(
                Query(
                    f'sum by (way) (rate({_DELIVERIES}{{verdict=~"retry|refused"}}{LATELY}))\n/\n'
                    f'(sum by (way) (rate({_DELIVERIES}{{verdict!="unset"}}{LATELY})) > 0)',
                    "{{way}}",
                ),
            ),
            meaning="Share of attempts that failed, by way. From 10 % on somebody is told by another way.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            largest=1,
            thresholds=healthy_below(0.01, 0.1),
            runbooks=("oncall-deliveries-failing",),
            when_empty=_NOBODY_TOLD,
        ),
        Heatmap(
            title="Lateness of Steps",
            queries=(Query(f"sum by (le) (increase(steward_oncall_timer_lag_seconds_bucket{LATELY}))", "{{le}}"),),
            meaning="How much later than due the steps of escalations were taken.",
            unit=DisplayUnit.SECONDS,
            runbooks=("oncall-late",),
            when_empty="no page has escalated",
        ),
    ),
)

_HEARING = PanelRow(
    "Hearing of alerts",
    (
        TimeSeries(
            title="Webhooks",
            queries=(Query(f"sum by (outcome) (rate(steward_oncall_webhooks_total{SELDOM}))", "{{outcome}}"),),
            meaning="What Alertmanager told, per second. `unavailable` was not kept and is told again.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            runbooks=("oncall-unheard",),
        ),
        TimeSeries(
            title="Comparisons with Alertmanager",
            queries=(
                Query(
                    f"sum by (outcome) (rate(steward_oncall_reconciliations_total{SELDOM})) * 60", "{{outcome}}"
                ),
            ),
            meaning="Comparisons per minute, by whether every Alertmanager answered.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            runbooks=("oncall-unheard",),
        ),
    ),
)

_CONSOLE = PanelRow(
    "Console and API",
    (
        TimeSeries(
            title="Requests of On-call",
            queries=(Query(f"sum by (status) (rate({_REQUESTS}{SELDOM})) > 0", "{{status}}"),),
            meaning="Requests per second that the service answered, those of machines that watch left out.",
            unit=DisplayUnit.REQUESTS_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("oncall-down",),
            when_empty="nobody asked anything",
        ),
        TimeSeries(
            title="Latency of On-call P95",
            queries=(
                Query(
                    "histogram_quantile(0.95, sum by (le) "
                    f"(rate(steward_oncall_http_request_duration_seconds_bucket{SELDOM})))",
                    "P95",
                ),
            ),
            meaning="Within how long 95 % of the requests were answered.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(0.5, 2),
            when_empty="nobody asked anything",
        ),
    ),
)


def oncall_dashboard(name: str) -> Dashboard:
    """Return the dashboard `<name>-oncall` of a catalogue that scrapes the on-call service as the job `oncall`."""
    return Dashboard(
        f"{name}-oncall",
        "On-call",
        "Pages, incidents, and whether people are told of them in time.",
        (_NOW, _PAGES, _TELLING, _HEARING, _CONSOLE),
        file="oncall",
        tags=(name, "on-call"),
        annotations=(ALERTS_FIRING, INCIDENTS_OPEN),
        since="now-6h",
    )
