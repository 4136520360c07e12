"""The database and the cache as the platform sees them."""

from steward.model import DisplayUnit, PanelRow, Query, TimeSeries, healthy_above, healthy_below
from steward.model.components.dashboards import LATELY

DATABASE = PanelRow(
    "The database as the platform sees it",
    (
        TimeSeries(
            title="Database Queries",
            queries=(Query(f"sum by (operation) (rate(festivals_db_queries_total{LATELY}))", "{{operation}}"),),
            meaning="SQL statements per second of the API, the admin dashboard and the worker.",
            unit=DisplayUnit.OPERATIONS_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
        ),
        TimeSeries(
            title="Database Latency P95",
            queries=(
                Query(
                    "histogram_quantile(0.95, sum by (le, operation) "
                    f"(rate(festivals_db_query_duration_seconds_bucket{LATELY})))",
                    "{{operation}}",
                ),
            ),
            meaning="Within how long the database answered 95 % of the statements.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(0.25, 1),
            runbooks=("postgresql-slow-queries",),
            when_empty="no statement was run",
        ),
        TimeSeries(
            title="Database Errors",
            queries=(
                Query(f"sum by (error_type) (rate(festivals_db_errors_total{LATELY})) > 0", "{{error_type}}"),
            ),
            meaning="What failed per second. `connection` means that PostgreSQL is away or full.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("postgresql-down", "database-connection-exhaustion"),
            when_empty="no statement and no connection failed",
        ),
        TimeSeries(
            title="Connection Pools",
            queries=(
                Query("sum by (job) (festivals_db_connections_in_use)", "{{job}} in use"),
                Query("sum by (job) (festivals_db_connections_idle)", "{{job}} idle"),
            ),
            meaning="Connections that the programs hold. All in use and none idle means that requests wait.",
            decimals=0,
            smallest=0,
            runbooks=("database-connection-exhaustion",),
        ),
    ),
)


CACHE = PanelRow(
    "The cache as the platform sees it",
    (
        TimeSeries(
            title="Cache Hit Ratio",
            queries=(
                Query(
                    f"sum by (cache_name) (rate(festivals_cache_hits_total{LATELY}))\n/\n(\n"
                    f"  sum by (cache_name) (rate(festivals_cache_hits_total{LATELY}))\n"
                    f"  + sum by (cache_name) (rate(festivals_cache_misses_total{LATELY})) > 0\n)",
                    "{{cache_name}}",
                ),
            ),
            meaning="Share of reads that the cache could answer; the rest is asked of PostgreSQL.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            largest=1,
            thresholds=healthy_above(0.8, warning=0.5),
            runbooks=("redis-low-hit-rate",),
            when_empty="nothing was read from the cache",
            wide=8,
        ),
        TimeSeries(
            title="Cache Operations",
            queries=(
                Query(
                    f"sum by (operation, status) (rate(festivals_cache_operations_total{LATELY})) > 0",
                    "{{operation}} {{status}}",
                ),
            ),
            meaning="Commands per second that were sent to the cache. The platform does without those that fail.",
            unit=DisplayUnit.OPERATIONS_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("redis-down",),
            when_empty="the cache was not asked",
            wide=8,
        ),
        TimeSeries(
            title="Cache Latency P95",
            queries=(
                Query(
                    "histogram_quantile(0.95, sum by (le, operation) "
                    f"(rate(festivals_cache_operation_duration_seconds_bucket{LATELY})))",
                    "{{operation}}",
                ),
            ),
            meaning="Within how long the cache answered 95 % of the commands; more than a few milliseconds and it "
            "is slower than what it spares.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(0.01, 0.1),
            runbooks=("redis-memory",),
            when_empty="the cache was not asked",
            wide=8,
        ),
    ),
)
