"""Incidents: the list, one with everything that belongs to it, and the form to write its report."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.domain.states import IncidentStatus, Role
from steward.oncall.errors import Conflict
from steward.oncall.services import incident_work, timeline
from steward.oncall.services.incident_work import TEXTS, Draft, Edit
from steward.oncall.services.watching import runbooks_of
from steward.oncall.store import incidents as store
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.caller import Caller
from steward.oncall.web.console.forms import (
    Id,
    Line,
    Name,
    Number,
    Severity,
    Short,
    Status,
    Text,
    see,
    typed,
    typed_moment,
)
from steward.oncall.web.console.view import View
from steward.oncall.web.incident_views import IncidentSeverity
from steward.oncall.web.routes.incidents import Before, Format, exported, gathered

_AT_ONCE = 50

HINTS = {
    "summary": "What happened, in a few sentences.",
    "impact": "What users noticed, and how many; one point a line.",
    "root_cause": "What went wrong, technically.",
    "resolution": "What was done to fix it.",
    "lessons": "What can be better, so that it does not come again.",
}


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages about incidents."""
    _reading(routes, context, view)
    _working(routes, context)
    _writing(routes, context, view)


def _reading(routes: APIRouter, context: Context, view: View) -> None:
    charted = set(runbooks_of(context.catalogue))

    @routes.get("/incidents")
    def show_incidents(request: Request, caller: Viewer, before: Before = None) -> Response:
        """List incidents, the newest first."""
        with context.store.read() as connection:
            rows = store.listed(connection, status=None, only_open=False, before=before, limit=_AT_ONCE + 1)
        shown = rows[:_AT_ONCE]
        return view.page(
            request,
            caller,
            "incidents.html",
            incidents=shown,
            next=shown[-1].id if len(rows) > _AT_ONCE else None,
            first=before is None,
            teams=context.catalogue.teams,
            severities=list(IncidentSeverity),
        )

    @routes.get("/incidents/{incident_id}")
    def show_incident(request: Request, caller: Viewer, incident_id: Id) -> Response:
        """Show an incident with everything that belongs to it."""
        with context.store.read() as connection:
            report = gathered(context, connection, incident_id)
            pages = store.related_pages(connection, incident_id)
            loose = store.loose_alerts(connection, limit=_AT_ONCE)
        return view.page(
            request,
            caller,
            "incident.html",
            report=report,
            incident=report.incident,
            pages=pages,
            loose=loose,
            statuses=list(IncidentStatus),
            texts=[(name, getattr(report.incident, name)) for name in TEXTS],
            charted=charted,
        )

    @routes.get("/incidents/{incident_id}/export")
    def download_report(_caller: Viewer, incident_id: Id, format: Format = Format.MARKDOWN) -> Response:  # noqa: A002
        """Give the report as a file."""
        with context.store.read() as connection:
            report = gathered(context, connection, incident_id)
        return exported(report, format)


