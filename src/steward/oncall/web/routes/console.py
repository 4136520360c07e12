"""The pages for people; what programs ask for is in the other modules."""

from fastapi import APIRouter

from steward.oncall.context import Context
from steward.oncall.web.console import incidents, pages, reading
from steward.oncall.web.console.failures import telling
from steward.oncall.web.console.view import View


def router(context: Context) -> APIRouter:
    """Return every page."""
    view = View(context)
    routes = APIRouter(include_in_schema=False, route_class=telling(view))
    for part in (pages, incidents, reading):
        part.add(routes, context, view)
    return routes
