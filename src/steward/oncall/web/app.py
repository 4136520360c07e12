"""The application, composed of its routes and the layers around them."""

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from starlette.routing import Mount

from steward.instrument import MetricsMiddleware
from steward.oncall.context import Context
from steward.oncall.metrics import HTTP, UNCOUNTED_PATHS
from steward.oncall.web import openapi
from steward.oncall.web.access import Viewer
from steward.oncall.web.console.view import STATIC, View
from steward.oncall.web.guards import OwnSiteOnly, bodies
from steward.oncall.web.policy import CONSOLE_POLICY, EXCEPTIONS
from steward.oncall.web.problems import OnCallProblems
from steward.oncall.web.routes import (
    accounts,
    alerts,
    audit,
    console,
    grafana,
    health,
    hooks,
    incidents,
    links,
    oncall,
    pages,
    rules,
    sessions,
    silences,
    slack,
    slos,
    summary,
    tokens,
)
from steward.program.web.guards import BodyGuard, LastResort
from steward.program.web.headers import SecurityHeaders
from steward.program.web.static_files import LastingFiles

_API = (alerts, pages, silences, oncall, incidents, rules, slos, summary, accounts, tokens, audit)
_ROOT = (hooks, slack, links, sessions, health, grafana, console)
_DESCRIPTION = (
    "Alerts, pages, silences, rotations and incidents. Durations are written as Prometheus writes them; an error "
    "is a problem (`application/problem+json`, RFC 9457)."
)


def create(context: Context) -> FastAPI:
    """Return the application; it closes nothing of `context`."""
    app = FastAPI(
        title="On-call",
        version="1.0.0",
        description=_DESCRIPTION,
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.context = context
    for topic in _API:
        app.include_router(topic.router(context), prefix=openapi.API_PREFIX)
    for topic in _ROOT:
        app.include_router(topic.router(context))
    app.include_router(_description(app))
    app.router.routes.append(Mount("/static", LastingFiles(STATIC)))
    openapi.describe(app)
    _surround(app, context)
    return app


def _description(app: FastAPI) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get(f"{openapi.API_PREFIX}/openapi.json")
    def get_description(_caller: Viewer) -> JSONResponse:
        return JSONResponse(app.openapi())

    return routes


def _surround(app: FastAPI, context: Context) -> None:
    """Put the layers around `app`, the innermost first."""
    problems = OnCallProblems(View(context).problem)
    problems.register(app)
    app.add_middleware(BodyGuard, problems=problems, bodies=bodies)
    app.add_middleware(OwnSiteOnly, problems=problems, public_url=context.settings.public_url)
    app.add_middleware(LastResort, problems=problems)
    app.add_middleware(SecurityHeaders, policy=CONSOLE_POLICY, elsewhere=EXCEPTIONS)
    app.add_middleware(
        MetricsMiddleware, instruments=context.metrics.instruments, metrics=HTTP, skip=UNCOUNTED_PATHS
    )
