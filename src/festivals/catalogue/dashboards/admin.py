"""The admin dashboard's requests."""

from steward.model import DisplayUnit, Legend, PanelRow, Query, TimeSeries, healthy_below
from steward.model.components.dashboards import SELDOM

ADMIN = PanelRow(
    "The admin dashboard",
    (
        TimeSeries(
            title="Admin Request Rate",
            queries=(Query(f"sum by (status) (rate(festivals_admin_requests_total{SELDOM})) > 0", "{{status}}"),),
            meaning="Requests per second that the admin dashboard answered, by status.",
            unit=DisplayUnit.REQUESTS_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            legend=Legend.LIST,
            runbooks=("admin-down",),
            when_empty="no organiser asked anything",
        ),
        TimeSeries(
            title="Admin Latency P95",
            queries=(
                Query(
                    "histogram_quantile(0.95, sum by (le) "
                    f"(rate(festivals_admin_request_duration_seconds_bucket{SELDOM})))",
                    "P95",
                ),
            ),
            meaning="Within how long 95 % of the admin dashboard's pages were answered.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            legend=Legend.LIST,
            thresholds=healthy_below(2, 5),
            when_empty="no organiser asked anything",
        ),
    ),
)
