"""The metrics of the on-call service, declared here so that a catalogue can watch it."""

from http import HTTPStatus

from steward.model.components import instrument_metrics, process_metrics
from steward.model.label import OTHER, Label
from steward.model.metric import Across, Counter, Gauge, Histogram, Unit
from steward.model.oncall import Way
from steward.model.severity import Severity

_CLIENT_CLOSED_REQUEST = 499
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

METHOD = Label.closed("method", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)
PATH = Label.bounded("path", 80, "route template, or __unmatched__")
STATUS = Label.closed("status", *sorted({str(int(one)) for one in HTTPStatus} | {str(_CLIENT_CLOSED_REQUEST)}))
WAY = Label.closed("way", *(way.value for way in Way))
VERDICT = Label.closed(
    "verdict", "delivered", "retry", "refused", "unset", meaning="`unset` where the way has no settings here"
)
SEVERITY = Label.closed("severity", *(one.value for one in Severity if one is not Severity.NONE))
WEBHOOK_OUTCOME = Label.closed(
    "outcome", "accepted", "rejected", "unavailable", meaning="committed, not understood, or not kept"
)
RECONCILIATION_OUTCOME = Label.closed(
    "outcome", "complete", "partial", "failed", meaning="every Alertmanager answered, some did, or none"
)

HTTP_REQUESTS = Counter(
    "steward_oncall_http_requests_total", "HTTP requests answered by on-call.", (METHOD, PATH, STATUS)
)
HTTP_DURATION = Histogram(
    "steward_oncall_http_request_duration_seconds",
    "Time from a request's arrival to the last byte of its response.",
    (METHOD, PATH),
    Unit.SECONDS,
    buckets=_QUICK,
)
HTTP_IN_FLIGHT = Gauge("steward_oncall_http_requests_in_flight", "HTTP requests being answered now.")

WEBHOOKS = Counter("steward_oncall_webhooks_total", "Webhooks of Alertmanager, by outcome.", (WEBHOOK_OUTCOME,))
DELIVERIES = Counter("steward_oncall_deliveries_total", "Attempts to tell somebody.", (WAY, VERDICT))
RECONCILIATIONS = Counter(
    "steward_oncall_reconciliations_total", "Comparisons with Alertmanager, by outcome.", (RECONCILIATION_OUTCOME,)
)
TIMER_LAG = Histogram(
    "steward_oncall_timer_lag_seconds",
    "How much later than due each step of an escalation was taken.",
    unit=Unit.SECONDS,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)

STEP_OVERDUE = Gauge(
    "steward_oncall_step_overdue_seconds",
    "How long ago the oldest step that is not yet taken was due; 0 when none is due.",
    unit=Unit.SECONDS,
    across=Across.SCRAPE,
)
OUTBOX_AGE = Gauge(
    "steward_oncall_outbox_oldest_age_seconds",
    "How long the oldest message that is due has waited to be sent; 0 when none waits.",
    unit=Unit.SECONDS,
    across=Across.SCRAPE,
)
PAGES_OPEN = Gauge("steward_oncall_pages_open", "Pages that are not resolved.", (SEVERITY,), across=Across.SCRAPE)
INCIDENTS_OPEN = Gauge(
    "steward_oncall_incidents_open", "Incidents that are not resolved.", (SEVERITY,), across=Across.SCRAPE
)
WATCHDOG_AGE = Gauge(
    "steward_oncall_watchdog_age_seconds",
    "How long ago the alert that always fires was heard; absent before the first time.",
    unit=Unit.SECONDS,
    across=Across.SCRAPE,
)

COUNTED = (
    HTTP_REQUESTS,
    HTTP_DURATION,
    HTTP_IN_FLIGHT,
    WEBHOOKS,
    DELIVERIES,
    RECONCILIATIONS,
    TIMER_LAG,
    STEP_OVERDUE,
    OUTBOX_AGE,
    PAGES_OPEN,
    INCIDENTS_OPEN,
    WATCHDOG_AGE,
)
"""What the service counts itself."""

METRICS = (*COUNTED, *instrument_metrics.METRICS, *process_metrics.METRICS)
"""Everything that the service exposes."""
