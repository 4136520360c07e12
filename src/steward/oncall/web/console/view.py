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
from steward.oncall.web.console.navigation import Navigation, section_of
from steward.program.web.static_files import static_url

STATIC = Path(__file__).parent.parent / "static"

_BUILT = "build"
"""The folder in `STATIC` into which the frontend is built."""


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
            built=functools.partial(_built_url, STATIC),
            navigation=Navigation(context.catalogue),
            platform=context.catalogue.title,
            csrf_field=CSRF_FIELD,
        )

    def begin(self, request: Request) -> None:
        """Note what is known before a page reads it, so that news in between are told once more, not missed."""
        request.state.live_id = self._context.live.last_id

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
            here=section_of(path),
            caller=caller,
            # In a `{% call %}` and in a macro, `caller` is Jinja's.
            user=caller,
            may_answer=caller is not None and caller.role.covers(Role.RESPONDER),
            csrf=csrf_of(request),
            now=self._context.clock(),
            live_id=getattr(request.state, "live_id", self._context.live.last_id),
            **values,
        )
        return HTMLResponse(body, status)

    def text(self, template: str) -> str:
        """Render what knows nothing of who asks."""
        return self._environment.get_template(template).render()

    def problem(self, request: Request, status: int, detail: str) -> HTMLResponse:
        """Render the page for what went wrong."""
        title = HTTPStatus(status).phrase
        return self.page(request, None, "problem.html", status, status=status, title=title, detail=detail)


def _built_url(folder: Path, name: str) -> str:
    """Return the address of a built file; empty where the frontend was not built: pages do without."""
    path = f"{_BUILT}/{name}"
    try:
        changed = (folder / path).stat().st_mtime_ns
        return _static_url_at(folder, path, changed)
    except FileNotFoundError:
        return ""


@functools.lru_cache(maxsize=64)
def _static_url_at(folder: Path, path: str, _changed: int) -> str:
    return static_url(folder, path)
