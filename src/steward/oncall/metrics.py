"""What the service counts of itself, by the names that catalogues know.

    context.instruments.counter(DELIVERIES).inc(way=row.way, verdict="delivered")
    context.instruments.histogram(TIMER_LAG).observe(lag)

The gauges are read from the store at each scrape; see `steward.oncall.gauges`.
"""

from steward.instrument import HttpMetrics
from steward.model.components.oncall_metrics import (
    DELIVERIES,
    HTTP_DURATION,
    HTTP_IN_FLIGHT,
    HTTP_REQUESTS,
    INCIDENTS_OPEN,
    METRICS,
    OUTBOX_AGE,
    PAGES_OPEN,
    RECONCILIATIONS,
    STEP_OVERDUE,
    TIMER_LAG,
    WATCHDOG_AGE,
    WEBHOOKS,
)

HTTP = HttpMetrics(requests=HTTP_REQUESTS, duration=HTTP_DURATION, in_flight=HTTP_IN_FLIGHT)
"""For the middleware that counts requests."""

UNCOUNTED_PATHS = frozenset({"/metrics", "/healthz", "/readyz", "/live"})
"""What is asked by machines that watch, and the stream of news, which lasts an hour."""

__all__ = [
    "DELIVERIES",
    "HTTP",
    "INCIDENTS_OPEN",
    "METRICS",
    "OUTBOX_AGE",
    "PAGES_OPEN",
    "RECONCILIATIONS",
    "STEP_OVERDUE",
    "TIMER_LAG",
    "UNCOUNTED_PATHS",
    "WATCHDOG_AGE",
    "WEBHOOKS",
]
