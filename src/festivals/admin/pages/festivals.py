"""Festivals: the list, and one with its figures, transactions and scans."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from festivals.admin.addresses import after_festival, after_id, after_number, festival_id
from festivals.admin.view import View
from festivals.services.festival_report import (
    festival_report,
    festivals_page,
    scans_page,
    transactions_page,
)
from festivals.store.database import Database

PAGE = 50
"""Rows on one page of a list."""


def routes(view: View, database: Database) -> list[Route]:
    """Return the pages that only show."""

    async def list_festivals(request: Request) -> Response:
        page = await festivals_page(database, limit=PAGE, after=after_festival(request))
        return view.page(request, "festivals.html", page=page)

    async def show_festival(request: Request) -> Response:
        report = await festival_report(database, festival_id(request))
        return view.page(request, "festival.html", report=report)

    async def show_transactions(request: Request) -> Response:
        festival, page = await transactions_page(
            database, festival_id(request), limit=PAGE, after=after_id(request)
        )
        return view.page(request, "list.html", title="Transactions", festival=festival, page=page)

    async def show_scans(request: Request) -> Response:
        festival, page = await scans_page(database, festival_id(request), limit=PAGE, after=after_number(request))
        return view.page(request, "list.html", title="Scans", festival=festival, page=page)

    return [
        Route("/festivals", list_festivals),
        Route("/festivals/{festival_id}", show_festival),
        Route("/festivals/{festival_id}/transactions", show_transactions),
        Route("/festivals/{festival_id}/scans", show_scans),
    ]
