"""What is watched of the admin dashboard.

Its requests have names of their own, so that the API's objectives count the API's requests only.
"""

from festivals.catalogue.api import REQUEST_DURATION
from festivals.catalogue.labels import METHOD, ROUTE, STATUS
from steward.model import Counter, Gauge, Histogram, Unit

REQUESTS = Counter(
    "festivals_admin_requests_total", "HTTP requests answered by the admin dashboard.", (METHOD, ROUTE, STATUS)
)
DURATION = Histogram(
    "festivals_admin_request_duration_seconds",
    "Time from the request's arrival to the last byte of its page.",
    (METHOD, ROUTE),
    Unit.SECONDS,
    buckets=REQUEST_DURATION.buckets,
)
IN_FLIGHT = Gauge("festivals_admin_requests_in_flight", "Requests the admin dashboard is answering now.")

METRICS = (REQUESTS, DURATION, IN_FLIGHT)
