"""Who is on call, the runbooks, and the way in."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.services import roster, runbooks
from steward.oncall.web.access import Viewer
from steward.oncall.web.console.view import View
from steward.oncall.web.routes.sessions import own_path

_AHEAD = timedelta(days=14)

Typed = Annotated[str, Query(max_length=1_000)]
Next = Annotated[str, Query(alias="next", max_length=1_000)]


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages that are only read, and the form of the log-in."""
    folder = context.settings.runbooks

    @routes.get("/on-call")
    def show_roster(request: Request, caller: Viewer) -> Response:
        """Show who is on call now and in the next two weeks."""
        now, catalogue = context.clock(), context.catalogue
        with context.store.read() as connection:
            posts = roster.posts(connection, at=now, catalogue=catalogue)
            plans = [
                (one, roster.shifts(connection, one.name, begin=now, end=now + _AHEAD, catalogue=catalogue))
                for one in (catalogue.oncall.schedules if catalogue.oncall else ())
            ]
        head = catalogue.oncall.head if catalogue.oncall else None
        return view.page(request, caller, "on_call.html", posts=posts, plans=plans, head=head)

    @routes.get("/runbooks")
    def show_runbooks(request: Request, caller: Viewer) -> Response:
        """List the runbooks."""
        return view.page(request, caller, "runbooks.html", runbooks=runbooks.listed(folder))

    @routes.get("/runbooks/{slug}")
    def show_runbook(request: Request, caller: Viewer, slug: str) -> Response:
        """Show a runbook."""
        return view.page(request, caller, "runbook.html", runbook=runbooks.find(folder, slug))

    @routes.get("/login")
    def show_login(request: Request, failed: Typed = "", next_: Next = "/") -> Response:
        """Show the form of the log-in."""
        return view.page(request, None, "login.html", failed=bool(failed), next=own_path(next_))