def _working(routes: APIRouter, context: Context) -> None:
    @routes.post("/incidents")
    def open_here(
        caller: Responder,
        title: Line,
        severity: Severity = IncidentSeverity.CRITICAL,
        team: Name = "",
        service: Name = "",
    ) -> Response:
        """Open an incident by hand."""
        draft = Draft(title.strip(), severity, team, service.strip())
        with context.store.write() as connection:
            opened = incident_work.open_by_hand(
                connection, draft, actor=caller.name, now=context.clock(), catalogue=context.catalogue
            )
        return see(f"/incidents/{opened.id}")

    @routes.post("/incidents/{incident_id}/status")
    def set_status_here(caller: Responder, incident_id: Id, status: Status, version: Number) -> Response:
        """Say where it stands."""
        _edit(context, incident_id, Edit(status=status), version, caller)
        return see(f"/incidents/{incident_id}")

    @routes.post("/incidents/{incident_id}/notes")
    def note_here(caller: Responder, incident_id: Id, text: Text = "", at: Short = "") -> Response:
        """Add to the timeline."""
        with context.store.write() as connection:
            timeline.add_note(
                connection, incident_id, typed(text), actor=caller.name, now=context.clock(), at=typed_moment(at)
            )
        return see(f"/incidents/{incident_id}#timeline")

    @routes.post("/incidents/{incident_id}/action-items")
    def add_item_here(caller: Responder, incident_id: Id, text: Line, owner: Name = "") -> Response:
        """Add something to be done."""
        with context.store.write() as connection:
            incident_work.add_item(
                connection, incident_id, text.strip(), owner.strip(), actor=caller.name, now=context.clock()
            )
        return see(f"/incidents/{incident_id}#action-items")

    @routes.post("/incidents/{incident_id}/action-items/{item_id}")
    def mark_item_here(caller: Responder, incident_id: Id, item_id: Id, done: Short = "yes") -> Response:
        """Say whether it is done."""
        with context.store.write() as connection:
            incident_work.mark_item(
                connection, incident_id, item_id, done=done == "yes", actor=caller.name, now=context.clock()
            )
        return see(f"/incidents/{incident_id}#action-items")

    @routes.post("/incidents/{incident_id}/alerts")
    def attach_here(caller: Responder, incident_id: Id, alert: Number) -> Response:
        """Count an alert to it."""
        with context.store.write() as connection:
            incident_work.attach(connection, incident_id, alert, actor=caller.name, now=context.clock())
        return see(f"/incidents/{incident_id}#alerts")

    @routes.post("/incidents/{incident_id}/alerts/{alert_id}/detach")
    def detach_here(caller: Responder, incident_id: Id, alert_id: Id) -> Response:
        """Take an alert out."""
        with context.store.write() as connection:
            incident_work.detach(connection, incident_id, alert_id, actor=caller.name, now=context.clock())
        return see(f"/incidents/{incident_id}#alerts")


def _writing(routes: APIRouter, context: Context, view: View) -> None:
    def form(
        request: Request, caller: Caller, incident_id: int, written: Mapping[str, str] | None, problem: str
    ) -> Response:
        with context.store.read() as connection:
            incident = incident_work.named(connection, incident_id)
        kept = {name: getattr(incident, name) for name in ("title", "severity", *TEXTS)}
        return view.page(
            request,
            caller,
            "incident_edit.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            incident=incident,
            values=written or kept,
            kept=kept,
            problem=problem,
            hints=HINTS,
            severities=list(IncidentSeverity),
        )

    @routes.get("/incidents/{incident_id}/edit")
    def show_form(request: Request, caller: Viewer, incident_id: Id) -> Response:
        """Show the form for the report, to whoever may write it."""
        if not caller.role.covers(Role.RESPONDER):
            return see(f"/incidents/{incident_id}")
        return form(request, caller, incident_id, None, "")

    @routes.post("/incidents/{incident_id}/edit")
    def edit_here(
        request: Request,
        caller: Responder,
        incident_id: Id,
        title: Line,
        version: Number,
        severity: Severity = IncidentSeverity.CRITICAL,
        summary: Text = "",
        impact: Text = "",
        root_cause: Text = "",
        resolution: Text = "",
        lessons: Text = "",
    ) -> Response:
        """Keep the report; where somebody was quicker, show both."""
        texts = dict(zip(TEXTS, map(typed, (summary, impact, root_cause, resolution, lessons)), strict=True))
        written = {"title": title.strip(), "severity": severity.value, **texts}
        try:
            _edit(context, incident_id, _edited(written), version, caller)
        except Conflict as conflict:
            return form(request, caller, incident_id, written, str(conflict))
        return see(f"/incidents/{incident_id}")


def _edited(written: Mapping[str, str]) -> Edit:
    return Edit(
        title=written["title"],
        severity=written["severity"],
        summary=written["summary"],
        impact=written["impact"],
        root_cause=written["root_cause"],
        resolution=written["resolution"],
        lessons=written["lessons"],
    )


def _edit(context: Context, incident_id: int, edit: Edit, version: int, caller: Caller) -> None:
    with context.store.write() as connection:
        incident_work.edit(connection, incident_id, edit, version=version, actor=caller.name, now=context.clock())
