"""Every way of counting requests, each added to an application as its own documentation says."""

import importlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from instrumentation import peers
from instrumentation.applications import SILENT, Build, Framework
from instrumentation.otel import meter_provider, no_traces
from prometheus_client import Counter, Gauge, Histogram
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steward.instrument import instrument

NOTHING_DONE = "a BaseHTTPMiddleware that does nothing"
FLOOR = "two clock reads and three increments"
CACHED = "prometheus_client's children, cached, pure ASGI"
UNSET = "FastAPI's telemetry left unset"


@dataclass(frozen=True, slots=True)
class Way:
    """One way of counting requests."""

    add: Callable[[Build, Path | None], Starlette]
    """Returns an application that counts; the path is the folder that processes share, where they do."""
    frameworks: tuple[Framework, ...] = ("Starlette", "FastAPI")
    shares: bool = False
    """Whether it can count in several processes."""
    kind: Literal["ours", "peer", "reference"] = "peer"


def _ours(build: Build, folder: Path | None) -> Starlette:
    app = build()
    instrument(app, directory=folder)
    return app


def _instrumentator(build: Build, _: Path | None) -> Starlette:
    app = build()
    module: Any = importlib.import_module("prometheus_fastapi_instrumentator")
    module.Instrumentator().instrument(app)
    return app


def _middleware(module: str, name: str = "PrometheusMiddleware") -> Callable[[Build, Path | None], Starlette]:
    def add(build: Build, _: Path | None) -> Starlette:
        app = build()
        app.add_middleware(getattr(importlib.import_module(module), name))
        return app

    return add


def _native(build: Build, _: Path | None) -> Starlette:
    return build(telemetry={**SILENT, "metrics": True, "meter_provider": meter_provider()})


def _unset(build: Build, _: Path | None) -> Starlette:
    return build(telemetry=None)


def _otel_asgi(build: Build, _: Path | None) -> Starlette:
    app = build()
    module: Any = importlib.import_module("opentelemetry.instrumentation.asgi")
    app.add_middleware(
        module.OpenTelemetryMiddleware, meter_provider=meter_provider(), tracer_provider=no_traces()
    )
    return app


def _otel_fastapi(build: Build, _: Path | None) -> Starlette:
    app = build()
    module: Any = importlib.import_module("opentelemetry.instrumentation.fastapi")
    module.FastAPIInstrumentor.instrument_app(app, meter_provider=meter_provider(), tracer_provider=no_traces())
    return app


class _DoesNothing(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        return await call_next(request)


class _Floor:
    """What counting must cost at the very least."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cells = memoryview(bytearray(24)).cast("d")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        await self._app(scope, receive, send)
        cells = self._cells
        cells[0] += 1
        cells[1] += 1
        cells[2] += time.perf_counter() - started


class _Cached:
    """As fast as it gets with prometheus_client: its children kept by what a request was."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests = Counter("http_requests", "Requests.", ["method", "path", "status"])
        self._duration = Histogram("http_request_duration_seconds", "Their time.", ["method", "path"])
        self._size = Histogram("http_response_size_bytes", "Their size.", ["method", "path"])
        self._in_flight = Gauge("http_requests_in_flight", "Under way.", multiprocess_mode="livesum")
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, size, ended = 500, 0, 0.0

        def watched(message: Message) -> Any:  # noqa: ANN401 - what `send` returns
            nonlocal status, size, ended
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
                ended = time.perf_counter()
            return send(message)

        started = time.perf_counter()
        self._in_flight.inc()
        try:
            await self._app(scope, receive, watched)
        finally:
            self._in_flight.dec()
            path = getattr(scope.get("route"), "path", "")
            key = (scope["method"], path, status)
            children = self._children.get(key)
            if children is None:
                children = self._children[key] = (
                    self._requests.labels(scope["method"], path, str(status)),
                    self._duration.labels(scope["method"], path),
                    self._size.labels(scope["method"], path),
                )
            children[0].inc()
            children[1].observe(ended - started)
            children[2].observe(size)


def _layer(middleware: Any) -> Callable[[Build, Path | None], Starlette]:  # noqa: ANN401 - any middleware class
    def add(build: Build, _: Path | None) -> Starlette:
        app = build()
        app.add_middleware(middleware)
        return app

    return add


WAYS: Mapping[str, Way] = {
    peers.OURS: Way(_ours, shares=True, kind="ours"),
    peers.INSTRUMENTATOR: Way(_instrumentator, shares=True),
    peers.EXPORTER: Way(_middleware("starlette_exporter"), shares=True),
    peers.ASGI_PROMETHEUS: Way(_middleware("asgi_prometheus"), shares=True),
    peers.STARLETTE_PROMETHEUS: Way(_middleware("starlette_prometheus"), shares=True),
    peers.AIOPROMETHEUS: Way(_middleware("aioprometheus.asgi.middleware", "MetricsMiddleware")),
    peers.PYTHEUS: Way(_middleware("pytheus.middleware", "PytheusMiddlewareASGI")),
    peers.NATIVE: Way(_native, ("FastAPI",)),
    peers.OTEL_ASGI: Way(_otel_asgi),
    peers.OTEL_FASTAPI: Way(_otel_fastapi, ("FastAPI",)),
    FLOOR: Way(_layer(_Floor), kind="reference"),
    CACHED: Way(_layer(_Cached), shares=True, kind="reference"),
    NOTHING_DONE: Way(_layer(_DoesNothing), kind="reference"),
    UNSET: Way(_unset, ("FastAPI",), kind="reference"),
}
