"""Alerts on the hosts, at the thresholds of the dashboard Infrastructure, and on the admin dashboard."""

from festivals.catalogue.dashboards import INFRASTRUCTURE
from festivals.catalogue.teams import PLATFORM, SRE
from steward.model import (
    Alert,
    AlertGroup,
    Example,
    Severity,
    above,
    equal,
    flow,
    given,
    level,
    minutes,
)

_HOST = (("service", "host"),)
_EXPORTER = {"job": "node-exporter", "instance": "node-exporter:9100"}
_DISK = {"device": "/dev/vda1", "fstype": "ext4", "mountpoint": "/"}

_CPU_USAGE = """\
1 - sum by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))
/
(sum by (instance) (rate(node_cpu_seconds_total[5m])) > 0)"""
"""Held against all modes: alone, the rate of idle time is too low after a start, until its window is full."""
_MEMORY_USAGE = "1 - node_memory_MemAvailable_bytes / (node_memory_MemTotal_bytes > 0)"
_OF_DISKS = '{fstype!~"tmpfs|ramfs|squashfs|iso9660|overlay"}'
"""What lies in memory, and images that are full by their nature, say nothing of the disk."""
_DISK_USAGE = f"""\
(node_filesystem_size_bytes{_OF_DISKS} - node_filesystem_free_bytes{_OF_DISKS})
/
(
  node_filesystem_size_bytes{_OF_DISKS}
  - node_filesystem_free_bytes{_OF_DISKS}
  + node_filesystem_avail_bytes{_OF_DISKS} > 0
)"""
"""As `df` reckons: what is kept back for root is neither used nor to be had."""


def _cpu(idle: float) -> Example:
    return given(
        flow("node_cpu_seconds_total", idle, cpu="0", mode="idle", **_EXPORTER),
        flow("node_cpu_seconds_total", 1 - idle, cpu="0", mode="user", **_EXPORTER),
        value=1 - idle,
        instance=_EXPORTER["instance"],
    )


def _memory(available: float) -> Example:
    return given(
        level("node_memory_MemAvailable_bytes", available * 1e9, **_EXPORTER),
        level("node_memory_MemTotal_bytes", 1e9, **_EXPORTER),
        value=1 - available,
        **_EXPORTER,
    )


def _disk(used: float) -> Example:
    """Return the state of a disk of which 5 % are kept back for root, and of an image, which is always full."""
    image = _DISK | {"fstype": "squashfs", "mountpoint": "/image"}
    return given(
        level("node_filesystem_size_bytes", 100e9, **_EXPORTER, **_DISK),
        level("node_filesystem_free_bytes", (100 - 95 * used) * 1e9, **_EXPORTER, **_DISK),
        level("node_filesystem_avail_bytes", (95 - 95 * used) * 1e9, **_EXPORTER, **_DISK),
        level("node_filesystem_size_bytes", 1e9, **_EXPORTER, **image),
        level("node_filesystem_free_bytes", 0, **_EXPORTER, **image),
        level("node_filesystem_avail_bytes", 0, **_EXPORTER, **image),
        value=used,
        **_EXPORTER,
        **_DISK,
    )


def _admin(*states: int) -> Example:
    processes = (
        level("up", state, job="festivals-admin", instance=f"admin-{number}:3000")
        for number, state in enumerate(states)
    )
    return given(*processes, value=max(states), job="festivals-admin")


