"""What the service counts of itself, by the names that catalogues know.

    context.metrics.deliveries.labels(way=row.way.value, verdict="delivered").inc()
    context.metrics.timer_lag.observe(lag)

The gauges are read from the store at each scrape; see `steward.oncall.gauges`.
"""

from typing import NamedTuple

from steward.instrument import HttpMetrics, Instruments
from steward.model.components.oncall_metrics import (
    COUNTED,
    DELIVERIES,
    HTTP_DURATION,
    HTTP_IN_FLIGHT,
    HTTP_REQUESTS,
    INCIDENTS_OPEN,
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
    "COUNTED",
    "HTTP",
    "INCIDENTS_OPEN",
    "OUTBOX_AGE",
    "PAGES_OPEN",
    "STEP_OVERDUE",
    "UNCOUNTED_PATHS",
    "WATCHDOG_AGE",
    "OnCallMetrics",
]


class OutcomeLabel(NamedTuple):
    """Of `WEBHOOKS` and `RECONCILIATIONS`."""

    outcome: str


class DeliveryLabels(NamedTuple):
    """Of `DELIVERIES`."""

    way: str
    verdict: str


class OnCallMetrics:
    """The metrics that the service's parts count in."""

    def __init__(self, instruments: Instruments) -> None:
        self.instruments = instruments
        self.webhooks = instruments.counter(WEBHOOKS, OutcomeLabel)
        self.deliveries = instruments.counter(DELIVERIES, DeliveryLabels)
        self.reconciliations = instruments.counter(RECONCILIATIONS, OutcomeLabel)
        self.timer_lag = instruments.histogram(TIMER_LAG)
