"""The first page: what is broken now, who is on call, what is left of the budgets, and what happened last."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.services import roster
from steward.oncall.services.kept import Kept
from steward.oncall.services.overview import Seen, overview, seen
from steward.oncall.store import changes
from steward.oncall.web.access import Viewer
from steward.oncall.web.console.view import View

_EVENTS = 10
_TOLD = (
    "page.opened",
    "page.acknowledged",
    "page.escalated",
    "page.snoozed",
    "page.resolved",
    "page.unreached",
    "page.untold",
    "incident",
    "silence",
    "override",
    "oncall",
    "watchdog",
)
"""Who logs in and who has an account is for administrators; each message that goes out stands on its page."""


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the first page; Prometheus is asked once for everybody who looks."""
    measured = Kept(lambda: _seen(context))

    @routes.get("/")
    def show_overview(request: Request, caller: Viewer) -> Response:
        """Show what is open, and who is on call."""
        now, catalogue = context.clock(), context.catalogue
        measurements = measured()
        with context.store.read() as connection:
            shown = overview(connection, measurements)
            posts = roster.posts(connection, at=now, catalogue=catalogue) if catalogue.oncall else ()
            events = changes.latest(connection, _TOLD, limit=_EVENTS)
        return view.page(
            request,
            caller,
            "overview.html",
            overview=shown,
            posts=posts,
            events=events,
            refreshing="refresh" in request.query_params,
        )


def _seen(context: Context) -> Seen:
    return seen(context.prometheus, context.catalogue, scale=context.settings.time_scale)
