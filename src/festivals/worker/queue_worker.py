"""Working for the queue as long as the database lets us, and coming back after it was away."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from festivals.settings import DatabaseSettings
from festivals.store.database import connect_arguments
from festivals.store.jobs import QUEUE
from festivals.worker.chores import OUTAGE, Chore
from festivals.worker.meter import JobMeter

GRACE_SECONDS = 3.0
"""What running jobs have to end in when the worker stops; then they are given back."""

_POLL_SECONDS = 1.0
_CONNECT_SECONDS = 3.0
_FIRST_DELAY_SECONDS = 0.25
_LONGEST_DELAY_SECONDS = 5.0
# Deleting a day's jobs takes longer than any statement of a request may.
_SESSION = "-c statement_timeout=60s -c lock_timeout=3s -c idle_in_transaction_session_timeout=10s"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class NotMigrated(Exception):
    """The database answers, and its tables are not there yet."""


class QueueWorker:
    """A procrastinate worker that outlives its database."""

    def __init__(
        self,
        app: App,
        database: DatabaseSettings,
        meter: JobMeter,
        chores: Sequence[Chore],
        *,
        jobs_at_once: int,
        heartbeat_seconds: float,
        stalled_seconds: float,
    ) -> None:
        self._app = app
        self._database = database
        self._meter = meter
        self._chores = chores
        self._jobs_at_once = jobs_at_once
        self._heartbeat_seconds = heartbeat_seconds
        self._stalled_seconds = stalled_seconds
        self._worker: Worker | None = None

    @property
    def id(self) -> int | None:
        """Under which the database knows this worker; None while it does not work."""
        return None if self._worker is None else self._worker.worker_id

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set; without a database, try again after longer and longer waits."""
        delay = _FIRST_DELAY_SECONDS
        while not stopping.is_set():
            try:
                async with self._opened():
                    delay = _FIRST_DELAY_SECONDS
                    await self._work(stopping)
            except (*OUTAGE, NotMigrated) as error:
                _log.warning("queue_unreachable", reason=str(error), again_in_seconds=delay)
            await _sleep(delay, stopping)
            delay = min(delay * 2, _LONGEST_DELAY_SECONDS)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[None]:
        """Open the queue on connections of its own; those of an outage are never used again."""
        pool = AsyncConnectionPool(
            kwargs=_connection(self._database),
            min_size=1,
            max_size=self._jobs_at_once + 3,
            timeout=_CONNECT_SECONDS,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )
        try:
            await pool.open(wait=True, timeout=_CONNECT_SECONDS)
            with self._app.replace_connector(PsycopgConnector()):
                async with self._app.open_async(pool):
                    if not await self._app.check_connection_async():
                        raise NotMigrated("the database has no job queue; run python -m festivals.store.migrate")
                    yield
        finally:
            await pool.close()

    async def _work(self, stopping: asyncio.Event) -> None:
        worker = self._worker = self._new_worker()
        working = asyncio.create_task(worker.run(), name="worker")  # type: ignore[no-untyped-call]  # it bears no annotations
        beside = [asyncio.create_task(chore.repeat(), name=chore.name) for chore in self._chores]
        asked = asyncio.create_task(stopping.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait({working, asked, *beside}, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            worker.stop()  # type: ignore[no-untyped-call]  # it bears no annotations
            for task in (asked, *beside):
                task.cancel()
            await asyncio.gather(asked, *beside, return_exceptions=True)
            try:
                await working
            finally:
                self._worker = None

    def _new_worker(self) -> Worker:
        return Worker(
            self._app,
            queues=[QUEUE],
            concurrency=self._jobs_at_once,
            fetch_job_polling_interval=_POLL_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=False,
            update_heartbeat_interval=self._heartbeat_seconds,
            stalled_worker_timeout=self._stalled_seconds,
            worker_middleware=[self._meter],
        )


def _connection(settings: DatabaseSettings) -> dict[str, object]:
    return {
        "host": settings.address.host,
        "port": settings.address.port,
        "dbname": settings.name,
        "user": settings.user,
        "password": settings.password,
        **connect_arguments("festivals-worker-queue"),
        "options": _SESSION,
    }


async def _sleep(seconds: float, stopping: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
