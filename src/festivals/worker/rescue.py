"""Taking up again what a dead worker left behind."""

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from festivals.services.turns import take_turn
from festivals.store.database import Database
from festivals.store.jobs import QUEUE
from festivals.worker.meter import FAILED, RETRIED, JobMeter
from festivals.worker.retry import exhausted

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def rescue(app: App, database: Database, meter: JobMeter, *, stalled_seconds: float) -> int:
    """Give back the jobs of workers that gave no sign of life for so long, and return how many there were.

    A job that was tried as often as any may be is given up: it may be what kills the workers. Only one process
    rescues at a time.
    """
    async with database.transaction() as connection:
        if not await take_turn(connection, "rescue"):
            return 0
        stalled = list(
            await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=stalled_seconds)
        )
        for job in stalled:
            await _take_up(app, job, meter)
        await app.job_manager.prune_stalled_workers(stalled_seconds)
    return len(stalled)


async def _take_up(app: App, job: Job, meter: JobMeter) -> None:
    last = exhausted(job.attempts)
    try:
        if last:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)
    except ConnectorException as error:
        # Its worker was slow, not dead, and has just finished it.
        _log.info("job_not_rescued", job=job.id, task=job.task_name, reason=str(error.__cause__ or error))
        return
    meter.ended(job.task_name, FAILED if last else RETRIED)
    _log.warning("job_rescued", job=job.id, task=job.task_name, attempts=job.attempts + 1, given_up=last)
