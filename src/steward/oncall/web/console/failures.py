"""What goes wrong on a page, told as a page."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from steward.oncall.errors import Conflict, Invalid, NotFound, OnCallError
from steward.oncall.store.database import StoreUnavailable
from steward.oncall.web.console.view import View
from steward.oncall.web.problems import for_people
from steward.program.web.problems import not_valid

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_STATUS = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_LOGGED_OUT = "you are not logged in any more; go back, copy what you wrote, and log in"


def telling(view: View) -> type[APIRoute]:
    """Return the kind of route that answers a browser with a page for what is expected to go wrong.

    A browser that only looks and may not is led to the log-in, as everywhere.
    """

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Handler:
            answer = super().get_route_handler()

            async def told(request: Request) -> Response:
                view.begin(request)
                try:
                    return await answer(request)
                except (OnCallError, HTTPException, RequestValidationError, StoreUnavailable) as error:
                    status, detail = _said(error)
                    if not for_people(request.scope) or _leads_to_login(request, status):
                        raise
                    return view.problem(request, status, detail)

            return told

    return PageRoute


def _leads_to_login(request: Request, status: int) -> bool:
    return status == HTTPStatus.UNAUTHORIZED and request.method == "GET"


def _said(error: Exception) -> tuple[int, str]:
    match error:
        case HTTPException(status_code=HTTPStatus.UNAUTHORIZED):
            return error.status_code, _LOGGED_OUT
        case HTTPException():
            return error.status_code, str(error.detail)
        case RequestValidationError():
            return HTTPStatus.UNPROCESSABLE_ENTITY, not_valid(error).detail
        case StoreUnavailable():
            return HTTPStatus.SERVICE_UNAVAILABLE, "the store cannot answer now; try again in a moment"
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), None)
    return status or HTTPStatus.SERVICE_UNAVAILABLE, str(error)
