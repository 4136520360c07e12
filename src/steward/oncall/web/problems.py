"""What goes wrong, as an answer: problem details for programs, a page for people."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from steward.oncall.errors import Conflict, Invalid, NotFound, OnCallError, Unavailable
from steward.oncall.store.database import StoreUnavailable
from steward.program.web.methods import Methods
from steward.program.web.problems import FieldError, Problem, not_valid, operation, unreadable

__all__ = ["FieldError", "OnCallProblems", "Problem", "for_people"]

Page = Callable[[Request, int, str], Response]

_RETRY = {"Retry-After": "1"}
_STATUS: dict[type[OnCallError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_TOLD = ("Allow", "Retry-After", "WWW-Authenticate")
_PROGRAMS = ("/api/", "/webhooks/", "/metrics", "/healthz", "/readyz")

_LOG = structlog.stdlib.get_logger(__name__)


def for_people(scope: Scope) -> bool:
    """Tell whether a request comes from a browser that asks for a page."""
    return not scope["path"].startswith(_PROGRAMS) and "text/html" in Headers(scope=scope).get("accept", "")


class OnCallProblems:
    """Turns exceptions into answers."""

    def __init__(self, page: Page) -> None:
        """`page` shows people a status and what is said of it."""
        self._page = page
        self._methods = Methods()

    def register(self, app: FastAPI) -> None:
        """Answer in `app` for every exception that is expected; call it once its operations are there."""
        self._methods = Methods.of(app)
        handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
            HTTPException: self._http,
            RequestValidationError: self._validation,
            OnCallError: self._oncall,
            StoreUnavailable: self._store,
            DataError: self._unstorable,
        }
        for kind, handler in handlers.items():
            app.add_exception_handler(kind, handler)

    def unexpected(self, scope: Scope, error: Exception) -> Response:
        """Log what nobody expected, and tell the client nothing of it."""
        _LOG.error("unexpected error", operation=operation(scope), exc_info=error)
        problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; it was logged")
        try:
            return self.refuse(scope, problem)
        except Exception:  # noqa: BLE001 - what is broken may be the page that would tell it
            return problem

    def refuse(self, scope: Scope, problem: Problem) -> Response:
        """Return the answer: people get a page, and where they may not see one they are led to the log-in."""
        if not for_people(scope):
            return problem
        if problem.status_code == HTTPStatus.UNAUTHORIZED and scope["method"] == "GET":
            back = quote(scope["path"], safe="/")
            return RedirectResponse(f"/login?next={back}", HTTPStatus.SEE_OTHER)
        page = self._page(Request(scope), problem.status_code, problem.detail)
        page.headers.update({name: problem.headers[name] for name in _TOLD if name in problem.headers})
        return page

    async def _http(self, request: Request, error: HTTPException) -> Response:
        scope, headers, detail = request.scope, error.headers, str(error.detail)
        if error.status_code == HTTPStatus.BAD_REQUEST:
            # FastAPI's for a body that breaks its JSON parser in another way than by its syntax.
            return self.refuse(scope, unreadable())
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"Allow": ", ".join(self._methods.at(scope["path"]))}
            detail = f"this path takes {headers['Allow']}"
        if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
            detail = "nothing is at this path"
        return self.refuse(scope, Problem(error.status_code, detail, headers=headers))

    async def _validation(self, request: Request, error: RequestValidationError) -> Response:
        return self.refuse(request.scope, not_valid(error))

    async def _oncall(self, request: Request, error: OnCallError) -> Response:
        status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), HTTPStatus.CONFLICT)
        headers = _RETRY if status == HTTPStatus.SERVICE_UNAVAILABLE else None
        return self.refuse(request.scope, Problem(status, str(error), headers=headers))

    async def _store(self, request: Request, error: StoreUnavailable) -> Response:
        _LOG.warning("store unavailable", operation=operation(request.scope), error=str(error))
        detail = "the store cannot answer now; try again in a moment"
        return self.refuse(request.scope, Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=_RETRY))

    async def _unstorable(self, request: Request, error: DataError) -> Response:
        """Answer for what PostgreSQL cannot keep, as a NUL in a text, and no route had refused."""
        _LOG.warning(
            "data refused by the store", operation=operation(request.scope), error=type(error.orig).__name__
        )
        detail = "a text holds a character, or a number is of a size, that cannot be kept"
        return self.refuse(request.scope, Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail))
