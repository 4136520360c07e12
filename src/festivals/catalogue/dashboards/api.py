"""The dashboard of the API: is it there, is it quick, and where is it not."""

from festivals.catalogue.dashboards.admin import ADMIN
from festivals.catalogue.dashboards.counting import events
from festivals.catalogue.dashboards.marks import MARKS
from festivals.catalogue.dashboards.stores import CACHE, DATABASE
from festivals.catalogue.dashboards.uids import API_OVERVIEW
from steward.model import (
    Dashboard,
    DisplayUnit,
    Heatmap,
    PanelRow,
    Query,
    Stat,
    Table,
    Thresholds,
    TimeSeries,
    Tone,
    healthy_above,
    healthy_below,
)
from steward.model.components.dashboards import LATELY

_REQUESTS = "festivals_http_requests_total"
_DURATION = "festivals_http_request_duration_seconds"
_NOBODY_ASKED = "nobody asked anything of the API in the last hour"
_NO_REQUESTS = "the API got no requests"
_AT_EACH_PATH = f"sum by (method, path) (rate({_REQUESTS}[$__range]))"
_ASKED = f"{_AT_EACH_PATH} > 0"
_FAILED = f'{_REQUESTS}{{status=~"5.."}}'
_AVAILABILITY = '{slo="api-availability"}'
_FAILING = f"""\
({events(_FAILED, "method, path", "$__range")} or {_AT_EACH_PATH} * 0)
/
(sum by (method, path) (increase({_REQUESTS}[$__range])) > 0)"""
_SLOW = f"""\
histogram_quantile(0.95, sum by (le, method, path) (rate({_DURATION}_bucket[$__range])))
and on (method, path) {_ASKED}"""


def _budget(slo: str, legend: str) -> Query:
    return Query(f'slo:error_budget_remaining:ratio{{slo="{slo}"}}', legend)


def _quantile(quantile: float, by: str = "le") -> str:
    return f"histogram_quantile({quantile:g}, sum by ({by}) (rate({_DURATION}_bucket{LATELY})))"


PROMISES = PanelRow(
    "Promises",
    (
        Stat(
            title="API Availability",
            queries=(Query("festivals:sli:availability_1h"),),
            meaning="Share of the last hour's requests that did not end with a 5xx. The promise is 99.9 %.",
            unit=DisplayUnit.RATIO,
            decimals=3,
            largest=1,
            thresholds=healthy_above(0.999),
            healthy="> 99.9%",
            runbooks=("slo-api-availability", "api-high-error-rate"),
            when_empty=_NOBODY_ASKED,
            wide=6,
        ),
        Stat(
            title="Latency SLI",
            queries=(Query("festivals:sli:latency_1h"),),
            meaning="Share of the last hour's requests that were answered within 500 ms. The promise is 99 %.",
            unit=DisplayUnit.RATIO,
            decimals=2,
            largest=1,
            thresholds=healthy_above(0.99),
            healthy="> 99%",
            runbooks=("slo-api-latency", "api-high-latency"),
            when_empty=_NOBODY_ASKED,
            wide=6,
        ),
        Stat(
            title="Error Budget",
            queries=(_budget("api-availability", "availability"), _budget("api-latency", "latency")),
            meaning="What is left of the error budgets of the last 30 days: 100 % untouched, 0 % spent.",
            unit=DisplayUnit.RATIO,
            decimals=1,
            largest=1,
            thresholds=Thresholds(Tone.BAD, ((0, Tone.GOOD),)),
            healthy="> 0%",
            runbooks=("slo-api-availability", "slo-api-latency"),
            when_empty="the first minutes of the objectives are not yet counted",
            wide=6,
        ),
        Stat(
            title="Requests in Flight",
            queries=(Query("sum(festivals_http_requests_in_flight)"),),
            meaning="Requests being answered now. A number that only grows means that something does not answer.",
            smallest=0,
            decimals=0,
            runbooks=("api-high-latency",),
            wide=6,
        ),
    ),
)


