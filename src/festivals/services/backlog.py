"""The job queue as seen from outside: what waits, what runs, what is in trouble."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from festivals.services.paging import Page, page_of
from festivals.store.database import Database

_HEARD_SECONDS = 60

# Only jobs that wait are read, through the index on them. The queue does not say when a job was put into it; the
# first job of each task has the lowest number, so one event tells it.
_WAITING = text(
    """
    WITH due AS (
        SELECT task_name, count(*) AS waiting, min(scheduled_at) AS scheduled_at,
               min(id) FILTER (WHERE scheduled_at IS NULL) AS first_id
        FROM procrastinate_jobs
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
        GROUP BY task_name
    )
    SELECT task_name, waiting, extract(epoch FROM now() - least(
        scheduled_at,
        (SELECT min(at) FROM procrastinate_events WHERE job_id = first_id AND type = 'deferred')
    ))::float AS oldest_seconds
    FROM due
    """
)

_TASKS = text(
    """
    SELECT task_name AS task,
           count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())) AS waiting,
           count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS retrying,
           count(*) FILTER (WHERE status = 'doing') AS running,
           count(*) FILTER (WHERE status = 'succeeded') AS done,
           count(*) FILTER (WHERE status = 'failed') AS failed
    FROM procrastinate_jobs
    WHERE task_name = ANY(:tasks)
    GROUP BY task_name
    """
)

_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
)

_TROUBLE = text(
    """
    SELECT job.id, job.task_name AS task, job.attempts,
           coalesce(job.args ->> 'ticket_id', job.args ->> 'festival_id', '') AS subject,
           CASE WHEN job.status = 'failed' THEN 'failed' WHEN job.scheduled_at > now() THEN 'again_later'
                ELSE 'waiting' END AS state,
           CASE WHEN job.status = 'failed' THEN NULL ELSE job.scheduled_at END AS due_at,
           (SELECT max(at) FROM procrastinate_events event
            WHERE event.job_id = job.id AND event.type IN ('failed', 'deferred_for_retry')) AS tried_at
    FROM procrastinate_jobs job
    WHERE task_name = ANY(:tasks)
      AND (job.status = 'failed' OR (job.status = 'todo' AND job.attempts > 0))
      AND (CAST(:after AS bigint) IS NULL OR job.id < :after)
    ORDER BY job.id DESC
    LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The jobs of one task that are due and not begun."""

    jobs: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class TaskState:
    """The jobs of one task that the queue still remembers."""

    task: str
    waiting: int = 0
    running: int = 0
    retrying: int = 0
    """Tried, and to be tried again later."""
    done: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class QueueState:
    """The whole queue at one moment."""

    tasks: tuple[TaskState, ...]
    oldest_seconds: float
    """How long the oldest due job has waited; 0 when none waits."""
    workers: int
    """Those that gave a sign of life lately."""

    @property
    def waiting(self) -> int:
        """Jobs due and not begun."""
        return sum(task.waiting for task in self.tasks)

    @property
    def running(self) -> int:
        """Jobs being done now."""
        return sum(task.running for task in self.tasks)

    @property
    def retrying(self) -> int:
        """Jobs to be tried again later."""
        return sum(task.retrying for task in self.tasks)

    @property
    def failed(self) -> int:
        """Jobs given up and not yet forgotten."""
        return sum(task.failed for task in self.tasks)


@dataclass(frozen=True, slots=True)
class TroubledJob:
    """A job that failed at least once and has not succeeded since."""

    id: int
    task: str
    subject: str
    """The ticket or festival it is for; empty when it is for none."""
    state: str
    """`failed`, `again_later`, or `waiting` when it is due."""
    attempts: int
    tried_at: datetime | None
    due_at: datetime | None
    """When it is tried again; None when never."""


async def waiting(database: Database) -> Mapping[str, Waiting]:
    """Return what waits, by task; cheap enough for every scrape."""
    async with database.reading() as connection:
        rows = (await connection.execute(_WAITING)).all()
    return {row.task_name: Waiting(row.waiting, max(row.oldest_seconds or 0.0, 0.0)) for row in rows}


async def queue_state(database: Database, tasks: Sequence[str]) -> QueueState:
    """Return how the queue stands for `tasks`, each of them named even when it has no job."""
    due = await waiting(database)
    async with database.reading() as connection:
        rows = (await connection.execute(_TASKS, {"tasks": list(tasks)})).mappings().all()
        workers = await connection.scalar(_WORKERS, {"seconds": _HEARD_SECONDS})
    known = {row["task"]: TaskState(**row) for row in rows}
    return QueueState(
        tasks=tuple(known.get(task, TaskState(task)) for task in tasks),
        oldest_seconds=max((due[task].oldest_seconds for task in tasks if task in due), default=0.0),
        workers=int(workers or 0),
    )


async def troubled_jobs(
    database: Database, tasks: Sequence[str], *, limit: int, after: int | None
) -> Page[TroubledJob]:
    """Return jobs that failed at least once, the newest first, from those older than job `after`."""
    async with database.reading() as connection:
        rows = await connection.execute(_TROUBLE, {"tasks": list(tasks), "limit": limit + 1, "after": after})
        jobs = [TroubledJob(**row) for row in rows.mappings()]
    return page_of(jobs, limit, lambda job: job.id)
