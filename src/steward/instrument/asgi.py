"""Counting HTTP requests, as ASGI middleware."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steward.instrument.handles import INTERPRETER_LOCKS
from steward.instrument.instruments import Instruments
from steward.instrument.requests import RequestFamilies
from steward.instrument.routes import RouteTemplates
from steward.instrument.shape import expect_labels, expect_summed
from steward.model import Counter, Gauge, Histogram

SERVER_ERROR = 500
CLIENT_CLOSED_REQUEST = 499
"""The status counted for a request whose client went away before its response was complete."""

Exemplify: TypeAlias = Callable[[Scope], Mapping[str, str] | None]
"""Returns the labels of a request's exemplar, None where it has none."""

_MARK = "steward.instrument"
"""Where a scope says by whom the request is being counted."""


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

    Requests for a path in `skip` and other protocols than HTTP pass untouched, and so do requests that an instance
    further out counts in metrics of the same name.

    `exemplar` is asked once for each request, at its end; what it returns goes with the count and the duration.
    `clock` returns seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        instruments: Instruments,
        metrics: HttpMetrics,
        skip: frozenset[str] = frozenset({"/metrics"}),
        exemplar: Exemplify | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._skip = skip
        self._exemplar = exemplar
        self._clock = clock
        self._notices = instruments.notices
        self._in_flight = instruments.gauge(metrics.in_flight)
        self._families = RequestFamilies(instruments, metrics.requests, metrics.duration, metrics.response_size)
        self._known = self._families.known
        self._template = RouteTemplates().of
        self._counting = metrics.requests.name
        self._alone = (self._counting,)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: C901 - one frame, one price
        """Answer as the application does, and count."""
        outside = scope.get(_MARK)
        if (
            scope["type"] != "http"
            or scope["path"] in self._skip
            or (outside and self._counting in outside)
            or (scope.get("root_path") and _below_root(scope) in self._skip)
        ):
            await self._app(scope, receive, send)
            return
        scope[_MARK] = (*outside, self._counting) if outside else self._alone
        clock = self._clock
        start: Message | None = None
        size = 0
        ended: float | None = None
        left = False

        async def watched_receive() -> Message:
            nonlocal left
            message = await receive()
            if message["type"] == "http.disconnect" and ended is None:
                left = True
            return message

        # Not a coroutine itself, which would cost each message another one.
        def watched_send(message: Message) -> Awaitable[None]:
            nonlocal start, size, ended
            kind = message["type"]
            if kind == "http.response.body":
                if body := message.get("body"):
                    size += len(body)
                if not message.get("more_body"):
                    ended = clock()
            elif kind == "http.response.start":
                start = message
            elif kind == "http.response.pathsend":
                size = _announced(start)
                ended = clock()
            return send(message)

        in_flight = self._in_flight
        if INTERPRETER_LOCKS:
            in_flight.cells[in_flight.at] += 1.0
        else:
            in_flight.inc()
        started = clock()
        try:
            await self._app(scope, watched_receive, watched_send)
        except BaseException as error:
            # Any other than Exception cancels the request, in the way of whichever event loop this is.
            if ended is None and (isinstance(error, ClientDisconnect) or not isinstance(error, Exception)):
                left = True
            raise
        finally:
            seconds = (clock() if ended is None else ended) - started
            if INTERPRETER_LOCKS:
                in_flight.cells[in_flight.at] -= 1.0
            else:
                in_flight.dec()
            scope[_MARK] = outside
            self._count(
                scope, _unusual(start, left=left) if left or start is None else start["status"], seconds, size
            )

    def _count(self, scope: Scope, status: int, seconds: float, size: int) -> None:
        """Count a request; a negative status says that no response began."""
        try:
            path = None
            # As `RouteTemplates.of` begins, which most requests need no more of; a call costs a tenth of all this.
            if "app_root_path" not in scope:
                route = scope.get("route")
                if included := scope.get("fastapi"):
                    context = included.get("effective_route_context")
                    if context is not None and context.original_route is route:
                        route = context
                path = getattr(route, "path_format", None)
            if not path:
                path = self._template(scope)
            method = scope["method"]
            series = self._known.get((path, method, status))
            if series is None:
                series = self._families.of(path, method, status)
            if method == "HEAD":
                size = 0
            if self._exemplar is None:
                series.count(seconds, size)
            else:
                series.count(seconds, size, self._exemplified(scope))
        except Exception as error:  # noqa: BLE001 - whatever it is, the request goes on
            self._notices.once(("request", type(error)), "a request could not be counted", error=error)

    def _exemplified(self, scope: Scope) -> Mapping[str, str] | None:
        try:
            return self._exemplar(scope) if self._exemplar else None
        except Exception as error:  # noqa: BLE001 - as above
            self._notices.once(("exemplar", type(error)), "a request has no exemplar", error=error)
            return None


def _below_root(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope["root_path"])


def _unusual(start: Message | None, *, left: bool) -> int:
    status = CLIENT_CLOSED_REQUEST if left else SERVER_ERROR
    return -status if start is None else status


def _announced(start: Message | None) -> int:
    """Return the size of a body that the server itself sends, as the headers tell it; 0 where they do not."""
    for name, value in start.get("headers", ()) if start else ():
        if name.lower() == b"content-length" and value.isdigit():
            return int(value)
    return 0
