"""Every middleware as a subject of the cases of HTTP: how it is put around an application, and how it is read.

Each gets the options of its own that serve the cases best: in-flight requests and sizes where it can measure them,
whole statuses, unmatched paths grouped, the exposition left out.
"""

import importlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from instrumentation import peers
from instrumentation.applications import SILENT
from instrumentation.otel import meter_provider, no_traces
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from steward.instrument import Instruments, MetricsMiddleware, http_metrics, metrics_app
from steward.testing.http_semantics import Counted, Framework, ManualTime, Measured, RealTime, Seen, Subject, Time

_BOTH: tuple[Framework, ...] = ("starlette", "fastapi")
_OF_THE_PROCESS = ("process_", "python_")
_PATH = "/metrics"


@dataclass(frozen=True, slots=True)
class Names:
    """What a middleware calls what it counts; None for what it does not."""

    requests: str
    """The sample that has one increment a request."""
    method: str = "method"
    path: str = "path"
    status: str = "status"
    duration: str | None = None
    """Without `_sum` and `_count`."""
    size: str | None = None
    """The same; or a counter of bytes, that ends with `_total`."""
    in_flight: str | None = None
    scale: float = 1.0
    """Seconds in a duration's unit."""


@dataclass(slots=True)
class Peer:
    """A subject made of what others provide."""

    names: Names
    add: Callable[[Starlette], None]
    """Adds the middleware, and the exposition at `/metrics`."""
    expose: Callable[[], bytes] = generate_latest
    fastapi_options: Mapping[str, Any] = field(default_factory=lambda: {"telemetry": SILENT})
    time: Time = field(default_factory=RealTime)

    def wrap(self, app: Starlette) -> ASGIApp:
        """Return `app` with the middleware around it."""
        self.add(app)
        return app

    async def seen(self) -> Seen:
        """Return what has been counted."""
        return _seen(self.expose().decode(), self.names)


class Ours:
    """The middleware of the project."""

    fastapi_options: Mapping[str, Any] = {"telemetry": SILENT}

    def __init__(self) -> None:
        self._clock = ManualTime()
        self.time: Time = self._clock
        self._metrics = http_metrics()
        sizes = (self._metrics.response_size,) if self._metrics.response_size else ()
        every = (self._metrics.requests, self._metrics.duration, self._metrics.in_flight, *sizes)
        self._instruments = Instruments(every)

    def wrap(self, app: Starlette) -> ASGIApp:
        """Return `app` with the middleware around it."""
        app.router.routes.append(Route(_PATH, metrics_app(self._instruments)))
        app.add_middleware(
            MetricsMiddleware, instruments=self._instruments, metrics=self._metrics, clock=self._clock
        )
        return app

    async def seen(self) -> Seen:
        """Return what has been counted."""
        body, _ = await self._instruments.expose()
        return _seen(body.decode(), _OURS)


_OURS = Names(
    "http_requests_total",
    duration="http_request_duration_seconds",
    size="http_response_size_bytes",
    in_flight="http_requests_in_flight",
)


def _module(name: str) -> Any:  # noqa: ANN401 - the peers are not installed where types are checked
    return importlib.import_module(name)


async def _exposition(_: Request) -> Response:
    return Response(generate_latest())


def _instrumentator() -> Subject:
    metrics = _module("prometheus_fastapi_instrumentator.metrics")

    def add(app: Starlette) -> None:
        made = _module("prometheus_fastapi_instrumentator").Instrumentator(
            should_group_status_codes=False,
            should_instrument_requests_inprogress=True,
            excluded_handlers=[_PATH],
        )
        for measured in (metrics.requests, metrics.latency, metrics.response_size):
            made.add(measured())
        made.instrument(app).expose(app, endpoint=_PATH)

    names = Names(
        "http_requests_total",
        path="handler",
        duration="http_request_duration_seconds",
        size="http_response_size_bytes",
        in_flight="http_requests_inprogress",
    )
    return Peer(names, add)


