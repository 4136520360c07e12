"""What pages there are, for whoever looks for one by its name; with scripts it is a dialog on every page."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from steward.model import Catalogue
from steward.oncall.context import Context
from steward.oncall.services import runbooks
from steward.oncall.web.access import Viewer
from steward.oncall.web.caller import Caller
from steward.oncall.web.console.navigation import Navigation
from steward.oncall.web.console.view import View

Typed = Annotated[str, Query(max_length=100)]


class Place(BaseModel):
    """A page that has a name."""

    title: str
    address: str
    kind: str
    """What it is, in a word."""


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the search."""
    navigation = Navigation(context.catalogue)

    def places(caller: Caller) -> list[Place]:
        return [
            *_sections(navigation, caller),
            *_declared(context.catalogue),
            *(
                Place(title=page.title, address=f"/runbooks/{page.slug}", kind="runbook")
                for page in runbooks.listed(context.settings.runbooks)
            ),
        ]

    @routes.get("/find")
    def show_found(request: Request, caller: Viewer, q: Typed = "") -> Response:
        """List the pages whose name holds every word."""
        found = [place for place in places(caller) if _holds(place, q)]
        return view.page(request, caller, "find.html", places=found, q=q)

    @routes.get("/find/places")
    def list_places(caller: Viewer) -> list[Place]:
        """List every page."""
        return places(caller)


def _sections(navigation: Navigation, caller: Caller) -> Iterator[Place]:
    sections = navigation(caller)
    for section in sections:
        yield Place(title=section.title, address=section.address, kind="section")
    for section in sections:
        for address, title in section.within:
            yield Place(title=title, address=address, kind="dashboard")


def _declared(catalogue: Catalogue) -> Iterator[Place]:
    for slo in catalogue.slos:
        yield Place(title=slo.title, address=f"/slos/{slo.name}", kind="SLO")
    for alert in catalogue.alerts:
        yield Place(title=alert.name, address=f"/alerts/{alert.name}", kind="alert")


def _holds(place: Place, typed: str) -> bool:
    name = f"{place.title} {place.kind}".lower()
    return all(word in name for word in typed.lower().split())
