"""The job queue: what waits, what failed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from festivals.admin.addresses import after_number
from festivals.admin.pages.festivals import PAGE
from festivals.admin.view import View
from festivals.services.backlog import queue_state, troubled_jobs
from festivals.store.database import Database
from festivals.store.jobs import Task


def routes(view: View, database: Database) -> list[Route]:
    """Return the page of the queue."""

    async def show_queue(request: Request) -> Response:
        tasks = tuple(Task)
        return view.page(
            request,
            "queue.html",
            queue=await queue_state(database, tasks),
            page=await troubled_jobs(database, tasks, limit=PAGE, after=after_number(request)),
        )

    return [Route("/queue", show_queue)]
