"""Metrics of HTTP requests for any application, without a catalogue."""

import os
from collections.abc import Iterable
from pathlib import Path
from weakref import WeakSet

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Host, Match, Route
from starlette.types import ASGIApp, Scope

from steward.instrument.asgi import Exemplify, HttpMetrics, MetricsMiddleware
from steward.instrument.endpoint import metrics_app
from steward.instrument.instruments import Instruments
from steward.model import OTHER, Counter, Gauge, Histogram, Label, Metric, Unit

DIRECTORY_VARIABLE = "STEWARD_METRICS_DIRECTORY"
"""The environment variable that names the folder in which several processes share their numbers."""

DURATION_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
_SIZE_BUCKETS = (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_STATUSES = 64


class CannotInstrument(RuntimeError):
    """The application cannot be instrumented as it is now; the message says why and what to do."""


def instrument(
    app: Starlette,
    *,
    prefix: str = "",
    path: str = "/metrics",
    skip: frozenset[str] = frozenset(),
    buckets: tuple[float, ...] = DURATION_BUCKETS,
    directory: Path | None = None,
    metrics: Iterable[Metric] = (),
    at_most: int = 200,
    exemplar: Exemplify | None = None,
    process_metrics: bool = True,
) -> Instruments:
    """Count the requests of a Starlette or FastAPI application, and expose the counts at `path`.

    Call it once, before the application serves its first request. The middleware is put around all that the
    application has by then; what each of the metrics counts is told by `MetricsMiddleware` and `http_metrics`.

    - `prefix` goes before the metrics' names: `shop` makes `shop_http_requests_total`.
    - `path` is where the exposition is, a route that no OpenAPI schema shows; requests for it are not counted, nor
      are those for a path in `skip`.
    - `buckets` are the upper bounds of the durations, in seconds, ascending.
    - `directory` is a folder that several processes of the service share; without it the environment variable
      `STEWARD_METRICS_DIRECTORY` names one, and without that the numbers are this process's. Empty it before the
      service starts.
    - `metrics` are further ones, for the application's own instruments.
    - `at_most` is how many path templates are told apart; later ones are counted as `other`.
    - `exemplar` makes the labels of a request's exemplar, e.g. `trace_of`.
    - `process_metrics` exposes memory, CPU time and such of the processes as well.

    Raises CannotInstrument for an application that is instrumented already, has started or has a route at `path`;
    CatalogueError for impossible names, buckets or metrics; FolderUnusable for a folder that cannot be written.
    """
    _expect_instrumentable(app, path)
    ours = http_metrics(prefix=prefix, buckets=buckets, at_most=at_most)
    sizes = (ours.response_size,) if ours.response_size else ()
    instruments = Instruments(
        (ours.requests, ours.duration, ours.in_flight, *sizes, *metrics),
        directory=directory or _directory(),
        process_metrics=process_metrics,
    )
    app.add_middleware(
        _ReadyMade,
        instruments=instruments,
        metrics=ours,
        skip=frozenset({*skip, path}),
        exemplar=exemplar,
        routes=app.router.routes,
        exposition=Route(path, metrics_app(instruments), include_in_schema=False),
    )
    _INSTRUMENTED.add(app)
    return instruments


def http_metrics(
    *, prefix: str = "", buckets: tuple[float, ...] = DURATION_BUCKETS, at_most: int = 200
) -> HttpMetrics:
    """Return metrics of requests as most applications want them; raises CatalogueError for impossible ones."""
    before = f"{prefix.rstrip('_')}_" if prefix else ""
    route = (
        Label.closed("method", *_METHODS, OTHER),
        Label.bounded("path", at_most, "the route's template"),
    )
    status = Label.bounded("status", _STATUSES, "the status code of the response")
    return HttpMetrics(
        requests=Counter(
            f"{before}http_requests_total", "Requests that were answered or given up.", (*route, status)
        ),
        duration=Histogram(
            f"{before}http_request_duration_seconds",
            "Time from the start of a request to the last byte of its response.",
            route,
            Unit.SECONDS,
            buckets=buckets,
        ),
        in_flight=Gauge(f"{before}http_requests_in_flight", "Requests being worked on."),
        response_size=Histogram(
            f"{before}http_response_size_bytes",
            "Bytes of response bodies.",
            route,
            Unit.BYTES,
            buckets=_SIZE_BUCKETS,
        ),
    )


class _ReadyMade(MetricsMiddleware):
    """The middleware, which an application makes when it starts: then it has its routes, and gets one more."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        instruments: Instruments,
        metrics: HttpMetrics,
        skip: frozenset[str],
        exemplar: Exemplify | None,
        routes: list[BaseRoute],
        exposition: Route,
    ) -> None:
        super().__init__(app, instruments=instruments, metrics=metrics, skip=skip, exemplar=exemplar)
        _place(routes, exposition)


def _place(routes: list[BaseRoute], exposition: Route) -> None:
    """Put a route before those that would hide it, after all others: routers try them one by one."""
    if exposition in routes:
        return
    asked: Scope = {"type": "http", "method": "GET", "path": exposition.path, "root_path": "", "headers": []}
    hiding = [
        number
        for number, route in enumerate(routes)
        if isinstance(route, Host) or route.matches(dict(asked))[0] is not Match.NONE
    ]
    routes.insert(hiding[0] if hiding else len(routes), exposition)


_INSTRUMENTED: WeakSet[Starlette] = WeakSet()


def _directory() -> Path | None:
    named = os.environ.get(DIRECTORY_VARIABLE, "").strip()
    return Path(named) if named else None


def _expect_instrumentable(app: Starlette, path: str) -> None:
    if not isinstance(app, Starlette):
        raise CannotInstrument(
            f"instrument() takes a Starlette or FastAPI application, not {app!r:.100};"
            " put MetricsMiddleware around any other"
        )
    if app in _INSTRUMENTED:
        raise CannotInstrument("this application is instrumented already; call instrument() once for each")
    if app.middleware_stack is not None:
        raise CannotInstrument(
            "this application has started; call instrument() where it is made, before its first request"
        )
    if not path.startswith("/") or "{" in path:
        raise CannotInstrument(f"the exposition cannot be at {path!r}; give a `path` like /metrics")
    if any(getattr(route, "path", None) == path for route in app.routes):
        raise CannotInstrument(f"this application has a route at {path} already; give instrument() another `path`")
