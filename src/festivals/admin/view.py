"""Rendering: templates, what every one of them knows, and the cookie behind the forms."""

import functools
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from festivals.admin import csrf
from festivals.admin.formats import FILTERS
from festivals.admin.problems import Problem
from steward.program.web.static_files import static_url

STATIC = Path(__file__).parent / "static"
REFRESH_SECONDS = "10"

_SECTIONS = {"": "/", "festivals": "/festivals", "new-festival": "/festivals", "queue": "/queue"}
"""The navigation's entry by the first part of a path."""


class View:
    """Makes pages; every value is escaped unless a template says otherwise, and none does."""

    def __init__(self, tokens: csrf.FormTokens) -> None:
        self._tokens = tokens
        self._environment = Environment(
            loader=PackageLoader("festivals.admin"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(FILTERS)
        self._environment.globals["static"] = functools.cache(functools.partial(static_url, STATIC))

    def page(self, request: Request, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
        """Render a page; one that shows a form sets the form's cookie."""
        path: str = request.scope["path"]
        known = request.cookies.get(csrf.COOKIE)
        cookie = known or csrf.FormTokens.new_cookie()
        body = self._environment.get_template(template).render(
            path=path,
            here=_section(path),
            refreshing=request.query_params.get("refresh") == REFRESH_SECONDS,
            after=request.query_params.get("after"),
            form_field=csrf.FIELD,
            form_token=self._tokens.token(cookie),
            **values,
        )
        response = HTMLResponse(body, status)
        if known is None and csrf.FIELD in body:
            response.set_cookie(
                csrf.COOKIE, cookie, httponly=True, samesite="strict", secure=request.scope["scheme"] == "https"
            )
        return response

    def problem(
        self, request: Request, problem: Problem, headers: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """Render the page for what went wrong."""
        response = self.page(request, "problem.html", problem.status, problem=problem)
        response.headers.update(headers or {})
        return response


def _section(path: str) -> str:
    """Return the address of the navigation's entry under which `path` lies; empty when under none."""
    return _SECTIONS.get(path.removeprefix("/").partition("/")[0], "")
