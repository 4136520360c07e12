"""The dashboards: their list, each of them at the address that Grafana gives it, and their data.

`from`, `to`, `refresh` and `var-NAME` stand in addresses as Grafana's do.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from steward.dashboards.asking import Board
from steward.dashboards.encoding import encoded
from steward.dashboards.errors import BadQuestion, UnknownDashboard
from steward.dashboards.interpolation import chosen
from steward.dashboards.offering import config, offered
from steward.dashboards.placing import style_sheet
from steward.oncall.context import Context
from steward.oncall.errors import Invalid, NotFound
from steward.oncall.web.access import Viewer
from steward.oncall.web.console.charts import From, Time, Width, json_answer, span
from steward.oncall.web.console.view import View

MOST_PANELS = 200
"""Of one question."""

_VARIABLE = "var-"
_LASTING = {"Cache-Control": "private, max-age=31536000, immutable"}

Numbers = Annotated[str, Query(max_length=2_000)]
Refresh = Annotated[str, Query(max_length=10)]


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the list, and what belongs to each dashboard."""
    _pages(routes, context, view)
    _answers(routes, context)


def _pages(routes: APIRouter, context: Context, view: View) -> None:
    boards = context.panels.boards

    @routes.get("/dashboards")
    async def show_dashboards(request: Request, caller: Viewer) -> Response:
        """List the dashboards."""
        return view.page(request, caller, "dashboards.html", boards=list(boards.values()))

    @routes.get("/d/{uid}")
    async def show_dashboard(request: Request, caller: Viewer, uid: str) -> Response:
        """Show a dashboard; its panels ask for their data when they are there."""
        board = _board(context, uid)
        return view.page(request, caller, "dashboard.html", board=board, version=_version(board))

    @routes.get("/d/{uid}/layout.css")
    async def show_layout(_caller: Viewer, uid: str) -> Response:
        """Answer with the places of a dashboard's panels."""
        return Response(style_sheet(_board(context, uid)), media_type="text/css", headers=_LASTING)


def _answers(routes: APIRouter, context: Context) -> None:
    @routes.get("/d/{uid}/config")
    async def tell_config(
        request: Request, _caller: Viewer, uid: str, from_: From = "", to: Time = "", refresh: Refresh = ""
    ) -> Response:
        """Answer with how a dashboard is drawn, and what may be chosen of its variables."""
        board = _board(context, uid)
        begin, end = from_ or board.since, to or board.until
        start, finish = span(begin, end, context)
        with _told():
            picked = chosen(board.variables, _given(request))
            offers = [await offered(context.panels, one, picked, start, finish) for one in board.variables]
        told = config(board, offers, begin=begin, end=end, refresh=refresh or board.refresh)
        return json_answer(encoded(told), request)

    @routes.get("/d/{uid}/data")
    async def tell_data(
        request: Request,
        _caller: Viewer,
        uid: str,
        panels: Numbers = "",
        from_: From = "",
        to: Time = "",
        width: Width = 1_200,
    ) -> Response:
        """Answer with what some panels show, or all of them."""
        board = _board(context, uid)
        start, end = span(from_ or board.since, to or board.until, context)
        with _told():
            picked = chosen(board.variables, _given(request))
            numbers = _numbers(panels) or list(board.panels)
            content = await context.panels.data(board, numbers, start=start, end=end, width=width, picked=picked)
        return json_answer(content, request)

    @routes.get("/d/{uid}/{slug}")
    async def show_named(request: Request, _caller: Viewer, uid: str, slug: str) -> Response:
        """Lead from an address that ends with a name, as Grafana writes them, to the dashboard."""
        query = request.scope["query_string"].decode("latin-1")
        board = _board(context, uid)
        return RedirectResponse(f"/d/{board.uid}" + (f"?{query}" if query else ""), HTTPStatus.SEE_OTHER)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what is wrong with a question into what the web knows."""
    try:
        yield
    except UnknownDashboard as error:
        raise NotFound(str(error)) from None
    except BadQuestion as error:
        raise Invalid(str(error)) from None


def _board(context: Context, uid: str) -> Board:
    with _told():
        return context.panels.board(uid)


def _given(request: Request) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name.startswith(_VARIABLE):
            given.setdefault(name.removeprefix(_VARIABLE), []).append(value)
    return given


def _numbers(text: str) -> list[int]:
    pieces = list(dict.fromkeys(piece.strip() for piece in text.split(",") if piece.strip()))
    if len(pieces) > MOST_PANELS or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise Invalid(
            f"panels={text[:40]!r}: write the numbers of at most {MOST_PANELS} panels, with commas between"
        )
    return [int(piece) for piece in pieces]


def _version(board: Board) -> str:
    return hashlib.sha256(style_sheet(board).encode()).hexdigest()[:12]