TRAFFIC = PanelRow(
    "Traffic",
    (
        TimeSeries(
            title="Request Rate",
            queries=(Query(f"sum by (status) (rate({_REQUESTS}{LATELY}))", "{{status}}"),),
            meaning="Requests answered per second, by status. From 1000 a second on somebody should look.",
            unit=DisplayUnit.REQUESTS_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            healthy="Varies",
            runbooks=("api-high-request-rate", "api-down"),
            when_empty=_NO_REQUESTS,
        ),
        TimeSeries(
            title="Latency Percentiles",
            queries=(
                Query(_quantile(0.5), "P50"),
                Query(_quantile(0.95), "P95"),
                Query(_quantile(0.99), "P99"),
            ),
            meaning="Within how long half, 95 % and 99 % of the requests were answered. P99 stays under 2 s; from "
            "5 s on tills and gates stall.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(2, 5),
            healthy="P99 < 2s",
            runbooks=("api-high-latency",),
            when_empty=_NO_REQUESTS,
        ),
        TimeSeries(
            title="Error Rate",
            queries=(
                Query(f"slo:sli_error:rate{_AVAILABILITY} / (slo:sli_total:rate{_AVAILABILITY} > 0)", "5xx"),
            ),
            meaning="Share of requests that ended with a 5xx. Healthy under 0.1 %; from 5 % on somebody is paged.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            filled=True,
            thresholds=healthy_below(0.001, 0.05),
            healthy="< 0.1%",
            runbooks=("api-high-error-rate",),
            when_empty=_NO_REQUESTS,
        ),
        Heatmap(
            title="Latency Heatmap",
            queries=(Query(f"sum by (le) (increase({_DURATION}_bucket{LATELY}))", "{{le}}"),),
            meaning="How many requests took how long. Two bands mean two kinds of requests, e.g. with and without "
            "the cache, which a percentile does not show.",
            unit=DisplayUnit.SECONDS,
            runbooks=("api-high-latency",),
            when_empty=_NO_REQUESTS,
        ),
    ),
)


WHERE = PanelRow(
    "Where",
    (
        Table(
            title="Endpoints",
            queries=(
                Query(_ASKED, instant=True),
                Query(_FAILING, instant=True),
                Query(_SLOW, instant=True),
            ),
            meaning="What is asked in the whole range: how often, how much of it fails, and within how many "
            "seconds 95 % is answered.",
            columns_shown=(
                ("method", "Method"),
                ("path", "Path"),
                ("Value A", "Requests/s"),
                ("Value B", "Share with 5xx"),
                ("Value C", "P95 in s"),
            ),
            decimals=3,
            runbooks=("api-high-error-rate", "api-high-latency"),
            when_empty=_NO_REQUESTS,
            wide=24,
            high=10,
        ),
        TimeSeries(
            title="Slowest Endpoints",
            queries=(Query(f"topk(5, {_quantile(0.95, 'le, path')})", "{{path}}"),),
            meaning="Within how long 95 % of the requests of the five slowest paths were answered.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(2, 5),
            runbooks=("api-high-latency",),
            when_empty=_NO_REQUESTS,
        ),
        TimeSeries(
            title="5xx by Endpoint",
            queries=(Query(f"{events(_FAILED, 'path')} > 0", "{{path}}"),),
            meaning="How many requests ended with a 5xx, by path.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("api-high-error-rate",),
            when_empty="no request ended with a 5xx",
        ),
        TimeSeries(
            title="Errors by Type",
            queries=(Query(f"{events('festivals_errors_total', 'type')} > 0", "{{type}}"),),
            meaning="Errors met by the platform, also those that a guest causes, e.g. with too little money. "
            "`database`, `timeout` and `internal` are ours.",
            unit=DisplayUnit.SHORT,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("api-high-error-rate",),
            when_empty="no error was met",
        ),
        TimeSeries(
            title="Response Size",
            queries=(
                Query(
                    f"sum(rate(festivals_http_response_size_bytes_sum{LATELY}))\n"
                    f"/\n(sum(rate(festivals_http_response_size_bytes_count{LATELY})) > 0)",
                    "mean",
                ),
                Query(
                    "histogram_quantile(0.95, sum by (le) "
                    f"(rate(festivals_http_response_size_bytes_bucket{LATELY})))",
                    "P95",
                ),
            ),
            meaning="How large responses are. A jump is a list that grew, or a client that asks for all of it.",
            unit=DisplayUnit.BYTES,
            smallest=0,
            when_empty=_NO_REQUESTS,
        ),
    ),
)


DASHBOARD = Dashboard(
    API_OVERVIEW,
    "API Overview",
    "Request rates, latency, errors and objectives of the API, and what it asks of the database and the cache.",
    (PROMISES, TRAFFIC, WHERE, DATABASE, CACHE, ADMIN),
    file="api",
    tags=("festivals", "api"),
    annotations=MARKS,
)
