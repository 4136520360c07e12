"""Rendering: templates, and what every one of them knows."""

import functools
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.web.access import CSRF_FIELD, csrf_of
from steward.oncall.web.caller import Caller
from steward.oncall.web.console.formats import FILTERS
from steward.program.web.static_files import static_url

STATIC = Path(__file__).parent.parent / "static"

_SECTIONS = (
    ("/", "Pages"),
    ("/incidents", "Incidents"),
    ("/on-call", "On call"),
    ("/runbooks", "Runbooks"),
)


class View:
    """Makes pages; every value is escaped but Markdown that was made safe."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._environment = Environment(
            loader=PackageLoader("steward.oncall.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(FILTERS)
        self._environment.globals.update(
            static=functools.cache(functools.partial(static_url, STATIC)),
            sections=_SECTIONS,
            platform=context.catalogue.title,
            csrf_field=CSRF_FIELD,
        )

    def page(
        self,
        request: Request,
        caller: Caller | None,
        template: str,
        status: int = HTTPStatus.OK,
        /,
        **values: object,
    ) -> HTMLResponse:
        """Render a page for whoever asks; None for nobody known."""
        path: str = request.scope["path"]
        body = self._environment.get_template(template).render(
            path=path,
            here=_section(path),
            caller=caller,
            may_answer=caller is not None and caller.role.covers(Role.RESPONDER),
            csrf=csrf_of(request),
            now=self._context.clock(),
            **values,
        )
        return HTMLResponse(body, status)

    def problem(self, request: Request, status: int, detail: str) -> HTMLResponse:
        """Render the page for what went wrong."""
        title = HTTPStatus(status).phrase
        return self.page(request, None, "problem.html", status, status=status, title=title, detail=detail)


def _section(path: str) -> str:
    """Return the address of the navigation's entry under which `path` lies."""
    first = "/" + path.removeprefix("/").partition("/")[0]
    return "/" if first == "/pages" else first
