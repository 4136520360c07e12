"""Maintenance windows: silences that are planned, of whatever their matchers take."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from steward.oncall.context import Context
from steward.oncall.domain.silencing import Wish
from steward.oncall.domain.states import SilenceKind
from steward.oncall.errors import Invalid
from steward.oncall.services import silences
from steward.oncall.store import silences as kept
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.silence_answers import ended, made
from steward.oncall.web.silence_views import EndedView, MadeView, MaintenanceBody, SilencesView, SilenceView

_LARGEST_ID = 2**63 - 1
_MOST = 500


def router(context: Context) -> APIRouter:
    """Return the operations on maintenance windows."""
    routes = APIRouter(tags=["maintenance"])

    @routes.get("/maintenance")
    def get_maintenance(
        _caller: Viewer,
        over: Annotated[bool, Query(alias="ended", description="show also those that have ended")] = False,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    ) -> SilencesView:
        """List the maintenance windows that run or are planned, the newest first."""
        now = context.clock()
        with context.store.read() as connection:
            found = kept.listed(connection, now=now, kind=SilenceKind.MAINTENANCE, ended=over, limit=limit)
        addresses = context.alertmanagers.addresses
        return SilencesView(
            silences=[SilenceView.of(one, addresses=addresses, now=now) for one in found], problems=[]
        )

    @routes.post("/maintenance", status_code=HTTPStatus.CREATED)
    def post_maintenance(caller: Responder, body: MaintenanceBody) -> MadeView:
        """Plan a maintenance window: Alertmanager holds it from now on, and it silences from its start."""
        starts_at = silences.start(body.starts_at, now=context.clock())
        wish = Wish(
            SilenceKind.MAINTENANCE,
            tuple(one.matcher() for one in body.matchers),
            starts_at,
            _end(starts_at, body, _length(context, body)),
            body.reason,
            body.created_by or caller.name,
        )
        return made(context, wish, caller.name)

    @routes.delete("/maintenance/{window_id}")
    def delete_maintenance(caller: Responder, window_id: Annotated[int, Path(ge=1, le=_LARGEST_ID)]) -> EndedView:
        """End a maintenance window before its time, or call it off."""
        with context.store.read() as connection:
            found = silences.unfinished(connection, window_id, now=context.clock(), kind=SilenceKind.MAINTENANCE)
        return ended(context, found, caller.name)

    return routes


def _length(context: Context, body: MaintenanceBody) -> timedelta | None:
    return None if body.duration is None else silences.length(body.duration, catalogue=context.catalogue)


def _end(starts_at: datetime, body: MaintenanceBody, lasts: timedelta | None) -> datetime:
    if lasts is not None and body.ends_at is None:
        return starts_at + lasts
    if lasts is None and body.ends_at is not None:
        return body.ends_at
    raise Invalid("write either ends_at or duration")
