"""What a request must pass before anything looks at it: pure ASGI, because every request pays for each layer."""

import hmac
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from festivals.api.problems import Problem, Problems

LARGEST_BODY = 16 * 1024
"""Bytes; the largest body that the API has use for is a tenth of it."""

API_PREFIX = "/api/"

_TOO_LARGE = f"the body is larger than {LARGEST_BODY} bytes"


class LastResort:
    """Answers 500 for an exception that nothing inside expected."""

    def __init__(self, app: ASGIApp, *, problems: Problems) -> None:
        self._app = app
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer where an exception comes back before a response was begun."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            problem = self._problems.unexpected(scope, error)
            if begun:
                raise
            await problem(scope, receive, send)


class TokenGuard:
    """Lets a request for the API pass only with the token, where there is one."""

    def __init__(self, app: ASGIApp, *, problems: Problems, token: str) -> None:
        self._app = app
        self._problems = problems
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 401."""
        if scope["type"] == "http" and scope["path"].startswith(API_PREFIX) and not self._admits(scope):
            detail = "send the header Authorization: Bearer with the API's token"
            problem = Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
            await self._problems.refuse(scope, problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        return hmac.compare_digest(given, self._expected)


class BodyGuard:
    """Lets only small JSON bodies pass."""

    def __init__(self, app: ASGIApp, *, problems: Problems) -> None:
        self._app = app
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 413 or 415."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        problem = _objection(Headers(scope=scope))
        if problem is not None:
            await self._problems.refuse(scope, problem)(scope, receive, send)
            return
        await self._app(scope, _limited(receive), send)


def _objection(headers: Headers) -> Problem | None:
    length = headers.get("content-length")
    if (length is None and "transfer-encoding" not in headers) or length == "0":
        return None
    if length is not None and int(length) > LARGEST_BODY:
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LARGE)
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as Content-Type: application/json")
    return None


def _limited(receive: Receive) -> Receive:
    """Return `receive` with an end: raises HTTPException 413 when more comes than was announced, or allowed."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > LARGEST_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LARGE)
        return message

    return counted
