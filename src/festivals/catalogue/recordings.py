"""Results that dashboards and people ask for all the time, kept as series.

An idle API gives no ratio rather than NaN, which would spoil every average over it; and an API that has not failed
yet has an error rate of 0 rather than none, although no series with a 5xx exists.
"""

from steward.model import RecordingGroup, RecordingRule

_REQUESTS = "festivals_http_requests_total"
_DURATION = "festivals_http_request_duration_seconds"


def _latency(quantile: int) -> RecordingRule:
    return RecordingRule(
        f"festivals:http_latency:p{quantile}",
        f"histogram_quantile(0.{quantile}, sum by (le) (rate({_DURATION}_bucket[5m])))",
        f"Seconds within which {quantile} % of the API's requests were answered.",
    )


RULES = RecordingGroup(
    "festivals.rules",
    (
        RecordingRule(
            "festivals:http_requests:rate5m", f"sum(rate({_REQUESTS}[5m]))", "Requests answered per second."
        ),
        RecordingRule(
            "festivals:http_errors:rate5m",
            f'sum(rate({_REQUESTS}{{status=~"5.."}}[5m])) or festivals:http_requests:rate5m * 0',
            "Requests per second that ended with a 5xx.",
        ),
        RecordingRule(
            "festivals:http_error_percentage:5m",
            "festivals:http_errors:rate5m / (festivals:http_requests:rate5m > 0) * 100",
            "Percent of requests that ended with a 5xx.",
        ),
        _latency(99),
        _latency(95),
        _latency(50),
        RecordingRule(
            "festivals:availability:5m",
            "1 - (festivals:http_errors:rate5m / (festivals:http_requests:rate5m > 0))",
            "Share of requests that did not end with a 5xx, over 5 minutes.",
        ),
        RecordingRule(
            "festivals:sli:availability_1h",
            f'(sum(rate({_REQUESTS}{{status!~"5.."}}[1h])) or vector(0))\n/\n(sum(rate({_REQUESTS}[1h])) > 0)',
            "Share of requests that did not end with a 5xx, over an hour.",
        ),
        RecordingRule(
            "festivals:sli:latency_1h",
            f'sum(rate({_DURATION}_bucket{{le="0.5"}}[1h]))\n/\n(sum(rate({_DURATION}_count[1h])) > 0)',
            "Share of requests answered within half a second, over an hour.",
        ),
    ),
)

RECORDINGS = (RULES,)
