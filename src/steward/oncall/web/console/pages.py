"""The pages that are open, and one page with what belongs to it."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from steward.model import Severity
from steward.oncall.context import Context
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import PageState
from steward.oncall.services import paging, roster, timeline
from steward.oncall.store import alerts, incidents, outbox, pages
from steward.oncall.store.pages import Wanted
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.answering import answer
from steward.oncall.web.caller import Caller
from steward.oncall.web.console.forms import Id, Short, see, typed_duration
from steward.oncall.web.console.view import View

SNOOZES = ("30m", "1h", "2h", "4h", "8h", "1d")

_MOST = 200
_ALERTS = 100
_BY_URGENCY = {severity.value: place for place, severity in enumerate(Severity)}


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages about pages."""
    _reading(routes, context, view)
    _answering(routes, context)


def _reading(routes: APIRouter, context: Context, view: View) -> None:
    @routes.get("/")
    def show_overview(request: Request, caller: Viewer) -> Response:
        """Show what is open, and who is on call."""
        now, catalogue = context.clock(), context.catalogue
        with context.store.read() as connection:
            found = pages.find(connection, Wanted((PageState.OPEN, PageState.ACKNOWLEDGED)), limit=_MOST)
            open_incidents = incidents.listed(connection, status=None, only_open=True, before=None, limit=20)
            posts = roster.posts(connection, at=now, catalogue=catalogue) if catalogue.oncall else ()
        refreshing = "refresh" in request.query_params
        return view.page(
            request,
            caller,
            "overview.html",
            pages=sorted(found, key=_urgency),
            more=len(found) == _MOST,
            incidents=open_incidents,
            posts=posts,
            refreshing=refreshing,
        )

    @routes.get("/pages/{page_id}")
    def show_page(request: Request, caller: Viewer, page_id: Id) -> Response:
        """Show a page with its alerts, what was told to whom, and what happened."""
        with context.store.read() as connection:
            page = pages.get(connection, page_id)
            return view.page(
                request,
                caller,
                "page.html",
                page=page,
                alerts=alerts.of_page(connection, page_id, limit=_ALERTS),
                deliveries=outbox.of_page(connection, page_id),
                entries=timeline.of_page(connection, page_id),
                snoozes=SNOOZES,
            )


def _answering(routes: APIRouter, context: Context) -> None:
    def answered(act: Callable[..., Page], page_id: int, caller: Caller, **more: object) -> Response:
        answer(context, act, page_id, caller, **more)
        return see(f"/pages/{page_id}")

    @routes.post("/pages/{page_id}/acknowledge")
    def acknowledge_here(caller: Responder, page_id: Id) -> Response:
        """Say that you look at it."""
        return answered(paging.acknowledge, page_id, caller)

    @routes.post("/pages/{page_id}/resolve")
    def resolve_here(caller: Responder, page_id: Id) -> Response:
        """End it."""
        return answered(paging.resolve, page_id, caller)

    @routes.post("/pages/{page_id}/escalate")
    def escalate_here(caller: Responder, page_id: Id) -> Response:
        """Tell the next level now."""
        return answered(paging.escalate, page_id, caller)

    @routes.post("/pages/{page_id}/snooze")
    def snooze_here(caller: Responder, page_id: Id, duration: Short = "") -> Response:
        """Keep it quiet for a while."""
        return answered(paging.snooze, page_id, caller, until=context.clock() + typed_duration(duration))


def _urgency(page: Page) -> tuple[bool, int, int]:
    """Return by what pages are ordered: what nobody has answered first, then the most urgent, then the newest."""
    return page.state is not PageState.OPEN, _BY_URGENCY.get(page.severity, len(_BY_URGENCY)), -page.id
