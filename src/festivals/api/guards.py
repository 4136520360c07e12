"""What a request for the API must pass besides: a small body, and the token where there is one."""

import hmac
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from steward.program.web.guards import JSON, Bodies
from steward.program.web.problems import Problem, Problems

LARGEST_BODY = 16 * 1024
"""Bytes; the largest body that the API has use for is a tenth of it."""

API_PREFIX = "/api/"

_BODIES = Bodies(JSON, LARGEST_BODY)


def bodies(_path: str) -> Bodies:
    """Return which bodies a path takes: all of them the same."""
    return _BODIES


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
