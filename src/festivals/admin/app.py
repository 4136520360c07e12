"""The dashboard as an application, put together of its parts."""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from festivals.admin import health
from festivals.admin.csrf import FormTokens
from festivals.admin.failures import Failures
from festivals.admin.gate import AskPassword, OnlyLoopbackNames
from festivals.admin.pages import changes, festivals, overview, queue
from festivals.admin.settings import AdminSettings
from festivals.admin.view import STATIC, View
from festivals.catalogue import admin, business
from festivals.catalogue.api import UNCOUNTED_PATHS
from festivals.catalogue.jobs import ADMIN_COUNTED
from festivals.services.clock import Clock, utc_now
from festivals.services.festivals import Festivals
from festivals.services.tickets import Tickets
from festivals.store.cache import Cache, clients
from festivals.store.database import Database, connect
from festivals.telemetry.business import BusinessMetrics
from festivals.telemetry.errors import ErrorMetrics
from festivals.telemetry.process import tell_start
from festivals.telemetry.watch import watch_cache, watch_database
from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware, metrics_app
from steward.program.web.headers import SecurityHeaders
from steward.program.web.static_files import LastingFiles

_HTTP = HttpMetrics(requests=admin.REQUESTS, duration=admin.DURATION, in_flight=admin.IN_FLIGHT)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The application, and what it holds open."""

    app: ASGIApp
    store: Database
    cached: Cache

    async def close(self) -> None:
        """Close every connection."""
        await self.cached.close()
        await self.store.close()


def build(settings: AdminSettings, *, clock: Clock = utc_now) -> Dashboard:
    """Return the dashboard that `settings` describe; connections are opened when pages need them."""
    instruments = Instruments(ADMIN_COUNTED, process_metrics=True)
    tell_start(instruments)
    errors = ErrorMetrics(instruments)
    store = connect(settings.database, "festivals-admin")
    watch_database(store.engine, instruments)
    redis = clients(settings.cache)
    watch_cache(redis, instruments)
    cached = Cache(redis, errors.cache_failed)
    tokens = FormTokens()
    view = View(tokens)
    failures = Failures(view, errors)
    # The dashboard issues no tickets, so what would count them counts nowhere.
    tickets = Tickets(store, cached, BusinessMetrics(Instruments(business.METRICS)), clock)
    inner = Starlette(
        routes=[
            *overview.routes(view, store, clock),
            *festivals.routes(view, store),
            *changes.routes(changes.Desk(view, tokens, failures), store, Festivals(store, cached, clock), tickets),
            *queue.routes(view, store),
            *health.routes(store),
            Route("/metrics", metrics_app(instruments)),
            Mount("/static", LastingFiles(STATIC)),
        ],
        exception_handlers=dict(failures.handlers()),
    )
    inner.router.redirect_slashes = False
    return Dashboard(_surrounded(inner, settings, instruments, failures), store, cached)


def _surrounded(app: ASGIApp, settings: AdminSettings, instruments: Instruments, failures: Failures) -> ASGIApp:
    """Put the layers around `app`, so that no response escapes the headers and the count."""
    if settings.password is not None:
        app = AskPassword(app, failures.no_password, settings.password)
    if settings.address.loopback:
        app = OnlyLoopbackNames(app, failures.wrong_host)
    return SecurityHeaders(MetricsMiddleware(app, instruments=instruments, metrics=_HTTP, skip=UNCOUNTED_PATHS))
