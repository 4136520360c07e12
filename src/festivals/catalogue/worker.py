"""What is watched of the worker: its jobs and its queue."""

from steward.model import Across, Counter, Gauge, Histogram, Label, Unit

TASK = Label.closed("task", "settle_festival", "deliver_ticket", "expire_idle_wallets")
JOB_STATUS = Label.closed("status", "success", "retried", "failed")

JOBS = Counter("festivals_worker_jobs_total", "Jobs ended, by how they ended.", (TASK, JOB_STATUS))
JOB_DURATION = Histogram(
    "festivals_worker_job_duration_seconds",
    "Time a job took.",
    (TASK,),
    Unit.SECONDS,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
JOBS_RUNNING = Gauge("festivals_worker_jobs_running", "Jobs running now.")
JOBS_WAITING = Gauge("festivals_worker_jobs_waiting", "Jobs due and not begun.", (TASK,), across=Across.SCRAPE)
OLDEST_JOB_AGE = Gauge(
    "festivals_worker_oldest_job_age_seconds",
    "How long the oldest job that is due has waited; 0 when none waits.",
    unit=Unit.SECONDS,
    across=Across.SCRAPE,
)

METRICS = (JOBS, JOB_DURATION, JOBS_RUNNING, JOBS_WAITING, OLDEST_JOB_AGE)