HIGH_CPU = Alert(
    "NodeHighCPUUsage",
    Severity.WARNING,
    SRE,
    _CPU_USAGE,
    above(0.70),
    "The processors of {{ $labels.instance }} are {{ $value | humanizePercentage }} busy",
    "The processors of {{ $labels.instance }} have been more than 70 % busy for 15 minutes, now {{ $value | "
    "humanizePercentage }}: little is left for a rush. Look first at which process it is, and whether traffic "
    "grew.",
    "node-cpu",
    lasting=minutes(15),
    keep_firing=minutes(5),
    fires=(_cpu(0.16),),
    silent=(_cpu(0.58),),
    dashboard=INFRASTRUCTURE,
    labels=(*_HOST, ("symptom", "cpu")),
)
CRITICAL_CPU = Alert(
    "NodeCriticalCPUUsage",
    Severity.CRITICAL,
    SRE,
    _CPU_USAGE,
    above(0.90),
    "The processors of {{ $labels.instance }} are {{ $value | humanizePercentage }} busy",
    "The processors of {{ $labels.instance }} have been more than 90 % busy for 10 minutes, now {{ $value | "
    "humanizePercentage }}: everything on it waits. Look first at which process it is; add a host or take "
    "load away.",
    "node-cpu",
    lasting=minutes(10),
    keep_firing=minutes(5),
    fires=(_cpu(0.04),),
    silent=(_cpu(0.30),),
    dashboard=INFRASTRUCTURE,
    labels=(*_HOST, ("symptom", "cpu")),
)
HIGH_MEMORY = Alert(
    "NodeHighMemoryUsage",
    Severity.WARNING,
    SRE,
    _MEMORY_USAGE,
    above(0.80),
    "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory",
    "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory, more than 80 %, caches not "
    "counted. Look first at which process grows.",
    "node-memory",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_memory(0.12),),
    silent=(_memory(0.40),),
    dashboard=INFRASTRUCTURE,
    labels=(*_HOST, ("symptom", "memory")),
)
CRITICAL_MEMORY = Alert(
    "NodeCriticalMemoryUsage",
    Severity.CRITICAL,
    SRE,
    _MEMORY_USAGE,
    above(0.95),
    "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory",
    "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory, more than 95 %: the kernel "
    "is about to kill a process. Look first at which one is the largest, and restart it before the kernel "
    "chooses.",
    "node-memory",
    lasting=minutes(2),
    keep_firing=minutes(5),
    fires=(_memory(0.02),),
    silent=(_memory(0.15),),
    dashboard=INFRASTRUCTURE,
    labels=(*_HOST, ("symptom", "memory")),
)
HIGH_DISK = Alert(
    "NodeHighDiskUsage",
    Severity.WARNING,
    SRE,
    _DISK_USAGE,
    above(0.70),
    "The disk at {{ $labels.mountpoint }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} full",
    "The disk at {{ $labels.mountpoint }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} "
    "full, more than 70 %. Look first at what grows there: logs, PostgreSQL's data or Prometheus'.",
    "node-disk",
    lasting=minutes(15),
    keep_firing=minutes(5),
    fires=(_disk(0.80),),
    silent=(_disk(0.42),),
    dashboard=INFRASTRUCTURE,
    labels=(*_HOST, ("symptom", "disk")),
)
CRITICAL_DISK = Alert(
    "NodeCriticalDiskUsage",
    Severity.CRITICAL,
    SRE,
    _DISK_USAGE,
    above(0.90),
    "The disk at {{ $labels.mountpoint }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} full",
    "The disk at {{ $labels.mountpoint }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} "
    "full, more than 90 %: PostgreSQL stops when it is full. Remove what can go now, then look at what grows.",
    "node-disk",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_disk(0.96),),
    silent=(_disk(0.70),),
    dashboard=INFRASTRUCTURE,
    labels=(*_HOST, ("symptom", "disk")),
)
ADMIN_DOWN = Alert(
    "AdminDown",
    Severity.WARNING,
    PLATFORM,
    'max by (job) (up{job="festivals-admin"})',
    equal(0),
    "The admin dashboard does not answer",
    "No process of the admin dashboard has answered Prometheus for 5 minutes: organisers cannot open or close "
    "festivals; guests notice nothing. Look first at whether it runs, then at the end of its log.",
    "admin-down",
    lasting=minutes(5),
    fires=(_admin(0, 0),),
    silent=(_admin(1, 1), _admin(1, 0)),
    dashboard=INFRASTRUCTURE,
    labels=(("service", "admin"),),
)

ALERTS = AlertGroup(
    "infrastructure",
    "Alerts on hosts and the admin dashboard",
    (HIGH_CPU, CRITICAL_CPU, HIGH_MEMORY, CRITICAL_MEMORY, HIGH_DISK, CRITICAL_DISK, ADMIN_DOWN),
)
