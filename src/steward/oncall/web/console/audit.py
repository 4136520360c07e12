"""Who did what, for administrators."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.store import audit
from steward.oncall.store.audit import EventRow
from steward.oncall.web.access import Admin
from steward.oncall.web.console.view import View
from steward.oncall.web.routes.audit import Actor, Before, Kind

_AT_ONCE = 100
SUBJECTS = (
    "page",
    "alert",
    "incident",
    "silence",
    "override",
    "delivery",
    "session",
    "account",
    "token",
    "oncall",
    "watchdog",
)


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the page of the audit."""

    @routes.get("/audit")
    def show_audit(
        request: Request, caller: Admin, before: Before = None, actor: Actor = "", kind: Kind = ""
    ) -> Response:
        """Show what happened, the newest first."""
        with context.store.read() as connection:
            found = audit.newest(connection, before=before, limit=_AT_ONCE + 1, actor=actor.strip(), kind=kind)
        shown = found[:_AT_ONCE]
        older = {"actor": actor, "kind": kind, "before": shown[-1].id} if len(found) > _AT_ONCE else None
        return view.page(
            request,
            caller,
            "audit.html",
            events=[(event, about(event)) for event in shown],
            actor=actor,
            kind=kind,
            subjects=SUBJECTS,
            older=f"/audit?{urlencode(older)}" if older else "",
            first=before is None,
        )


def about(event: EventRow) -> tuple[tuple[str, str], ...]:
    """Return (address, title) of what an event belongs to, where there is a page of it."""
    places = (("/pages", "page", event.page_id), ("/incidents", "incident", event.incident_id))
    return tuple((f"{path}/{number}", f"{title} {number}") for path, title, number in places if number)
