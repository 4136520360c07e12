"""What the platform's programs and the on-call service take of the machines."""

from steward.model import DisplayUnit, PanelRow, Query, TimeSeries
from steward.model.components.dashboards import LATELY

_OURS = 'job=~"festivals-.+|oncall"'

PROCESSES = PanelRow(
    "Processes",
    (
        TimeSeries(
            title="CPU of Programs",
            queries=(Query(f"sum by (job) (rate(process_cpu_seconds_total{{{_OURS}}}{LATELY}))", "{{job}}"),),
            meaning="How busy each program keeps the processors; one that is busy all the time is 100 %.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            runbooks=("node-cpu",),
            wide=8,
        ),
        TimeSeries(
            title="Memory of Programs",
            queries=(Query(f"sum by (job) (process_resident_memory_bytes{{{_OURS}}})", "{{job}}"),),
            meaning="Memory that each program holds, all its processes together.",
            unit=DisplayUnit.BYTES,
            smallest=0,
            runbooks=("node-memory",),
            wide=8,
        ),
        TimeSeries(
            title="Open Files of Programs",
            queries=(
                Query(
                    f"max by (job) (process_open_fds{{{_OURS}}} / (process_max_fds{{{_OURS}}} > 0))",
                    "{{job}}",
                ),
            ),
            meaning="Share of the files and connections that a process may open which it has open; of several "
            "processes the worst. At 100 % it takes no request more.",
            unit=DisplayUnit.RATIO,
            smallest=0,
            largest=1,
            wide=8,
        ),
    ),
)
