"""Alerts on Redis, as its exporter sees it.

A Redis without a limit says that its limit is 0 bytes; its use is then no share of anything.
"""

from festivals.catalogue.dashboards import INFRASTRUCTURE
from festivals.catalogue.teams import BACKEND, SRE
from steward.model import Alert, AlertGroup, Example, Severity, above, below, equal, flow, given, level, minutes

_SERVICE = (("service", "redis"),)
_MEMORY = (*_SERVICE, ("symptom", "memory"))
_EXPORTER = {"job": "redis-exporter", "instance": "redis-exporter:9121"}
_MEMORY_USAGE = "redis_memory_used_bytes / (redis_memory_max_bytes > 0)"
_HIT_RATE = """\
rate(redis_keyspace_hits_total[5m])
/
(rate(redis_keyspace_hits_total[5m]) + rate(redis_keyspace_misses_total[5m]) > 1)"""


def _memory(used: float) -> Example:
    megabyte = 1_000_000
    return given(
        level("redis_memory_used_bytes", used * megabyte, **_EXPORTER),
        level("redis_memory_max_bytes", 100 * megabyte, **_EXPORTER),
        value=used / 100,
        **_EXPORTER,
    )


_WITHOUT_LIMIT = given(
    level("redis_memory_used_bytes", 100_000_000, **_EXPORTER), level("redis_memory_max_bytes", 0, **_EXPORTER)
)


def _reads(hits: float, misses: float, *, value: float | None) -> Example:
    return given(
        flow("redis_keyspace_hits_total", hits, **_EXPORTER),
        flow("redis_keyspace_misses_total", misses, **_EXPORTER),
        value=value,
        **(_EXPORTER if value is not None else {}),
    )


DOWN = Alert(
    "RedisDown",
    Severity.CRITICAL,
    SRE,
    "redis_up",
    equal(0),
    "Redis does not answer",
    "{{ $labels.instance }} has not reached Redis for a minute: the platform works without its cache, but asks "
    "PostgreSQL for everything and is slower. Look first at whether Redis runs, then at its log and its memory.",
    "redis-down",
    lasting=minutes(1),
    fires=(given(level("redis_up", 0, **_EXPORTER), value=0, **_EXPORTER),),
    silent=(given(level("redis_up", 1, **_EXPORTER), value=1, **_EXPORTER),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
HIGH_MEMORY_USAGE = Alert(
    "RedisHighMemoryUsage",
    Severity.WARNING,
    SRE,
    _MEMORY_USAGE,
    above(0.80),
    "Redis uses {{ $value | humanizePercentage }} of its memory",
    "Redis uses {{ $value | humanizePercentage }} of the memory it may have, more than 80 %: at its limit it "
    "throws away what it holds. Look first at which keys are large or have no end.",
    "redis-memory",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_memory(88),),
    silent=(_memory(60), _WITHOUT_LIMIT),
    dashboard=INFRASTRUCTURE,
    labels=_MEMORY,
)
CRITICAL_MEMORY_USAGE = Alert(
    "RedisCriticalMemoryUsage",
    Severity.CRITICAL,
    SRE,
    _MEMORY_USAGE,
    above(0.95),
    "Redis uses {{ $value | humanizePercentage }} of its memory",
    "Redis uses {{ $value | humanizePercentage }} of the memory it may have, more than 95 %: it is about to throw "
    "away what it holds, and the load moves to PostgreSQL. Raise its limit or remove keys that are not needed.",
    "redis-memory",
    lasting=minutes(2),
    keep_firing=minutes(2),
    fires=(_memory(98),),
    silent=(_memory(85), _WITHOUT_LIMIT),
    dashboard=INFRASTRUCTURE,
    labels=_MEMORY,
)
LOW_HIT_RATE = Alert(
    "RedisLowHitRate",
    Severity.WARNING,
    BACKEND,
    # Of less than one read a second the share says nothing.
    _HIT_RATE,
    below(0.80),
    "Redis can answer only {{ $value | humanizePercentage }} of the reads",
    "For 15 minutes Redis could answer only {{ $value | humanizePercentage }} of the reads, less than 80 %: the "
    "rest is asked of PostgreSQL. Look first at whether keys are evicted or were just flushed.",
    "redis-low-hit-rate",
    lasting=minutes(15),
    keep_firing=minutes(5),
    fires=(_reads(70, 30, value=0.7), _reads(35, 15, value=0.7), _reads(0.8, 0.4, value=0.8 / 1.2)),
    silent=(_reads(95, 5, value=0.95), _reads(0.2, 0.4, value=None)),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)

ALERTS = AlertGroup("redis", "Alerts on Redis", (DOWN, HIGH_MEMORY_USAGE, CRITICAL_MEMORY_USAGE, LOW_HIT_RATE))
