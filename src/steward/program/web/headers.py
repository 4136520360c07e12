"""The headers that every response carries, errors included: a browser may do with a page only what it needs."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""For pages without scripts; nothing of another host, and nothing inline."""

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `same-origin`, not `no-referrer`: the latter makes browsers send `Origin: null` with forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """ASGI middleware that adds `SECURITY_HEADERS`, and forbids keeping what did not say that it may be kept."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: str = CONTENT_SECURITY_POLICY,
        elsewhere: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`policy` is for all pages; `elsewhere` says which headers differ at a path."""
        self._app = app
        self._headers = {**SECURITY_HEADERS, "Content-Security-Policy": policy}
        self._elsewhere = {path: {**self._headers, **headers} for path, headers in (elsewhere or {}).items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the application's response under the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = self._elsewhere.get(scope["path"], self._headers)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(added)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)
