"""The application, composed of its parts."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from festivals.api import openapi
from festivals.api.forward import Forward, Forwarder
from festivals.api.guards import TokenGuard, bodies
from festivals.api.orphans import end_with_supervisor
from festivals.api.problems import Problems
from festivals.api.routes import festivals as festival_routes
from festivals.api.routes import health as health_routes
from festivals.api.routes import tickets as ticket_routes
from festivals.api.routes import wallets as wallet_routes
from festivals.api.settings import ApiSettings
from festivals.catalogue import api
from festivals.catalogue.jobs import API_COUNTED
from festivals.services.census import census_reader
from festivals.services.composition import Services
from festivals.store.cache import Cache, clients
from festivals.store.database import connect
from festivals.telemetry.business import BusinessMetrics
from festivals.telemetry.errors import ErrorMetrics
from festivals.telemetry.process import tell_start
from festivals.telemetry.watch import watch_cache, watch_database
from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware, metrics_app
from steward.program.logs import configure_logging
from steward.program.web.guards import BodyGuard, LastResort

_HTTP = HttpMetrics(
    requests=api.REQUESTS,
    duration=api.REQUEST_DURATION,
    in_flight=api.REQUESTS_IN_FLIGHT,
    response_size=api.RESPONSE_SIZE,
)
_DESCRIPTION = (
    "Cashless payment and tickets for festivals. Money is in integer cents; an error is a problem "
    "(`application/problem+json`, RFC 9457)."
)


def create() -> FastAPI:
    """Return the application that the environment describes; uvicorn calls this in each process."""
    configure_logging("api")
    return build(ApiSettings.read(os.environ))


def build(settings: ApiSettings) -> FastAPI:
    """Return the application; it opens connections when requests need them and closes them at its shutdown."""
    instruments = Instruments(API_COUNTED, directory=settings.metrics_directory, process_metrics=True)
    tell_start(instruments)
    errors = ErrorMetrics(instruments)
    store = connect(settings.database, "festivals-api")
    watch_database(store.engine, instruments)
    redis = clients(settings.cache)
    watch_cache(redis, instruments)
    cached = Cache(redis, errors.cache_failed)
    instruments.at_scrape(census_reader(store))
    forwarder = Forwarder(settings.oncall)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        end_with_supervisor()
        yield
        await forwarder.close()
        await cached.close()
        await store.close()

    app = FastAPI(
        title="Festivals API",
        version="1.0.0",
        description=_DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.include_router(_operations(Services.on(store, cached, BusinessMetrics(instruments))), prefix="/api/v1")
    app.include_router(health_routes.router(store, cached))
    app.router.routes.append(Route("/metrics", metrics_app(instruments)))
    _surround(app, settings, instruments, Problems(errors))
    app.add_middleware(Forward, forwarder=forwarder)
    return app


def _operations(services: Services) -> APIRouter:
    routes = APIRouter()
    routes.include_router(festival_routes.router(services.festivals, services.settlements))
    routes.include_router(wallet_routes.wallet_router(services.wallets))
    routes.include_router(wallet_routes.payment_router(services.payments))
    routes.include_router(ticket_routes.router(services.tickets, services.gates))
    return routes


def _surround(app: FastAPI, settings: ApiSettings, instruments: Instruments, problems: Problems) -> None:
    """Put the layers around `app`, the innermost first."""
    openapi.describe(app, token_needed=settings.token is not None)
    problems.register(app)
    app.add_middleware(BodyGuard, problems=problems, bodies=bodies)
    if settings.token is not None:
        app.add_middleware(TokenGuard, problems=problems, token=settings.token)
    app.add_middleware(LastResort, problems=problems)
    app.add_middleware(MetricsMiddleware, instruments=instruments, metrics=_HTTP, skip=api.UNCOUNTED_PATHS)
