"""Redis as its exporter sees it."""

from steward.model import DisplayUnit, PanelRow, Query, TimeSeries, healthy_above
from steward.model.components.dashboards import LATELY

REDIS = PanelRow(
    "Redis",
    (
        TimeSeries(
            title="Memory of Redis",
            queries=(
                Query("redis_memory_used_bytes", "used"),
                Query("redis_memory_max_bytes > 0", "limit"),
            ),
            meaning="Bytes that Redis holds, and how many it may hold.",
            unit=DisplayUnit.BYTES,
            smallest=0,
            runbooks=("redis-memory",),
            wide=8,
        ),
        TimeSeries(
            title="Hit Rate of Redis",
            queries=(
                Query(
                    f"rate(redis_keyspace_hits_total{LATELY})\n/\n"
                    f"(rate(redis_keyspace_hits_total{LATELY}) + rate(redis_keyspace_misses_total{LATELY}) > 0)",
                    "{{instance}}",
                ),
            ),
            meaning="Share of reads that Redis could answer. Under 80 % for 15 minutes somebody is told.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            largest=1,
            thresholds=healthy_above(0.8),
            runbooks=("redis-low-hit-rate",),
            when_empty="nothing was read from Redis",
            wide=8,
        ),
        TimeSeries(
            title="Commands of Redis",
            queries=(Query(f"topk(8, sum by (cmd) (rate(redis_commands_total{LATELY})) > 0)", "{{cmd}}"),),
            meaning="The commands that Redis runs most, per second.",
            unit=DisplayUnit.OPERATIONS_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            wide=8,
        ),
        TimeSeries(
            title="Evicted and Expired Keys",
            queries=(
                Query(f"sum(rate(redis_evicted_keys_total{LATELY}))", "evicted"),
                Query(f"sum(rate(redis_expired_keys_total{LATELY}))", "expired"),
            ),
            meaning="Keys that Redis forgot per second: expired is meant, evicted is want of memory.",
            unit=DisplayUnit.COUNT_PER_SECOND,
            smallest=0,
            runbooks=("redis-memory", "redis-low-hit-rate"),
        ),
        TimeSeries(
            title="Clients of Redis",
            queries=(
                Query("sum(redis_connected_clients)", "connected"),
                Query("sum(redis_blocked_clients)", "blocked"),
            ),
            meaning="Connections to Redis, and those that wait in it.",
            decimals=0,
            smallest=0,
        ),
    ),
)
