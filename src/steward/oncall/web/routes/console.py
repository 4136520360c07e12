"""The pages for people; what programs ask for is in the other modules."""

from fastapi import APIRouter

from steward.oncall.context import Context
from steward.oncall.web.console import (
    alerts,
    audit,
    dashboards,
    diagram,
    find,
    incidents,
    live,
    on_call,
    overview,
    pages,
    reading,
    runbooks,
    silences,
    slos,
    targets,
)
from steward.oncall.web.console.failures import telling
from steward.oncall.web.console.view import View


def router(context: Context) -> APIRouter:
    """Return every page."""
    view = View(context)
    routes = APIRouter(include_in_schema=False, route_class=telling(view))
    for part in (
        live,
        overview,
        slos,
        dashboards,
        targets,
        audit,
        pages,
        incidents,
        on_call,
        reading,
        runbooks,
        alerts,
        silences,
        find,
        diagram,
    ):
        part.add(routes, context, view)
    return routes
