"""One page with what belongs to it, and what is answered to it."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.domain.page import Page
from steward.oncall.services import ladder, paging, timeline
from steward.oncall.store import alerts, outbox, pages
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.answering import answer
from steward.oncall.web.caller import Caller
from steward.oncall.web.console.forms import Id, Short, see, typed_duration
from steward.oncall.web.console.view import View

SNOOZES = ("30m", "1h", "2h", "4h", "8h", "1d")

_ALERTS = 100


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages about pages."""
    _reading(routes, context, view)
    _answering(routes, context)


def _reading(routes: APIRouter, context: Context, view: View) -> None:
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
                ladder=ladder.ladder(connection, page, at=context.clock(), catalogue=context.catalogue),
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
