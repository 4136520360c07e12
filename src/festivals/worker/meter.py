"""What the worker counts: its jobs as they end, its queue at each scrape."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from procrastinate import JobContext
from procrastinate.worker import Worker

from festivals.catalogue.worker import JOB_DURATION, JOBS, JOBS_RUNNING, JOBS_WAITING, OLDEST_JOB_AGE, TASK
from festivals.services.backlog import waiting
from festivals.store.database import Database
from festivals.telemetry.errors import ErrorMetrics, ErrorType
from steward.instrument import Instruments, Samples
from steward.model import Gauge

SUCCESS, RETRIED, FAILED = "success", "retried", "failed"


class JobLabels(NamedTuple):
    """Of `JOBS`."""

    task: str
    status: str


class TaskLabel(NamedTuple):
    """Of `JOB_DURATION`."""

    task: str


class JobMeter:
    """Procrastinate's worker middleware that counts every job, and what befalls those of dead workers."""

    def __init__(self, instruments: Instruments) -> None:
        self._jobs = instruments.counter(JOBS, JobLabels)
        self._duration = instruments.histogram(JOB_DURATION, TaskLabel)
        self._running = instruments.gauge(JOBS_RUNNING)
        self._errors = ErrorMetrics(instruments)
        self._running.set(0)

    async def __call__(
        self, call_next: Callable[[], Awaitable[object]], context: JobContext, worker: Worker
    ) -> object:
        """Run the job and count how it ended; what it raises goes on to the worker, which decides by it."""
        task = context.job.task_name
        begun = time.perf_counter()
        self._running.inc()
        try:
            result = await call_next()
        except BaseException as error:
            again = context.task.get_retry_exception(exception=error, job=context.job)
            self.ended(task, RETRIED if again else FAILED)
            raise
        else:
            self.ended(task, SUCCESS)
            return result
        finally:
            self._running.dec()
            self._duration.labels(task=task).observe(time.perf_counter() - begun)

    def ended(self, task: str, status: str) -> None:
        """Count a job that ended, also one whose worker could not do so itself."""
        self._jobs.labels(task=task, status=status).inc()
        if status == FAILED:
            self._errors.count(ErrorType.JOB, task)


class QueueGauges:
    """Reads the queue at each scrape."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> Mapping[Gauge, Samples]:
        """Return the waiting jobs of every task, 0 included, and the age of the oldest."""
        found = await waiting(self._database)
        oldest = max((queue.oldest_seconds for queue in found.values()), default=0.0)
        return {
            JOBS_WAITING: {(task,): found[task].jobs if task in found else 0 for task in TASK.values or ()},
            OLDEST_JOB_AGE: {(): oldest},
        }