def _exporter() -> Subject:
    module = _module("starlette_exporter")

    def add(app: Starlette) -> None:
        app.add_route(_PATH, module.handle_metrics)
        app.add_middleware(
            module.PrometheusMiddleware,
            group_unhandled_paths=True,
            filter_unhandled_paths=False,
            skip_paths=[_PATH],
            optional_metrics=[_module("starlette_exporter.optional_metrics").response_body_size],
        )

    names = Names(
        "starlette_requests_total",
        status="status_code",
        duration="starlette_request_duration_seconds",
        size="starlette_response_body_bytes_total",
        in_flight="starlette_requests_in_progress",
    )
    return Peer(names, add)


def _asgi_prometheus() -> Subject:
    def add(app: Starlette) -> None:
        app.add_middleware(_module("asgi_prometheus").PrometheusMiddleware, metrics_url=_PATH)

    return Peer(Names("responses_count_total", duration="requests_time", in_flight="requests_in_progress"), add)


def _starlette_prometheus() -> Subject:
    module = _module("starlette_prometheus")

    def add(app: Starlette) -> None:
        app.add_route(_PATH, module.metrics)
        app.add_middleware(module.PrometheusMiddleware)

    names = Names(
        "starlette_responses_total",
        path="path_template",
        status="status_code",
        duration="starlette_requests_processing_time_seconds",
        in_flight="starlette_requests_in_progress",
    )
    return Peer(names, add)


def _aioprometheus() -> Subject:
    module = _module("aioprometheus")

    def add(app: Starlette) -> None:
        app.add_route(_PATH, _module("aioprometheus.asgi.starlette").metrics)
        app.add_middleware(_module("aioprometheus.asgi.middleware").MetricsMiddleware)

    def expose() -> bytes:
        body, _ = module.render(module.REGISTRY, ["text/plain"])
        return bytes(body) + b"\n"

    return Peer(Names("status_codes_counter_total", status="status_code"), add, expose)


def _pytheus() -> Subject:
    exposition = _module("pytheus.exposition")

    def add(app: Starlette) -> None:
        app.add_route(_PATH, _exposition)
        app.add_middleware(_module("pytheus.middleware").PytheusMiddlewareASGI)

    def expose() -> bytes:
        return f"{exposition.generate_metrics()}\n".encode()

    names = Names(
        "http_request_duration_seconds_count",
        path="route",
        status="status_code",
        duration="http_request_duration_seconds",
        size="http_response_size_bytes",
    )
    return Peer(names, add, expose)


_OTEL = Names(
    "http_server_request_duration_seconds_count",
    method="http_request_method",
    path="http_route",
    status="http_response_status_code",
    duration="http_server_request_duration_seconds",
    size="http_server_response_body_size_bytes",
    in_flight="http_server_active_requests",
)


def _native() -> Subject:
    def is_metrics(scope: Mapping[str, Any]) -> bool:
        return bool(scope["path"] == _PATH)

    def add(app: Starlette) -> None:
        app.add_route(_PATH, _exposition)

    telemetry = {**SILENT, "metrics": True, "meter_provider": meter_provider(), "exclude": is_metrics}
    return Peer(replace(_OTEL, size=None), add, fastapi_options={"telemetry": telemetry})


def _otel_asgi() -> Subject:
    provider = meter_provider()

    def add(app: Starlette) -> None:
        app.add_route(_PATH, _exposition)
        app.add_middleware(
            _module("opentelemetry.instrumentation.asgi").OpenTelemetryMiddleware,
            meter_provider=provider,
            tracer_provider=no_traces(),
            excluded_urls="metrics",
        )

    return Peer(_OTEL, add)


