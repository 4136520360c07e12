"""Silences: of one alert from now on, and all that there are."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from steward.oncall.context import Context
from steward.oncall.domain.silencing import Wish
from steward.oncall.domain.states import SilenceKind
from steward.oncall.services import silence_requests, silences
from steward.oncall.store import silences as kept
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.routes import maintenance
from steward.oncall.web.silence_answers import ended, made, not_yet
from steward.oncall.web.silence_views import EndedView, MadeView, SilenceBody, SilencesView, SilenceView

_LARGEST_ID = 2**63 - 1
_MOST = 500

AlertName = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
SilenceId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]


def router(context: Context) -> APIRouter:
    """Return the operations on silences and maintenance windows."""
    routes = APIRouter(tags=["silences"])
    addresses = context.alertmanagers.addresses

    @routes.post("/alerts/{name}/silence", status_code=HTTPStatus.CREATED)
    def post_silence(caller: Responder, name: AlertName, body: SilenceBody) -> MadeView:
        """Silence an alert in Alertmanager; the answer says which alerts that fire it covers.

        It is kept here first: an Alertmanager that does not answer is told as soon as it does, and one that loses
        it is told again.
        """
        now = context.clock()
        lasts = silences.length(body.duration, catalogue=context.catalogue)
        matchers = silences.about(name, (one.matcher() for one in body.matchers))
        wish = Wish(
            SilenceKind.SILENCE, matchers, now, now + lasts, body.reason, body.created_by or caller.name, name
        )
        return made(context, wish, caller.name)

    @routes.delete("/alerts/{name}/silence")
    def delete_silence(caller: Responder, name: AlertName) -> EndedView:
        """End every silence of an alert that was made here; those made in Alertmanager itself are only named."""
        now = context.clock()
        done, foreign = silence_requests.end_of_alert(
            context.store, context.alertmanagers, name, actor=caller.name, now=now
        )
        views = [SilenceView.of(one, addresses=addresses, now=now) for one in done]
        return EndedView(
            ended=views, foreign=[SilenceView.of_foreign(one) for one in foreign], notes=not_yet(views)
        )

    @routes.get("/silences")
    def get_silences(
        _caller: Viewer,
        over: Annotated[bool, Query(alias="ended", description="show also those of ours that have ended")] = False,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    ) -> SilencesView:
        """List silences and maintenance windows, also those that were made in Alertmanager itself."""
        now = context.clock()
        with context.store.read() as connection:
            ours = kept.listed(connection, now=now, kind=None, ended=over, limit=limit)
        others = silence_requests.others(context.store, context.alertmanagers)
        return SilencesView(
            silences=[
                *(SilenceView.of(one, addresses=addresses, now=now) for one in ours),
                *(SilenceView.of_foreign(one) for one in others.silences),
            ],
            problems=list(others.failures.values()),
        )

    @routes.delete("/silences/{silence_id}")
    def delete_silence_by_id(caller: Responder, silence_id: SilenceId) -> EndedView:
        """End one silence or maintenance window that was made here."""
        with context.store.read() as connection:
            found = silences.unfinished(connection, silence_id, now=context.clock())
        return ended(context, found, caller.name)

    routes.include_router(maintenance.router(context))
    return routes
