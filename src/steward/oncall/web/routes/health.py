"""Whether the service lives, whether it can work, and what it counts."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.instrument import metrics_app
from steward.oncall.context import Context
from steward.oncall.store.database import StoreUnavailable
from steward.oncall.web.access import Watcher
from steward.oncall.web.problems import FieldError, Problem


def router(context: Context) -> APIRouter:
    """Return the probes and the metrics."""
    routes = APIRouter(include_in_schema=False)
    exposition = metrics_app(context.metrics.instruments)

    @routes.get("/healthz")
    async def get_health() -> dict[str, str]:
        """Answer as long as the process lives; asks nobody else."""
        return {"status": "alive"}

    @routes.get("/readyz")
    def get_readiness(_caller: Watcher) -> Response:
        """Tell whether the store answers."""
        try:
            with context.store.read() as connection:
                connection.execute(text("SELECT 1"))
        except StoreUnavailable as error:
            failing = [FieldError("store", str(error))]
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "not ready: store", errors=failing)
        return JSONResponse({"store": "ready"})

    @routes.get("/metrics")
    async def get_metrics(_caller: Watcher) -> Response:
        """Show the numbers, as Prometheus reads them."""
        return _Handed(exposition)

    return routes


class _Handed(Response):
    """The response of an ASGI application."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
