"""What is watched of the API: its requests and its errors."""

from festivals.catalogue.labels import METHOD, ROUTE, STATUS
from steward.model import Counter, Gauge, Histogram, Label, Unit

ERROR_TYPE = Label.closed(
    "type",
    "validation",
    "not_found",
    "conflict",
    "insufficient_balance",
    "unauthorized",
    "database",
    "cache",
    "timeout",
    "job",
    "internal",
    meaning="what kind of thing went wrong",
)
OPERATION = Label.bounded("operation", 60, "the use case in which it went wrong, e.g. purchase")

REQUESTS = Counter("festivals_http_requests_total", "HTTP requests answered.", (METHOD, ROUTE, STATUS))
REQUEST_DURATION = Histogram(
    "festivals_http_request_duration_seconds",
    "Time from the request's arrival to the last byte of its response.",
    (METHOD, ROUTE),
    Unit.SECONDS,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
REQUESTS_IN_FLIGHT = Gauge("festivals_http_requests_in_flight", "HTTP requests being answered now.")
RESPONSE_SIZE = Histogram(
    "festivals_http_response_size_bytes",
    "Size of response bodies.",
    (METHOD, ROUTE),
    Unit.BYTES,
    buckets=(100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000),
)
ERRORS = Counter(
    "festivals_errors_total", "Errors met by the platform, by their kind and use case.", (ERROR_TYPE, OPERATION)
)

UNCOUNTED_PATHS = frozenset({"/metrics", "/healthz", "/readyz"})
"""What is asked by machines that watch; counted, it would thin out what visitors meet."""

METRICS = (REQUESTS, REQUEST_DURATION, REQUESTS_IN_FLIGHT, RESPONSE_SIZE, ERRORS)
