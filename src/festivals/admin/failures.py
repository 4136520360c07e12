"""What becomes of exceptions: each is counted once and answered with a page."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from festivals.admin import problems
from festivals.admin.form_data import Refused
from festivals.admin.problems import Problem
from festivals.admin.view import View
from festivals.domain.errors import Conflict, NotFound
from festivals.store.database import DatabaseUnavailable
from festivals.telemetry.errors import ErrorMetrics, ErrorType

Handler = Callable[[Request, Any], Awaitable[Response]]

_RETRY_SECONDS = "2"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Failures:
    """Answers with problem pages."""

    def __init__(self, view: View, errors: ErrorMetrics) -> None:
        self._view = view
        self._errors = errors

    def handlers(self) -> Mapping[type[Exception], Handler]:
        """Return who answers for which exception."""
        return {
            HTTPException: self._http,
            NotFound: self._not_found,
            Conflict: self._conflict,
            Refused: self._refused,
            DatabaseUnavailable: self._unavailable,
            Exception: self._internal,
        }

    async def wrong_host(self, request: Request) -> Response:
        """Answer a request for a name that is not this machine's."""
        return self._answer(request, problems.WRONG_HOST, ErrorType.UNAUTHORIZED)

    async def no_password(self, request: Request) -> Response:
        """Answer a request without the password."""
        return self._answer(request, problems.NO_PASSWORD, ErrorType.UNAUTHORIZED)

    def mistaken(self, request: Request) -> None:
        """Count a form with mistakes, which is shown again."""
        self._errors.count(ErrorType.VALIDATION, operation(request))

    async def _http(self, request: Request, error: HTTPException) -> Response:
        problem = problems.METHOD_NOT_ALLOWED if error.status_code == 405 else problems.NOT_FOUND
        kind = ErrorType.VALIDATION if error.status_code == 405 else ErrorType.NOT_FOUND
        return self._answer(request, problem, kind, error.headers)

    async def _not_found(self, request: Request, _error: NotFound) -> Response:
        return self._answer(request, problems.NOT_FOUND, ErrorType.NOT_FOUND)

    async def _conflict(self, request: Request, error: Conflict) -> Response:
        problem = problems.conflict(str(error), request.path_params["festival_id"])
        return self._answer(request, problem, ErrorType.CONFLICT)

    async def _refused(self, request: Request, error: Refused) -> Response:
        forbidden = error.problem.status == 403
        return self._answer(request, error.problem, ErrorType.UNAUTHORIZED if forbidden else ErrorType.VALIDATION)

    async def _unavailable(self, request: Request, error: DatabaseUnavailable) -> Response:
        _log.warning("database_unavailable", path=request.scope["path"], reason=str(error.__cause__ or error))
        kind = ErrorType.TIMEOUT if error.timeout else ErrorType.DATABASE
        return self._answer(request, problems.UNAVAILABLE, kind, {"Retry-After": _RETRY_SECONDS})

    async def _internal(self, request: Request, _error: Exception) -> Response:
        # Starlette raises it again behind this page, and the server logs it with its traceback.
        return self._answer(request, problems.INTERNAL, ErrorType.INTERNAL)

    def _answer(
        self,
        request: Request,
        problem: Problem,
        kind: ErrorType,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        self._errors.count(kind, operation(request))
        return self._view.problem(request, problem, headers)


def operation(request: Request) -> str:
    """Return what the request was for: the name of the function that answers it, e.g. `close_festival`."""
    return getattr(request.scope.get("endpoint"), "__name__", "none")
