"""What is watched of the cache as the platform sees it."""

from steward.model import Across, Counter, Gauge, Histogram, Label, Unit

CACHE = Label.closed("cache_name", "festivals", "ticket_types", "attendance")
CACHE_OPERATION = Label.closed("operation", "get", "set", "delete")
OUTCOME = Label.closed("status", "success", "error")

HITS = Counter("festivals_cache_hits_total", "Reads that the cache could answer.", (CACHE,))
MISSES = Counter("festivals_cache_misses_total", "Reads that the cache could not answer.", (CACHE,))
HIT_RATIO = Gauge(
    "festivals_cache_hit_ratio",
    "Share of reads that the cache could answer, since the start; between 0 and 1.",
    (CACHE,),
    Unit.RATIO,
    across=Across.SCRAPE,
)
OPERATIONS = Counter(
    "festivals_cache_operations_total", "Commands sent to the cache.", (CACHE, CACHE_OPERATION, OUTCOME)
)
OPERATION_DURATION = Histogram(
    "festivals_cache_operation_duration_seconds",
    "Time the cache took for a command.",
    (CACHE, CACHE_OPERATION),
    Unit.SECONDS,
    buckets=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5),
)

METRICS = (HITS, MISSES, HIT_RATIO, OPERATIONS, OPERATION_DURATION)
