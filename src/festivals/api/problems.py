"""Errors as problem details (RFC 9457), each counted where it becomes a response."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from festivals.api.methods import Methods
from festivals.domain.errors import Conflict, Invalid, NotFound
from festivals.domain.transaction import Failure, TransactionRefused
from festivals.store.database import DatabaseUnavailable
from festivals.telemetry.errors import ErrorMetrics, ErrorType

MEDIA_TYPE = "application/problem+json"
REPLAYED = "Idempotency-Replayed"

_RETRY_SECONDS = "1"
_LONGEST_MESSAGE = 200
_TYPES = {
    HTTPStatus.BAD_REQUEST: ErrorType.VALIDATION,
    HTTPStatus.UNAUTHORIZED: ErrorType.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED: ErrorType.INSUFFICIENT_BALANCE,
    HTTPStatus.NOT_FOUND: ErrorType.NOT_FOUND,
    HTTPStatus.CONFLICT: ErrorType.CONFLICT,
}

_LOG = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with a request."""

    location: str
    """Where it stands, e.g. `body.amount_cents`."""
    message: str


class Problem(Response):
    """A problem-details response."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        type_: str = "about:blank",
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        content: dict[str, object] = {
            "type": type_,
            "title": HTTPStatus(status).phrase,
            "status": int(status),
            "detail": detail,
        }
        if errors:
            content["errors"] = [{"location": error.location, "message": error.message} for error in errors]
        # Only ASCII, so that whatever a client sent and is quoted here can be encoded.
        body = json.dumps(content | dict(extra or {})).encode("ascii")
        super().__init__(body, status_code=status, headers=headers)


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
                return self.refuse(scope, _unreadable())
            case HTTPStatus.NOT_FOUND:
                detail = "nothing is at this path"
            case HTTPStatus.METHOD_NOT_ALLOWED:
                headers = {"Allow": ", ".join(self._methods.at(scope["path"]))}
                detail = f"this path takes {headers['Allow']}"
            case _:
                detail = str(error.detail)
        return self.refuse(scope, Problem(error.status_code, detail, headers=headers))

    async def _validation(self, request: Request, error: RequestValidationError) -> Problem:
        found_errors = error.errors()
        if any(found["type"] == "json_invalid" for found in found_errors):
            return self.refuse(request.scope, _unreadable())
        errors = [_field_error(found) for found in found_errors]
        detail = f"{errors[0].location}: {errors[0].message}" if errors else "the request is not valid"
        return self.refuse(request.scope, Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors))

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


def operation(scope: Scope) -> str:
    """Return the use case that a request asks for, by the name of its endpoint."""
    return getattr(scope.get("endpoint"), "__name__", "unmatched")


def _unreadable() -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the body cannot be read as JSON")


def _field_error(found: Mapping[str, Any]) -> FieldError:
    location = ".".join(str(part) for part in found["loc"])
    return FieldError(location[:_LONGEST_MESSAGE], str(found["msg"])[:_LONGEST_MESSAGE])


def _first_line(error: BaseException | None) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0] or type(cause).__name__
