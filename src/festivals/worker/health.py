"""Whether the worker works, asked over HTTP."""

import asyncio
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from festivals.store.database import Database, DatabaseUnavailable
from festivals.worker.queue_worker import QueueWorker
from steward.instrument import Instruments, metrics_app

READY = "ready"

_SECONDS = 1.0

_ANYBODY_THERE = text("SELECT 1")
_HEARD = text(
    "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE id = :id "
    "AND last_heartbeat > now() - make_interval(secs => :seconds))"
)


class Readiness:
    """Asks the database whether it answers, and whether it hears from this worker."""

    def __init__(self, database: Database, worker: QueueWorker, *, stalled_seconds: float) -> None:
        self._database = database
        self._worker = worker
        self._stalled_seconds = stalled_seconds

    async def checks(self) -> Mapping[str, str]:
        """Return `ready` or what is wrong, for the database and for the worker."""
        try:
            async with asyncio.timeout(_SECONDS), self._database.reading() as connection:
                heard = await self._heard(connection)
        except TimeoutError:
            return {"database": f"did not answer within {_SECONDS:g} s", "worker": "waits for the database"}
        except DatabaseUnavailable as error:
            return {"database": str(error), "worker": "waits for the database"}
        return {"database": READY, "worker": READY if heard else "takes no jobs"}

    async def _heard(self, connection: AsyncConnection) -> bool:
        if self._worker.id is None:
            await connection.execute(_ANYBODY_THERE)
            return False
        asked = {"id": self._worker.id, "seconds": self._stalled_seconds}
        return bool(await connection.scalar(_HEARD, asked))


def health_app(readiness: Readiness, instruments: Instruments) -> Starlette:
    """Return what answers /healthz (the process lives), /readyz (it works; 503 names what does not), /metrics."""

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> JSONResponse:
        checks = await readiness.checks()
        ready = all(answer == READY for answer in checks.values())
        return JSONResponse(dict(checks), 200 if ready else 503)

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics_app(instruments)),
        ]
    )
