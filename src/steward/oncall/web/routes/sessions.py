"""Logging in and out; the page with the form is the console's.

The form posts `name`, `password` and `next` (a path of ours) to /login. A wrong password leads back to
`/login?failed=yes`. The form of /logout carries `csrf` as every other does.
"""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from steward.oncall.context import Context
from steward.oncall.services import sessions
from steward.oncall.services.sessions import NewSession
from steward.oncall.services.signing_in import sign_in
from steward.oncall.services.throttle import Throttled
from steward.oncall.web.access import Viewer, cookie_name, is_https
from steward.oncall.web.origin import peer

Typed = Annotated[str, Form(max_length=1000)]
Next = Annotated[str, Form(alias="next", max_length=1000)]


def router(context: Context) -> APIRouter:
    """Return the operations on sessions."""
    routes = APIRouter(include_in_schema=False)
    cookie = cookie_name(context.settings)

    @routes.post("/login")
    def log_in(request: Request, name: Typed = "", password: Typed = "", next_: Next = "/") -> Response:
        """Begin a session, in place of the one that the browser may have."""
        before = request.cookies.get(cookie, "")
        try:
            begun = sign_in(
                context.store, name, password, replaces=before, peer=peer(request), now=context.clock()
            )
        except Throttled as throttled:
            headers = {"Retry-After": str(throttled.retry_after_seconds)}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, str(throttled), headers) from None
        if begun is None:
            return _see(f"/login?failed=yes&next={quote(own_path(next_), safe='/')}")
        response = _see(own_path(next_))
        _set(response, begun)
        return response

    @routes.post("/logout")
    def log_out(request: Request, caller: Viewer) -> Response:
        """End the session."""
        given = request.cookies.get(cookie, "")
        if caller.via == "session":
            with context.store.write() as connection:
                sessions.end(connection, given, actor=caller.name, now=context.clock())
        response = _see("/login")
        response.delete_cookie(cookie, path="/", secure=is_https(context.settings), httponly=True, samesite="lax")
        return response

    def _set(response: Response, begun: NewSession) -> None:
        response.set_cookie(
            cookie,
            begun.cookie,
            max_age=int(sessions.LASTS.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=is_https(context.settings),
        )

    return routes


def own_path(path: str) -> str:
    """Return a path of ours, or `/` for what would lead a browser elsewhere."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and path.isascii()
    return path if ours and "\\" not in path else "/"


def _see(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
