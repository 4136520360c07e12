"""Alerts on the API as a whole.

A share or a percentile of a handful of requests says nothing, so alerts on them ask for some traffic: at 3 in the
morning one failed request of two is no outage.
"""

from festivals.catalogue.api import REQUEST_DURATION, REQUESTS
from festivals.catalogue.dashboards import API_OVERVIEW
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
    observed,
)

_SERVICE = (("service", "api"),)
_LATENCY = (*_SERVICE, ("symptom", "latency"))

_P99 = "histogram_quantile(0.99, sum by (le) (rate(festivals_http_request_duration_seconds_bucket[5m])))"
_ENOUGH_FOR_P99 = "sum(rate(festivals_http_request_duration_seconds_count[5m])) > 0.2"
"""60 requests in 5 minutes; of fewer, one slow request would be the 99th percentile."""


def _answers(failing: float, well: float, *, value: float | None) -> Example:
    return given(
        flow(REQUESTS, failing, method="POST", path="/api/v1/wallets/{wallet_id}/purchases", status="500"),
        flow(REQUESTS, well, method="GET", path="/api/v1/festivals", status="200"),
        value=value,
    )


def _durations(quick: float, slow: float, slow_seconds: float, *, value: float | None) -> Example:
    return given(
        observed(REQUEST_DURATION, quick, value=0.04, method="GET", path="/api/v1/festivals"),
        observed(REQUEST_DURATION, slow, value=slow_seconds, method="GET", path="/api/v1/wallets/{wallet_id}"),
        value=value,
    )


def _api(*states: int, value: float) -> Example:
    processes = (
        level("up", state, job="festivals-api", instance=f"api-{number}:8080")
        for number, state in enumerate(states)
    )
    return given(*processes, value=value, job="festivals-api")


HIGH_ERROR_RATE = Alert(
    "APIHighErrorRate",
    Severity.CRITICAL,
    BACKEND,
    'sum(rate(festivals_http_requests_total{status=~"5.."}[5m]))\n'
    "/\n"
    "(sum(rate(festivals_http_requests_total[5m])) > 0.05)",
    above(0.05),
    "{{ $value | humanizePercentage }} of the API's requests fail",
    "The API answers {{ $value | humanizePercentage }} of all requests with a 5xx, more than 5 %: guests see "
    "errors when they pay, top up or enter. Look first at which paths fail, and whether PostgreSQL and Redis "
    "are up.",
    "api-high-error-rate",
    lasting=minutes(5),
    keep_firing=minutes(2),
    fires=(
        _answers(6, 94, value=0.06),
        _answers(3.2, 46.8, value=0.064),
        _answers(0.006, 0.064, value=0.006 / 0.07),
    ),
    silent=(_answers(3, 97, value=0.03), _answers(0.02, 0.015, value=None)),
    dashboard=API_OVERVIEW,
    labels=_SERVICE,
)
HIGH_LATENCY = Alert(
    "APIHighLatencyP99",
    Severity.WARNING,
    BACKEND,
    _P99,
    above(2),
    "1 % of the API's requests take longer than {{ $value | humanizeDuration }}",
    "The 99th percentile of the API's response time is {{ $value | humanizeDuration }}, more than 2 s: some "
    "guests wait at the till. Look first at which paths are slow, then at slow queries and at the database's "
    "connections.",
    "api-high-latency",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(
        _durations(98.85, 1.15, 3, value=2 + 3 * 0.15 / 1.15),
        _durations(0.2964, 0.0036, 4, value=2 + 3 * 0.0006 / 0.0036),
    ),
    silent=(_durations(98.75, 1.25, 1.5, value=1.2), _durations(0.075, 0.075, 4, value=None)),
    provided=_ENOUGH_FOR_P99,
    dashboard=API_OVERVIEW,
    labels=_LATENCY,
)
HIGH_LATENCY_CRITICAL = Alert(
    "APIHighLatencyP99Critical",
    Severity.CRITICAL,
    BACKEND,
    _P99,
    above(5),
    "1 % of the API's requests take longer than {{ $value | humanizeDuration }}",
    "The 99th percentile of the API's response time is {{ $value | humanizeDuration }}, more than 5 s: tills and "
    "gates stall. Look first at whether PostgreSQL has connections left, then at a recent deployment.",
    "api-high-latency",
    lasting=minutes(2),
    keep_firing=minutes(2),
    fires=(_durations(98.75, 1.25, 7, value=6.0), _durations(0.2964, 0.0036, 7, value=5 + 5 * 0.0006 / 0.0036)),
    silent=(_durations(98.5, 1.5, 3, value=3.0), _durations(0.075, 0.075, 7, value=None)),
    provided=_ENOUGH_FOR_P99,
    dashboard=API_OVERVIEW,
    labels=_LATENCY,
)
DOWN = Alert(
    "APIDown",
    Severity.CRITICAL,
    SRE,
    # One of several processes down is the matter of TargetDown.
    'max by (job) (up{job="festivals-api"})',
    equal(0),
    "The API does not answer",
    "No process of the API has answered Prometheus for a minute: guests can neither pay nor enter. Look first at "
    "whether it runs, then at the end of its log and at the last deployment.",
    "api-down",
    lasting=minutes(1),
    fires=(_api(0, 0, value=0),),
    silent=(_api(1, 1, value=1), _api(1, 0, value=1)),
    dashboard=API_OVERVIEW,
    labels=_SERVICE,
)
HIGH_REQUEST_RATE = Alert(
    "APIHighRequestRate",
    Severity.WARNING,
    SRE,
    "sum(rate(festivals_http_requests_total[5m]))",
    above(1000),
    "The API gets {{ $value | humanize }} requests a second",
    "The API gets {{ $value | humanize }} requests a second, more than 1000: a rush at the gates, a client that "
    "asks again and again, or an attack. Look first at which paths it is, and at how much the API can still take.",
    "api-high-request-rate",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_answers(0, 1200, value=1200),),
    silent=(_answers(0, 600, value=600),),
    dashboard=API_OVERVIEW,
    labels=_SERVICE,
)

ALERTS = AlertGroup(
    "api", "Alerts on the API", (HIGH_ERROR_RATE, HIGH_LATENCY, HIGH_LATENCY_CRITICAL, DOWN, HIGH_REQUEST_RATE)
)
