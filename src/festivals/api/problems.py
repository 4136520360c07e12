"""Errors as problem details (RFC 9457), each counted where it becomes a response."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from festivals.domain.errors import Conflict, Invalid, NotFound
from festivals.domain.transaction import Failure, TransactionRefused
from festivals.store.database import DatabaseUnavailable
from festivals.telemetry.errors import ErrorMetrics, ErrorType
from steward.program.web.methods import Methods
from steward.program.web.problems import Problem, not_valid, operation, unreadable

REPLAYED = "Idempotency-Replayed"

_RETRY_SECONDS = "1"
_TYPES = {
    HTTPStatus.BAD_REQUEST: ErrorType.VALIDATION,
    HTTPStatus.UNAUTHORIZED: ErrorType.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED: ErrorType.INSUFFICIENT_BALANCE,
    HTTPStatus.NOT_FOUND: ErrorType.NOT_FOUND,
    HTTPStatus.CONFLICT: ErrorType.CONFLICT,
}

_LOG = structlog.stdlib.get_logger(__name__)


class Problems:
    """Turns exceptions into problems."""

    def __init__(self, errors: ErrorMetrics) -> None:
        self._errors = errors
        self._methods = Methods()

    def register(self, app: FastAPI) -> None:
        """Answer in `app` for every exception that is expected; call it once its operations are there."""
        self._methods = Methods.of(app)
        handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
            HTTPException: self._http,
            RequestValidationError: self._validation,
            NotFound: self._not_found,
            Conflict: self._conflict,
            Invalid: self._invalid,
            TransactionRefused: self._refused,
            DatabaseUnavailable: self._unavailable,
        }
        for kind, handler in handlers.items():
            app.add_exception_handler(kind, handler)

    def unexpected(self, scope: Scope, error: Exception) -> Problem:
        """Log what nobody expected, and tell the client nothing of it."""
        self._errors.count(ErrorType.INTERNAL, operation(scope))
        _LOG.error("unexpected error", operation=operation(scope), exc_info=error)
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; it was logged")

    def refuse(self, scope: Scope, problem: Problem) -> Problem:
        """Count `problem` and return it."""
        status = HTTPStatus(problem.status_code)
        self._errors.count(_TYPES.get(status, ErrorType.VALIDATION), operation(scope))
        return problem

    async def _http(self, request: Request, error: HTTPException) -> Problem:
        scope, headers = request.scope, error.headers
        match error.status_code:
            case HTTPStatus.BAD_REQUEST:
                # FastAPI's for a body that breaks its JSON parser in another way than by its syntax.
                return self.refuse(scope, unreadable())
            case HTTPStatus.NOT_FOUND:
                detail = "nothing is at this path"
            case HTTPStatus.METHOD_NOT_ALLOWED:
                headers = {"Allow": ", ".join(self._methods.at(scope["path"]))}
                detail = f"this path takes {headers['Allow']}"
            case _:
                detail = str(error.detail)
        return self.refuse(scope, Problem(error.status_code, detail, headers=headers))

    async def _validation(self, request: Request, error: RequestValidationError) -> Problem:
        return self.refuse(request.scope, not_valid(error))

    async def _not_found(self, request: Request, error: NotFound) -> Problem:
        return self.refuse(request.scope, Problem(HTTPStatus.NOT_FOUND, str(error)))

    async def _conflict(self, request: Request, error: Conflict) -> Problem:
        return self.refuse(request.scope, Problem(HTTPStatus.CONFLICT, str(error)))

    async def _invalid(self, request: Request, error: Invalid) -> Problem:
        return self.refuse(request.scope, Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)))

    async def _refused(self, request: Request, error: TransactionRefused) -> Problem:
        short = error.failure is Failure.INSUFFICIENT_BALANCE
        problem = Problem(
            HTTPStatus.PAYMENT_REQUIRED if short else HTTPStatus.CONFLICT,
            str(error),
            type_=f"urn:festivals:{error.failure.replace('_', '-')}",
            extra={"transaction_id": str(error.transaction.id)},
            headers={REPLAYED: "true"} if error.replayed else None,
        )
        return self.refuse(request.scope, problem)

    async def _unavailable(self, request: Request, error: DatabaseUnavailable) -> Problem:
        self._errors.count(ErrorType.TIMEOUT if error.timeout else ErrorType.DATABASE, operation(request.scope))
        _LOG.warning(str(error), operation=operation(request.scope), cause=_first_line(error.__cause__))
        return Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"{error}; try again in a moment",
            headers={"Retry-After": _RETRY_SECONDS},
        )


def _first_line(error: BaseException | None) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0] or type(cause).__name__
