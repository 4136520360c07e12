"""Who may speak to the dashboard: on loopback whoever sits at the machine, elsewhere whoever has the password."""

import base64
import binascii
import secrets
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.program.web.loopback import is_loopback_name

USER = "admin"
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""What probes and Prometheus ask for; they have no password."""

Refuse = Callable[[Request], Awaitable[Response]]


class OnlyLoopbackNames:
    """ASGI middleware that answers only requests for this machine's own names.

    Without it a page on the internet could point its own host name at 127.0.0.1 and read the dashboard through the
    operator's browser (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the refusal."""
        if scope["type"] == "http" and not is_loopback_name(Headers(scope=scope).get("host", "")):
            response = await self._refuse(Request(scope, receive))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)


class AskPassword:
    """ASGI middleware that asks for the password of `admin` (HTTP Basic) on everything but `OPEN_PATHS`."""

    def __init__(self, app: ASGIApp, refuse: Refuse, password: str) -> None:
        self._app = app
        self._refuse = refuse
        self._expected = f"{USER}:{password}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the refusal."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS and not self._knows(Headers(scope=scope)):
            response = await self._refuse(Request(scope, receive))
            response.headers["WWW-Authenticate"] = 'Basic realm="Festivals admin", charset="UTF-8"'
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _knows(self, headers: Headers) -> bool:
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and secrets.compare_digest(given, self._expected)
