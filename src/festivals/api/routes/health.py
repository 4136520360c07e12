"""Whether the API lives, and whether it can work."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

from festivals.api.openapi import NOT_READY
from festivals.store.cache import Cache
from festivals.store.database import Database
from steward.program.web.problems import FieldError, Problem

_SECONDS = 1.0

Check = Callable[[], Awaitable[None]]


def router(database: Database, cache: Cache) -> APIRouter:
    """Return the two probes."""
    routes = APIRouter(tags=["health"])

    async def database_answers() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))

    checks = {"database": database_answers, "cache": cache.ping}

    @routes.get("/healthz")
    async def get_health() -> dict[str, str]:
        """Answer as long as the process lives; asks nobody else."""
        return {"status": "alive"}

    @routes.get("/readyz", responses=NOT_READY, response_model=dict[str, str])
    async def get_readiness() -> Response:
        """Tell whether the database and the cache answer within a second."""
        found = await asyncio.gather(*(_outcome(check) for check in checks.values()))
        failing = [
            FieldError(name, message) for name, message in zip(checks, found, strict=True) if message is not None
        ]
        if failing:
            names = " and ".join(error.location for error in failing)
            return Problem(503, f"not ready: {names}", errors=failing)
        return JSONResponse(dict.fromkeys(checks, "ready"))

    return routes


async def _outcome(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_SECONDS):
            await check()
    except TimeoutError:
        return f"did not answer within {_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, that part is not ready
        return str(error).partition("\n")[0] or type(error).__name__
    return None
