"""Alerts on the worker and its queue."""

from festivals.catalogue.dashboards import INFRASTRUCTURE
from festivals.catalogue.teams import BACKEND
from festivals.catalogue.worker import JOBS, OLDEST_JOB_AGE
from steward.model import Alert, AlertGroup, Example, Severity, above, equal, flow, given, level, minutes

_SERVICE = (("service", "worker"),)


def _worker(*states: int) -> Example:
    processes = (
        level("up", state, job="festivals-worker", instance=f"worker-{number}:8082")
        for number, state in enumerate(states)
    )
    return given(*processes, value=max(states), job="festivals-worker")


def _waiting(seconds: float) -> Example:
    return given(level(OLDEST_JOB_AGE, seconds), value=seconds)


def _jobs(success: float, retried: float, failed: float) -> Example:
    ended = (
        flow(JOBS, per_second, task="deliver_ticket", status=status)
        for status, per_second in (("success", success), ("retried", retried), ("failed", failed))
    )
    return given(*ended, value=failed / (success + retried + failed), task="deliver_ticket")


DOWN = Alert(
    "WorkerDown",
    Severity.WARNING,
    BACKEND,
    'max by (job) (up{job="festivals-worker"})',
    equal(0),
    "The worker does not answer",
    "No process of the worker has answered Prometheus for 2 minutes: tickets are not delivered and festivals not "
    "settled; nothing is lost, it waits in the queue. Look first at whether it runs, then at the end of its log.",
    "worker-down",
    lasting=minutes(2),
    fires=(_worker(0, 0),),
    silent=(_worker(1, 1), _worker(1, 0)),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
QUEUE_STUCK = Alert(
    "WorkerQueueStuck",
    Severity.WARNING,
    BACKEND,
    "max(festivals_worker_oldest_job_age_seconds)",
    above(300),
    "A job has waited for {{ $value | humanizeDuration }}",
    "The oldest job that is due has waited for {{ $value | humanizeDuration }}, more than 5 minutes: tickets "
    "arrive late. Look first at whether the worker takes jobs, and whether one kind of job blocks the others.",
    "worker-queue-stuck",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_waiting(360),),
    silent=(_waiting(180),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
JOBS_FAILING = Alert(
    "WorkerJobsFailing",
    Severity.WARNING,
    BACKEND,
    # Failed for good; one that is tried again has ended as `retried`.
    'sum by (task) (rate(festivals_worker_jobs_total{status="failed"}[15m]))\n'
    "/\n"
    "(sum by (task) (rate(festivals_worker_jobs_total[15m])) > 0)",
    above(0.05),
    "{{ $value | humanizePercentage }} of the jobs {{ $labels.task }} fail for good",
    "{{ $value | humanizePercentage }} of the jobs {{ $labels.task }} have failed and are not tried again, "
    "more than 5 %: somebody has no ticket, or a festival no settlement. Look first at what the worker's log "
    "says of them.",
    "worker-jobs-failing",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_jobs(84, 10, 6), _jobs(42, 4.8, 3.2)),
    silent=(_jobs(67, 30, 3),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)

ALERTS = AlertGroup("worker", "Alerts on the worker", (DOWN, QUEUE_STUCK, JOBS_FAILING))
