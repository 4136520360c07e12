"""PostgreSQL as its exporter sees it."""

from steward.model import DisplayUnit, PanelRow, Query, TimeSeries, healthy_above, healthy_below
from steward.model.components.dashboards import LATELY

_OURS = 'datname!~"|template.*"'

POSTGRESQL = PanelRow(
    "PostgreSQL",
    (
        TimeSeries(
            title="Connections by State",
            queries=(Query("sum by (state) (pg_stat_activity_count) > 0", "{{state}}"),),
            meaning="What PostgreSQL's connections do. `idle in transaction` holds locks and does nothing.",
            decimals=0,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("database-connection-exhaustion",),
            when_empty="nobody is connected",
        ),
        TimeSeries(
            title="Oldest Transaction",
            queries=(Query("max by (datname) (pg_stat_activity_max_tx_duration)", "{{datname}}"),),
            meaning="How long the oldest open transaction has run. From 30 s on somebody is told.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(30),
            runbooks=("postgresql-slow-queries",),
        ),
        TimeSeries(
            title="Commits and Rollbacks",
            queries=(
                Query(f"sum(rate(pg_stat_database_xact_commit{{{_OURS}}}{LATELY}))", "commits"),
                Query(f"sum(rate(pg_stat_database_xact_rollback{{{_OURS}}}{LATELY}))", "rollbacks"),
            ),
            meaning="Transactions per second. Many rollbacks are a program that fails, or two that are in each "
            "other's way.",
            unit=DisplayUnit.OPERATIONS_PER_SECOND,
            smallest=0,
            wide=8,
        ),
        TimeSeries(
            title="Rows",
            queries=tuple(
                Query(f"sum(rate(pg_stat_database_tup_{kind}{{{_OURS}}}{LATELY}))", kind)
                for kind in ("fetched", "inserted", "updated", "deleted")
            ),
            meaning="Rows per second that were read and written.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            wide=8,
        ),
        TimeSeries(
            title="Found in Memory",
            queries=(
                Query(
                    f"sum(rate(pg_stat_database_blks_hit{LATELY}))\n/\n(\n"
                    f"  sum(rate(pg_stat_database_blks_hit{LATELY}))\n"
                    f"  + sum(rate(pg_stat_database_blks_read{LATELY})) > 0\n)",
                    "blocks",
                ),
            ),
            meaning="Share of blocks that PostgreSQL found in its memory rather than on disk.",
            unit=DisplayUnit.RATIO,
            largest=1,
            thresholds=healthy_above(0.99, warning=0.9),
            wide=8,
        ),
        TimeSeries(
            title="Deadlocks",
            queries=(
                Query(
                    f"sum by (datname) (increase(pg_stat_database_deadlocks{{{_OURS}}}{LATELY}))", "{{datname}}"
                ),
            ),
            meaning="Transactions that PostgreSQL ended because two waited for each other. None is usual.",
            smallest=0,
            thresholds=healthy_below(1),
            runbooks=("postgresql-slow-queries",),
        ),
        TimeSeries(
            title="Database Size",
            queries=(Query('max by (datname) (pg_database_size_bytes{datname!~"template.*"})', "{{datname}}"),),
            meaning="How large each database is.",
            unit=DisplayUnit.BYTES,
            smallest=0,
            runbooks=("node-disk",),
        ),
    ),
)
