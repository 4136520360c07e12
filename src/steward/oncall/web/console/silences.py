"""Silences and maintenance windows: the list, the form that shows what it will match, end and extend."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.domain.states import SilenceKind
from steward.oncall.errors import Invalid
from steward.oncall.services import silence_extension, silence_requests
from steward.oncall.services import silences as silencing
from steward.oncall.store import silences as kept
from steward.oncall.web import patterns
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.caller import Caller
from steward.oncall.web.console import silence_forms
from steward.oncall.web.console.forms import Id, Short, see, typed_duration
from steward.oncall.web.console.silence_forms import Alert, Prefilled, Typed
from steward.oncall.web.console.view import View
from steward.oncall.web.silence_answers import ended, made
from steward.oncall.web.silence_views import SilenceView

_MOST = 200
_UNSEEN = "these matchers are new: look at what they match, then press Silence again"

Sent = Annotated[Typed, Depends(silence_forms.sent)]
Seen = Annotated[str, Form(max_length=20_000, pattern=patterns.ANY)]


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages about silences."""
    _reading(routes, context, view)
    _making(routes, context, view)
    _changing(routes, context)


def _reading(routes: APIRouter, context: Context, view: View) -> None:
    addresses = context.alertmanagers.addresses

    @routes.get("/silences")
    def show_silences(request: Request, caller: Viewer, ended: bool = False) -> Response:
        """List silences and maintenance windows, also those made in Alertmanager itself."""
        now = context.clock()
        with context.store.read() as connection:
            ours = kept.listed(connection, now=now, kind=None, ended=ended, limit=_MOST)
        others = silence_requests.others(context.store, context.alertmanagers)
        shown = [SilenceView.of(one, addresses=addresses, now=now) for one in ours]
        return view.page(
            request,
            caller,
            "silences.html",
            silences=[one for one in shown if one.kind is SilenceKind.SILENCE],
            windows=[one for one in shown if one.kind is SilenceKind.MAINTENANCE],
            foreign=[SilenceView.of_foreign(one) for one in others.silences],
            problems=list(others.failures.values()),
            ended=ended,
            addresses=addresses,
        )

    @routes.get("/silences/new")
    def show_form(
        request: Request,
        caller: Responder,
        alert: Alert = "",
        matchers: Prefilled = "",
        kind: Annotated[SilenceKind, Query()] = SilenceKind.SILENCE,
    ) -> Response:
        """Show the form, with what it would match now."""
        first = silence_forms.of_alert(alert)
        form = Typed(kind, matchers or first.matchers, first.duration)
        return _form(context, view, request, caller, form)


def _making(routes: APIRouter, context: Context, view: View) -> None:
    @routes.post("/silences/preview")
    def look_first(request: Request, caller: Responder, form: Sent) -> Response:
        """Show what the matchers take now; nothing is silenced."""
        return _form(context, view, request, caller, form)

    @routes.post("/silences")
    def silence_here(request: Request, caller: Responder, form: Sent, seen: Seen = "") -> Response:
        """Silence what was looked at; matchers that nobody has looked at are shown first."""
        try:
            wish = form.wish(context, actor=caller.name, now=context.clock())
            if not silence_forms.was_seen(form, seen):
                return _form(context, view, request, caller, form, problem=_UNSEEN)
            done = made(context, wish, caller.name)
        except Invalid as error:
            return _form(context, view, request, caller, form, problem=str(error))
        return see(f"/silences#silence-{done.silence.id}")


def _changing(routes: APIRouter, context: Context) -> None:
    @routes.post("/silences/{silence_id}/end")
    def end_here(caller: Responder, silence_id: Id) -> Response:
        """End it before its time."""
        with context.store.read() as connection:
            found = silencing.unfinished(connection, silence_id, now=context.clock())
        ended(context, found, caller.name)
        return see("/silences")

    @routes.post("/silences/{silence_id}/extend")
    def extend_here(caller: Responder, silence_id: Id, duration: Short = "") -> Response:
        """Let it last longer."""
        now = context.clock()
        with context.store.read() as connection:
            found = silencing.unfinished(connection, silence_id, now=now)
        longer = silence_extension.extend(
            context.store,
            context.alertmanagers,
            found,
            typed_duration(duration),
            actor=caller.name,
            now=now,
            catalogue=context.catalogue,
        )
        return see(f"/silences#silence-{longer.id}")


def _form(
    context: Context, view: View, request: Request, caller: Caller, form: Typed, *, problem: str = ""
) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    shown = silence_forms.values(context, form, problem=problem)
    return view.page(request, caller, "silence_new.html", status, **shown)
