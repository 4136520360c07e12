"""The dashboard of what the platform stands on and takes: services, PostgreSQL, Redis, hosts, queue, programs."""

from festivals.catalogue.dashboards.hosts import DISK_USAGE, HOSTS
from festivals.catalogue.dashboards.marks import MARKS
from festivals.catalogue.dashboards.postgresql import POSTGRESQL
from festivals.catalogue.dashboards.processes import PROCESSES
from festivals.catalogue.dashboards.redis import REDIS
from festivals.catalogue.dashboards.uids import INFRASTRUCTURE
from festivals.catalogue.dashboards.worker import WORKER
from steward.model import (
    Dashboard,
    DisplayUnit,
    GaugePanel,
    PanelRow,
    Query,
    Stat,
    StateTimeline,
    Thresholds,
    Tone,
    ValueText,
    healthy_below,
)
from steward.model.components.dashboards import LATELY, UP_OR_DOWN

_CPU = f"""\
1 - sum by (instance) (rate(node_cpu_seconds_total{{mode="idle"}}{LATELY}))
/
(sum by (instance) (rate(node_cpu_seconds_total{LATELY})) > 0)"""
_MEMORY = "1 - node_memory_MemAvailable_bytes / (node_memory_MemTotal_bytes > 0)"
_CONNECTIONS = """\
sum by (instance) (pg_stat_activity_count)
/
(
  max by (instance) (pg_settings_max_connections)
  - max by (instance) (pg_settings_superuser_reserved_connections) > 0
)"""
_REDIS_MEMORY = "redis_memory_used_bytes / (redis_memory_max_bytes > 0)"
_DOWN = """\
(count(up == 0) or vector(0))
+ (count(pg_up == 0) or vector(0))
+ (count(redis_up == 0) or vector(0))"""
_MOST_SERVICES = 20
_NO_LIMIT = "Redis has no memory limit"


def _down(count: int) -> ValueText:
    return ValueText(count, f"{count} DOWN", Tone.WARNING if count == 1 else Tone.BAD)


def _share(
    title: str, expr: str, legend: str, meaning: str, limits: tuple[float, float], runbook: str
) -> GaugePanel:
    """Return a gauge of a share between 0 and 1, with where it warns and where it is critical."""
    warning, critical = limits
    return GaugePanel(
        title=title,
        queries=(Query(expr, legend),),
        meaning=meaning,
        unit=DisplayUnit.RATIO,
        decimals=1,
        smallest=0,
        largest=1,
        thresholds=healthy_below(warning, critical),
        healthy=f"warning > {warning:.0%}, critical > {critical:.0%}",
        runbooks=(runbook,),
        when_empty=_NO_LIMIT if title == "Redis Memory" else "",
        wide=8,
    )


GLANCE = PanelRow(
    "At a glance",
    (
        Stat(
            title="Service Health",
            queries=(Query(_DOWN),),
            meaning="How many of all services, PostgreSQL and Redis included, do not answer.",
            decimals=0,
            smallest=0,
            thresholds=healthy_below(1, 2),
            healthy="warning: any DOWN, critical: multiple DOWN",
            texts=(ValueText(0, "all UP", Tone.GOOD), *(_down(count) for count in range(1, _MOST_SERVICES + 1))),
            runbooks=("target-down", "api-down", "postgresql-down", "redis-down"),
            wide=8,
        ),
        _share(
            "PostgreSQL Connections",
            _CONNECTIONS,
            "{{instance}}",
            "Share of PostgreSQL's connections that the platform has in use. At 100 % requests fail.",
            (0.8, 0.95),
            "database-connection-exhaustion",
        ),
        _share(
            "Redis Memory",
            _REDIS_MEMORY,
            "{{instance}}",
            "Share of the memory that Redis may have which it uses. At its limit it throws away what it holds.",
            (0.8, 0.95),
            "redis-memory",
        ),
        _share(
            "CPU Usage",
            _CPU,
            "{{instance}}",
            "How busy each host's processors are.",
            (0.7, 0.9),
            "node-cpu",
        ),
        _share(
            "Memory Usage",
            _MEMORY,
            "{{instance}}",
            "Share of each host's memory that is in use, caches not counted.",
            (0.8, 0.95),
            "node-memory",
        ),
        _share(
            "Disk Usage",
            DISK_USAGE,
            "{{mountpoint}}",
            "How full each disk is. PostgreSQL stops when its disk is full.",
            (0.7, 0.9),
            "node-disk",
        ),
    ),
)


SERVICES = PanelRow(
    "Services",
    (
        StateTimeline(
            title="Services over Time",
            queries=(
                Query("min by (job) (up)", "{{job}}"),
                Query("min(pg_up)", "PostgreSQL"),
                Query("min(redis_up)", "Redis"),
            ),
            meaning="Which service answered when. Of several processes of a service, the worst counts.",
            thresholds=Thresholds(Tone.BAD, ((1, Tone.GOOD),)),
            texts=UP_OR_DOWN,
            runbooks=("target-down", "target-absent"),
            wide=24,
            high=10,
        ),
    ),
)


DASHBOARD = Dashboard(
    INFRASTRUCTURE,
    "Infrastructure",
    "Services, PostgreSQL, Redis, processors, memory, disks and network, the worker's queue and our programs.",
    (GLANCE, SERVICES, POSTGRESQL, REDIS, HOSTS, WORKER, PROCESSES),
    file="infrastructure",
    tags=("festivals", "infrastructure"),
    annotations=MARKS,
)
