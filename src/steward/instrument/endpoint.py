"""The `/metrics` endpoint."""

import asyncio
import gzip
import logging

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.instrument.instruments import Instruments

_LOG = logging.getLogger("steward.instrument")

_WORTH_COMPRESSING = 4096
_FAST = 1
"""Gzip's quickest level: the best one takes ten times as long for a fifth fewer bytes."""


def metrics_app(instruments: Instruments) -> ASGIApp:
    """Return an ASGI application that answers GET and HEAD with the exposition, whatever the path.

    Give it to a route, `Route("/metrics", metrics_app(instruments))`, or to a server of its own. A mount would do
    as well, but answers `/metrics` with a redirect to `/metrics/`.
    """
    return _MetricsApp(instruments)


class _MetricsApp:
    # A class, because Starlette's Route takes a function for an endpoint that is handed a request.

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

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
            body, content_type = await self._instruments.expose(asked.get("accept", ""))
        except OSError as error:
            _LOG.exception("the metrics cannot be read")
            return PlainTextResponse(f"the metrics cannot be read: {error.strerror}\n", status_code=500)
        headers = {"Content-Type": content_type, "Vary": "Accept, Accept-Encoding"}
        if len(body) > _WORTH_COMPRESSING and "gzip" in asked.get("accept-encoding", ""):
            body = await asyncio.to_thread(gzip.compress, body, _FAST)
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers)


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to a server that announces its start and its end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
