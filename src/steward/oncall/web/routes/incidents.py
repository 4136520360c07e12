"""Incidents: what people work on together, and the report of it."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.domain.states import IncidentStatus
from steward.oncall.services import export, incident_work, timeline
from steward.oncall.services.export import Report
from steward.oncall.services.incident_work import Draft, Edit
from steward.oncall.store import incidents as store
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.incident_views import (
    LARGEST_ID,
    IncidentChange,
    Incidents,
    IncidentView,
    ItemChange,
    ItemView,
    NewEntry,
    NewIncident,
    NewItem,
    WholeIncident,
)
from steward.oncall.web.openapi import CONFLICT

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Limit = Annotated[int, Query(ge=1, le=500)]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="where the last answer ended")]


class Format(StrEnum):
    """What a report can be written in."""

    MARKDOWN = "markdown"
    HTML = "html"


_MEDIA = {Format.MARKDOWN: ("text/markdown", "md"), Format.HTML: ("text/html", "html")}


def router(context: Context) -> APIRouter:
    """Return the operations on incidents."""
    routes = APIRouter(tags=["incidents"])
    for add in (_reading, _changing, _alerts, _items):
        add(routes, context)
    return routes


def gathered(context: Context, connection: Connection, incident_id: int) -> Report:
    """Return everything of an incident; raises NotFound."""
    return export.report(
        connection,
        incident_id,
        catalogue=context.catalogue,
        prometheus=context.settings.prometheus,
        scale=context.settings.time_scale,
        now=context.clock(),
    )


def exported(report: Report, form: Format) -> Response:
    """Return the report of an incident as a file."""
    media, ending = _MEDIA[form]
    content = export.html(report) if form is Format.HTML else export.markdown(report)
    name = f"incident-{report.incident.id}.{ending}"
    return Response(content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _whole(context: Context, connection: Connection, incident_id: int) -> WholeIncident:
    report = gathered(context, connection, incident_id)
    return WholeIncident.of(report, store.related_pages(connection, incident_id))


def _reading(routes: APIRouter, context: Context) -> None:
    @routes.get("/incidents")
    def get_incidents(
        _caller: Viewer,
        status: IncidentStatus | None = None,
        open: Annotated[bool, Query(description="leave out the resolved ones")] = False,  # noqa: A002
        before: Before = None,
        limit: Limit = 100,
    ) -> Incidents:
        """List incidents, the newest first."""
        with context.store.read() as connection:
            rows = store.listed(connection, status=status, only_open=open, before=before, limit=limit + 1)
        views = [IncidentView.model_validate(row) for row in rows[:limit]]
        return Incidents(incidents=views, next=views[-1].id if len(rows) > limit else None)

    @routes.get("/incidents/{incident_id}")
    def get_incident(_caller: Viewer, incident_id: Id) -> WholeIncident:
        """Show an incident with its timeline, alerts, pages, action items and the queries behind its alerts."""
        with context.store.read() as connection:
            return _whole(context, connection, incident_id)

    @routes.get(
        "/incidents/{incident_id}/export",
        response_class=Response,
        responses={200: {"content": {media: {"schema": {"type": "string"}} for media, _ in _MEDIA.values()}}},
    )
    def export_incident(
        _caller: Viewer,
        incident_id: Id,
        format: Format = Format.MARKDOWN,  # noqa: A002
    ) -> Response:
        """Write the report of an incident, in the shape of the incident template."""
        with context.store.read() as connection:
            report = gathered(context, connection, incident_id)
        return exported(report, format)


def _changing(routes: APIRouter, context: Context) -> None:
    @routes.post("/incidents", status_code=HTTPStatus.CREATED, responses=CONFLICT)
    def open_incident(body: NewIncident, caller: Responder) -> IncidentView:
        """Open an incident by hand."""
        draft = Draft(**body.model_dump())
        with context.store.write() as connection:
            opened = incident_work.open_by_hand(
                connection, draft, actor=caller.name, now=context.clock(), catalogue=context.catalogue
            )
        return IncidentView.model_validate(opened)

    @routes.patch("/incidents/{incident_id}")
    def change_incident(incident_id: Id, body: IncidentChange, caller: Responder) -> IncidentView:
        """Change an incident; 409 where it has changed since the version that the change is made to."""
        edit = Edit(**body.model_dump(exclude={"version"}))
        with context.store.write() as connection:
            changed = incident_work.edit(
                connection, incident_id, edit, version=body.version, actor=caller.name, now=context.clock()
            )
        return IncidentView.model_validate(changed)

    @routes.post("/incidents/{incident_id}/timeline", status_code=HTTPStatus.CREATED)
    def add_to_timeline(incident_id: Id, body: NewEntry, caller: Responder) -> WholeIncident:
        """Add to the timeline what a person knows; it can neither be changed nor taken away."""
        with context.store.write() as connection:
            now = context.clock()
            timeline.add_note(connection, incident_id, body.text, actor=caller.name, now=now, at=body.at)
            return _whole(context, connection, incident_id)


def _alerts(routes: APIRouter, context: Context) -> None:
    @routes.put("/incidents/{incident_id}/alerts/{alert_id}")
    def attach_alert(incident_id: Id, alert_id: Id, caller: Responder) -> WholeIncident:
        """Count an alert to an incident."""
        with context.store.write() as connection:
            incident_work.attach(connection, incident_id, alert_id, actor=caller.name, now=context.clock())
            return _whole(context, connection, incident_id)

    @routes.delete("/incidents/{incident_id}/alerts/{alert_id}")
    def detach_alert(incident_id: Id, alert_id: Id, caller: Responder) -> WholeIncident:
        """Take an alert out of an incident; it does not come back by itself."""
        with context.store.write() as connection:
            incident_work.detach(connection, incident_id, alert_id, actor=caller.name, now=context.clock())
            return _whole(context, connection, incident_id)


def _items(routes: APIRouter, context: Context) -> None:
    @routes.post("/incidents/{incident_id}/action-items", status_code=HTTPStatus.CREATED)
    def add_action_item(incident_id: Id, body: NewItem, caller: Responder) -> ItemView:
        """Add something to be done afterwards."""
        with context.store.write() as connection:
            added = incident_work.add_item(
                connection, incident_id, body.text, body.owner, actor=caller.name, now=context.clock()
            )
        return ItemView.of(added)

    @routes.patch("/incidents/{incident_id}/action-items/{item_id}")
    def change_action_item(incident_id: Id, item_id: Id, body: ItemChange, caller: Responder) -> ItemView:
        """Say that something is done, or that it is not."""
        with context.store.write() as connection:
            changed = incident_work.mark_item(
                connection, incident_id, item_id, done=body.done, actor=caller.name, now=context.clock()
            )
        return ItemView.of(changed)
