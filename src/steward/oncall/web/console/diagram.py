"""The page in which a diagram is drawn; the page that shows it has it in a frame for a moment."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from steward.oncall.context import Context
from steward.oncall.web.access import Viewer
from steward.oncall.web.console.view import View
from steward.oncall.web.policy import DIAGRAM_PATH


def add(routes: APIRouter, _context: Context, view: View) -> None:
    """Add it."""

    @routes.get(DIAGRAM_PATH)
    def show_drawing_place(_request: Request, _caller: Viewer) -> HTMLResponse:
        """Give the page, which knows no diagram yet."""
        return HTMLResponse(view.text("diagram.html"))