def _otel_fastapi() -> Subject:
    instrumentor = _module("opentelemetry.instrumentation.fastapi").FastAPIInstrumentor
    instrument = partial(
        instrumentor.instrument_app,
        meter_provider=meter_provider(),
        tracer_provider=no_traces(),
        excluded_urls="metrics",
    )

    def add(app: Starlette) -> None:
        app.add_route(_PATH, _exposition)
        instrument(app)

    return Peer(_OTEL, add)


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject, and where it can be put to the cases."""

    make: Callable[[], Subject]
    modules: tuple[str, ...] = ()
    """What it imports, once for all cases."""
    frameworks: tuple[Framework, ...] = _BOTH
    environment: Mapping[str, str] = field(default_factory=dict)


_TODAYS_NAMES = {"OTEL_SEMCONV_STABILITY_OPT_IN": "http"}

_FASTAPI: tuple[Framework, ...] = ("fastapi",)
_OTEL_MODULES = ("opentelemetry.sdk.metrics", "opentelemetry.exporter.prometheus")

SUBJECTS: Mapping[str, Entry] = {
    peers.OURS: Entry(Ours),
    peers.INSTRUMENTATOR: Entry(_instrumentator, ("prometheus_fastapi_instrumentator",)),
    peers.EXPORTER: Entry(_exporter, ("starlette_exporter",)),
    peers.ASGI_PROMETHEUS: Entry(_asgi_prometheus, ("asgi_prometheus",)),
    peers.STARLETTE_PROMETHEUS: Entry(_starlette_prometheus, ("starlette_prometheus",)),
    peers.AIOPROMETHEUS: Entry(_aioprometheus, ("aioprometheus", "aioprometheus.asgi.middleware")),
    peers.PYTHEUS: Entry(_pytheus, ("pytheus.middleware", "pytheus.exposition")),
    peers.NATIVE: Entry(_native, _OTEL_MODULES, _FASTAPI),
    peers.OTEL_ASGI: Entry(
        _otel_asgi, (*_OTEL_MODULES, "opentelemetry.instrumentation.asgi"), environment=_TODAYS_NAMES
    ),
    peers.OTEL_FASTAPI: Entry(
        _otel_fastapi, (*_OTEL_MODULES, "opentelemetry.instrumentation.fastapi"), _FASTAPI, _TODAYS_NAMES
    ),
}


def _seen(exposition: str, names: Names) -> Seen:
    samples = [
        sample
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if not sample.name.startswith(_OF_THE_PROCESS) and not sample.name.endswith("_created")
    ]
    requests: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for sample in samples:
        if sample.name == names.requests:
            method, path = _route(sample, names)
            requests[method, path, sample.labels.get(names.status, "")] += sample.value
    counted = tuple(Counted(*labels, number) for labels, number in requests.items() if number)
    return Seen(
        counted,
        durations=_measured(samples, names, names.duration, names.scale),
        sizes=_sizes(samples, names, counted),
        in_flight=_in_flight(samples, names.in_flight),
        series=len(samples),
    )


def _measured(
    samples: list[Sample], names: Names, family: str | None, scale: float = 1.0
) -> tuple[Measured, ...] | None:
    """Return a family's observations, added up over the labels that are not asked for."""
    if family is None:
        return None
    numbers: defaultdict[tuple[str, str], float] = defaultdict(float)
    totals: defaultdict[tuple[str, str], float] = defaultdict(float)
    for sample in samples:
        if sample.name == f"{family}_count":
            numbers[_route(sample, names)] += sample.value
        elif sample.name == f"{family}_sum":
            totals[_route(sample, names)] += sample.value * scale
    return tuple(Measured(*labels, number, totals[labels]) for labels, number in numbers.items() if number)


def _sizes(samples: list[Sample], names: Names, counted: tuple[Counted, ...]) -> tuple[Measured, ...] | None:
    if names.size is None or not names.size.endswith("_total"):
        return _measured(samples, names, names.size)
    totals: defaultdict[tuple[str, str], float] = defaultdict(float)
    for sample in samples:
        if sample.name == names.size:
            totals[_route(sample, names)] += sample.value
    numbers: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one in counted:
        numbers[one.method, one.path] += one.number
    return tuple(Measured(*labels, numbers[labels], total) for labels, total in totals.items())


def _in_flight(samples: list[Sample], name: str | None) -> float | None:
    if name is None:
        return None
    return sum(sample.value for sample in samples if sample.name == name)


def _route(sample: Sample, names: Names) -> tuple[str, str]:
    return sample.labels.get(names.method, ""), sample.labels.get(names.path, "")
