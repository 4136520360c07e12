"""The way in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.web.console.view import View
from steward.oncall.web.routes.sessions import own_path

Typed = Annotated[str, Query(max_length=1_000)]
Next = Annotated[str, Query(alias="next", max_length=1_000)]


def add(routes: APIRouter, _context: Context, view: View) -> None:
    """Add the form of the log-in."""

    @routes.get("/login")
    def show_login(request: Request, failed: Typed = "", next_: Next = "/") -> Response:
        """Show the form of the log-in."""
        return view.page(request, None, "login.html", failed=bool(failed), next=own_path(next_))
