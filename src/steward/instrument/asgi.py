"""Counting HTTP requests, as ASGI middleware."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steward.instrument.handles import BoundCounter, BoundHistogram
from steward.instrument.instruments import Instruments
from steward.instrument.routes import RouteTemplates
from steward.instrument.shape import allowed, expect_labels, expect_summed, label_of
from steward.model import Counter, Gauge, Histogram

SERVER_ERROR = 500
CLIENT_CLOSED_REQUEST = 499
"""The status counted for a request whose client went away before its response was complete."""


@dataclass(frozen=True, slots=True)
class HttpMetrics:
    """The metrics that requests are counted in."""

    requests: Counter
    """With labels method, path, status."""
    duration: Histogram
    """Seconds, with labels method, path."""
    in_flight: Gauge
    """Without labels."""
    response_size: Histogram | None = None
    """Bytes of the body, with labels method, path."""

    def __post_init__(self) -> None:
        expect_labels(self.requests, "method", "path", "status")
        expect_labels(self.duration, "method", "path")
        expect_summed(self.in_flight)
        if self.response_size is not None:
            expect_labels(self.response_size, "method", "path")


class MetricsMiddleware:
    """Counts every HTTP request once, whatever becomes of it.

    - `path` is the template of the route that the request matched, prefixes of included routers and of mounts
      included; `__unmatched__` where none did, whatever was asked for.
    - `method` is the request's where the label declares it, else `other`.
    - `status` is that of the response; 500 where an exception came before it, 499 where the client went away or
      the request was cancelled before the last byte.
    - The duration ends with the last byte of the body that the application gives; background tasks are not in it.
    - A request counts as in flight until the application is done with it, background tasks included.
    - The size is that of the body as this middleware sees it; put it outside of one that compresses.

    Requests for a path in `skip` and other protocols than HTTP pass untouched.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        instruments: Instruments,
        metrics: HttpMetrics,
        skip: frozenset[str] = frozenset({"/metrics"}),
    ) -> None:
        self._app = app
        self._skip = skip
        self._account = _Account(instruments, metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, and count."""
        if scope["type"] != "http" or scope["path"] in self._skip:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send)
        self._account.begin()
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except (asyncio.CancelledError, ClientDisconnect):
            exchange.left()
            raise
        finally:
            self._account.end(scope, exchange)


class _Exchange:
    """What was seen of one request and its response."""

    __slots__ = ("_receive", "_send", "client_gone", "ended", "size", "started", "status")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.started = time.perf_counter()
        self.ended: float | None = None
        self.status: int | None = None
        self.size = 0
        self.client_gone = False

    async def receive(self) -> Message:
        """Pass on the next message and notice that the client went away."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.left()
        return message

    def left(self) -> None:
        """Note that nobody waits for the response any more, unless it is complete."""
        if self.ended is None:
            self.client_gone = True

    def send(self, message: Message) -> Awaitable[None]:
        """Pass on `message`; not a coroutine itself, which would cost each message another one."""
        kind = message["type"]
        if kind == "http.response.body":
            self.size += len(message.get("body", b""))
            if not message.get("more_body", False):
                self.ended = time.perf_counter()
        elif kind == "http.response.start":
            self.status = message["status"]
        elif kind == "http.response.pathsend":
            self.ended = time.perf_counter()
        return self._send(message)

    def outcome(self) -> int:
        """Return the status to count."""
        if self.client_gone:
            return CLIENT_CLOSED_REQUEST
        return SERVER_ERROR if self.status is None else self.status


@dataclass(frozen=True, slots=True)
class _Series:
    requests: BoundCounter
    duration: BoundHistogram
    size: BoundHistogram | None


class _Account:
    """Books exchanges; what fails here is logged once and never reaches the application."""

    def __init__(self, instruments: Instruments, metrics: HttpMetrics) -> None:
        self._requests = instruments.counter(metrics.requests)
        self._duration = instruments.histogram(metrics.duration)
        self._size = instruments.histogram(metrics.response_size) if metrics.response_size else None
        self._in_flight = instruments.gauge(metrics.in_flight).bind()
        self._notices = instruments.notices
        self._templates = RouteTemplates()
        self._method = label_of(metrics.requests, "method")
        self._series: dict[tuple[str, str, int], _Series] = {}

    def begin(self) -> None:
        """Count a request that begins."""
        self._in_flight.inc()

    def end(self, scope: Scope, exchange: _Exchange) -> None:
        """Count a request that has ended."""
        self._in_flight.dec()
        try:
            method = scope["method"]
            series = self._of(method, self._templates.of(scope), exchange.outcome())
            series.requests.inc()
            series.duration.observe((exchange.ended or time.perf_counter()) - exchange.started)
            if series.size is not None and exchange.status is not None:
                series.size.observe(0 if method == "HEAD" else exchange.size)
        except Exception as error:  # noqa: BLE001 - whatever it is, the request goes on
            self._notices.once(("request", type(error)), "a request could not be counted", error=error)

    def _of(self, method: str, path: str, status: int) -> _Series:
        method = allowed(self._method, method)
        key = (method, path, status)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = _Series(
                requests=self._requests.bind(method=method, path=path, status=str(status)),
                duration=self._duration.bind(method=method, path=path),
                size=self._size.bind(method=method, path=path) if self._size else None,
            )
        return series
