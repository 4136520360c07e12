"""Processors, memory, disks and network of the hosts."""

from steward.model import DisplayUnit, PanelRow, Query, TimeSeries, healthy_below
from steward.model.components.dashboards import LATELY

_REAL = 'fstype!~"tmpfs|ramfs|squashfs|iso9660|overlay"'
DISK_USAGE = f"""\
(node_filesystem_size_bytes{{{_REAL}}} - node_filesystem_free_bytes{{{_REAL}}})
/
(
  node_filesystem_size_bytes{{{_REAL}}} - node_filesystem_free_bytes{{{_REAL}}}
  + node_filesystem_avail_bytes{{{_REAL}}} > 0
)"""
"""As `df` counts: what is kept back for root is not there for anybody else."""
_PROCESSORS = 'count by (instance) (node_cpu_seconds_total{mode="idle"})'
_PARTITIONS = 'device!~"ram.*|loop.*|zram.*"'
_CARDS = 'device!~"lo|veth.*|docker.*|br-.*|ifb.*"'

HOSTS = PanelRow(
    "Hosts",
    (
        TimeSeries(
            title="CPU by Mode",
            queries=(
                Query(
                    f'sum by (mode) (rate(node_cpu_seconds_total{{mode!="idle"}}{LATELY}))\n'
                    f"/ on () group_left () sum(rate(node_cpu_seconds_total{LATELY}))",
                    "{{mode}}",
                ),
            ),
            meaning="What the processors do while they are busy. `iowait` is a slow disk; `steal` a neighbour.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            largest=1,
            stacked=True,
            filled=True,
            runbooks=("node-cpu",),
        ),
        TimeSeries(
            title="Memory of Hosts",
            queries=(
                Query("sum(node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)", "in use"),
                Query("sum(node_memory_MemTotal_bytes)", "all"),
            ),
            meaning="Bytes in use that the kernel could not take back, and all there are.",
            unit=DisplayUnit.BYTES,
            smallest=0,
            runbooks=("node-memory",),
        ),
        TimeSeries(
            title="Disk Usage over Time",
            queries=(Query(DISK_USAGE, "{{instance}} {{mountpoint}}"),),
            meaning="How full each disk is, and how fast it fills.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            largest=1,
            thresholds=healthy_below(0.7, 0.9),
            runbooks=("node-disk",),
        ),
        TimeSeries(
            title="Disk Traffic",
            queries=(
                Query(f"sum(rate(node_disk_read_bytes_total{{{_PARTITIONS}}}{LATELY}))", "read"),
                Query(f"sum(rate(node_disk_written_bytes_total{{{_PARTITIONS}}}{LATELY}))", "written"),
            ),
            meaning="Bytes per second from and to the disks.",
            unit=DisplayUnit.BYTES_PER_SECOND,
            smallest=0,
        ),
        TimeSeries(
            title="Disk Busy",
            queries=(Query(f"rate(node_disk_io_time_seconds_total{{{_PARTITIONS}}}{LATELY})", "{{device}}"),),
            meaning="Share of time in which each disk had something to do. At 100 % everything waits for it.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            thresholds=healthy_below(0.7, 0.9),
            wide=8,
        ),
        TimeSeries(
            title="Network Traffic",
            queries=(
                Query(f"sum(rate(node_network_receive_bytes_total{{{_CARDS}}}{LATELY}))", "received"),
                Query(f"sum(rate(node_network_transmit_bytes_total{{{_CARDS}}}{LATELY}))", "sent"),
            ),
            meaning="Bytes per second over the network, loopback and containers' bridges left out.",
            unit=DisplayUnit.BYTES_PER_SECOND,
            smallest=0,
            wide=8,
        ),
        TimeSeries(
            title="Load per Processor",
            queries=(
                Query(f"node_load1 / on (instance) {_PROCESSORS}", "1 min"),
                Query(f"node_load5 / on (instance) {_PROCESSORS}", "5 min"),
            ),
            meaning="Processes that run or wait, for each processor. Above 1 somebody waits.",
            decimals=2,
            smallest=0,
            thresholds=healthy_below(1, 2),
            runbooks=("node-cpu",),
            wide=8,
        ),
    ),
)
