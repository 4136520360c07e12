"""The worker's jobs and its queue."""

from steward.model import DisplayUnit, PanelRow, Query, TimeSeries, healthy_below
from steward.model.components.dashboards import LATELY

WORKER = PanelRow(
    "The worker and its queue",
    (
        TimeSeries(
            title="Jobs",
            queries=(
                Query(
                    f"sum by (task, status) (rate(festivals_worker_jobs_total{LATELY})) > 0", "{{task}} {{status}}"
                ),
            ),
            meaning="Jobs that ended per second. `failed` is not tried again.",
            unit=DisplayUnit.OPERATIONS_PER_SECOND,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("worker-jobs-failing", "worker-down"),
            when_empty="no job ended",
        ),
        TimeSeries(
            title="Jobs Waiting",
            queries=(Query("max by (task) (festivals_worker_jobs_waiting)", "{{task}}"),),
            meaning="Jobs that are due and not begun.",
            decimals=0,
            smallest=0,
            stacked=True,
            filled=True,
            runbooks=("worker-queue-stuck",),
        ),
        TimeSeries(
            title="Oldest Job",
            queries=(Query("max(festivals_worker_oldest_job_age_seconds)", "waits for"),),
            meaning="How long the oldest job that is due has waited. From 5 minutes on somebody is told.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            thresholds=healthy_below(60, 300),
            runbooks=("worker-queue-stuck",),
        ),
        TimeSeries(
            title="Job Duration P95",
            queries=(
                Query(
                    "histogram_quantile(0.95, sum by (le, task) "
                    f"(rate(festivals_worker_job_duration_seconds_bucket{LATELY})))",
                    "{{task}}",
                ),
            ),
            meaning="Within how long 95 % of the jobs ended.",
            unit=DisplayUnit.SECONDS,
            smallest=0,
            when_empty="no job ended",
        ),
    ),
)
