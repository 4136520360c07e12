"""Whether the dashboard lives, and whether it can work."""

import asyncio

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from festivals.store.database import Database, DatabaseUnavailable

_SECONDS = 1.0


def routes(database: Database) -> list[Route]:
    """Return the two probes; the cache is not asked, because pages do without it."""

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> JSONResponse:
        try:
            async with asyncio.timeout(_SECONDS), database.reading() as connection:
                await connection.execute(text("SELECT 1"))
        except TimeoutError:
            return JSONResponse({"database": f"did not answer within {_SECONDS:g} s"}, 503)
        except DatabaseUnavailable as error:
            return JSONResponse({"database": str(error)}, 503)
        return JSONResponse({"database": "ready"})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
