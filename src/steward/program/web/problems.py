"""Errors as problem details (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from fastapi.exceptions import RequestValidationError
from starlette.responses import Response
from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"

_LONGEST_MESSAGE = 200


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
        self.detail = detail
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


class Problems(Protocol):
    """How a program answers for what goes wrong before a route, or outside of one."""

    def refuse(self, scope: Scope, problem: Problem) -> Response:
        """Note that a request is refused, and return the answer."""

    def unexpected(self, scope: Scope, error: Exception) -> Response:
        """Log an exception that nobody expected, and return an answer that tells nothing of it."""


def unreadable() -> Problem:
    """Return the problem of a body that is no JSON."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the body cannot be read as JSON")


def not_valid(error: RequestValidationError) -> Problem:
    """Return the problem of a request that is not as the operation describes it; quotes no value of it."""
    found_errors = error.errors()
    if any(found["type"] == "json_invalid" for found in found_errors):
        return unreadable()
    errors = [_field_error(found) for found in found_errors]
    detail = f"{errors[0].location}: {errors[0].message}" if errors else "the request is not valid"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def operation(scope: Scope) -> str:
    """Return the use case that a request asks for, by the name of its endpoint."""
    return getattr(scope.get("endpoint"), "__name__", "unmatched")


def _field_error(found: Mapping[str, Any]) -> FieldError:
    location = ".".join(str(part) for part in found["loc"])
    return FieldError(location[:_LONGEST_MESSAGE], str(found["msg"])[:_LONGEST_MESSAGE])
