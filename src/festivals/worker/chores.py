"""What every worker does besides its jobs, so that no job is lost and the queue does not grow for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg
import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from festivals.services.clock import Clock
from festivals.services.sweep import ask_again
from festivals.store.database import Database, DatabaseUnavailable
from festivals.worker.meter import JobMeter
from festivals.worker.rescue import rescue

OUTAGE = (DatabaseUnavailable, ConnectorException, psycopg.Error, OSError, TimeoutError)
"""What passes by itself when the database is back."""

_SWEEP_SECONDS = 60
_FORGET_SECONDS = 3600
_KEPT_HOURS = 24

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do at the start and then again and again."""

    name: str
    every_seconds: float
    do: Callable[[], Awaitable[object]]

    async def repeat(self) -> None:
        """Do it until cancelled; a database that is away spoils one time, not the next."""
        while True:
            try:
                await self.do()
            except OUTAGE as error:
                _log.warning("chore_failed", chore=self.name, reason=str(error))
            await asyncio.sleep(self.every_seconds)


def chores(
    app: App, database: Database, meter: JobMeter, *, stalled_seconds: float, clock: Clock
) -> tuple[Chore, ...]:
    """Return the chores of one worker."""
    return (
        Chore(
            "rescue",
            stalled_seconds / 2,
            lambda: rescue(app, database, meter, stalled_seconds=stalled_seconds),
        ),
        Chore("sweep", _SWEEP_SECONDS, lambda: ask_again(database, clock())),
        Chore("forget", _FORGET_SECONDS, lambda: forget_finished(app)),
    )


async def forget_finished(app: App) -> None:
    """Delete jobs that ended over a day ago, however they ended."""
    await app.job_manager.delete_old_jobs(
        _KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
