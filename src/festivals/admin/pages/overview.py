"""The first page: today at the open festivals."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from festivals.admin.view import View
from festivals.services.backlog import queue_state
from festivals.services.clock import Clock
from festivals.services.overview import overview
from festivals.store.database import Database
from festivals.store.jobs import Task


def routes(view: View, database: Database, clock: Clock) -> list[Route]:
    """Return the overview."""

    async def show_overview(request: Request) -> Response:
        return view.page(
            request,
            "overview.html",
            overview=await overview(database, clock()),
            queue=await queue_state(database, tuple(Task)),
        )

    return [Route("/", show_overview)]
