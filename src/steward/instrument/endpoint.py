"""The `/metrics` endpoint."""

import logging
import zlib
from collections.abc import AsyncIterator
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.program.web.encoding import takes_gzip

_LOG = logging.getLogger("steward.instrument")

_WORTH_COMPRESSING = 4096
_FAST = 1
"""The quickest level: the best one takes ten times as long for a fifth fewer bytes."""
_GZIP = 16 + zlib.MAX_WBITS


class Streaming(Protocol):
    """What can be exposed."""

    async def stream(self, accept: str) -> tuple[AsyncIterator[bytes], str]:
        """Return the exposition in pieces, and its content type; raises OSError when it cannot be read."""


def metrics_app(exposed: Streaming) -> ASGIApp:
    """Return an ASGI application that answers GET and HEAD with the exposition, whatever the path.

    Give it to a route, `Route("/metrics", metrics_app(instruments))`, or to a server of its own. A mount would do
    as well, but answers `/metrics` with a redirect to `/metrics/`.
    """
    return _MetricsApp(exposed)


class _MetricsApp:
    # A class, because Starlette's Route takes a function for an endpoint that is handed a request.

    def __init__(self, exposed: Streaming) -> None:
        self._exposed = exposed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            response = await self._respond(scope)
            await response(scope, receive, send)

    async def _respond(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Method Not Allowed", status_code=405, headers={"Allow": "GET, HEAD"})
        asked = Headers(scope=scope)
        try:
            pieces, content_type = await self._exposed.stream(asked.get("accept", ""))
        except OSError as error:
            _LOG.exception("the metrics cannot be read")
            return PlainTextResponse(f"the metrics cannot be read: {error.strerror}\n", status_code=500)
        headers = {"Content-Type": content_type, "Vary": "Accept, Accept-Encoding"}
        if scope["method"] == "HEAD":
            response = Response(headers=headers)
            # GET's is not known before the whole has been made.
            del response.headers["Content-Length"]
            return response
        first = await anext(pieces)
        if len(first) > _WORTH_COMPRESSING and takes_gzip(asked):
            return StreamingResponse(_compressed(first, pieces), headers=headers | {"Content-Encoding": "gzip"})
        return StreamingResponse(_with(first, pieces), headers=headers)


async def _with(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece


async def _compressed(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Compress piece by piece, each in about the time that it takes to make it."""
    compressor = zlib.compressobj(_FAST, wbits=_GZIP)
    async for piece in _with(first, others):
        if compressed := compressor.compress(piece):
            yield compressed
    yield compressor.flush()


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to a server that announces its start and its end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
