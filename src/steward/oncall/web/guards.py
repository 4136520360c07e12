"""What every request must pass: no other site's page sends it, and its body is small and of one kind."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.oncall.web.origin import from_another_site
from steward.program.web.guards import FORM, JSON, Bodies
from steward.program.web.problems import Problem, Problems

_API = Bodies(JSON, 256 * 1024)
"""An incident's report has five texts."""
_HOOKS = Bodies(JSON, 16 * 1024 * 1024)
"""Alertmanager sends a group whole: some 10,000 alerts. It does not try again what was refused for its size."""
_FORMS = Bodies(FORM, 256 * 1024)
"""The same texts, and Slack sends back the message whose button was pressed."""

_FOREIGN = "this request was made by a page of another site; use our own pages, or a program"


def bodies(path: str) -> Bodies:
    """Return which bodies a path takes: JSON for programs, forms for people and Slack."""
    if path.startswith("/api/"):
        return _API
    return _HOOKS if path.startswith("/webhooks/") else _FORMS


class OwnSiteOnly:
    """Refuses what another site's page makes a browser send, whoever the browser is logged in as."""

    def __init__(self, app: ASGIApp, *, problems: Problems, public_url: str) -> None:
        self._app = app
        self._problems = problems
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403."""
        if scope["type"] == "http" and from_another_site(
            scope["method"], Headers(scope=scope), public_url=self._public_url
        ):
            problem = Problem(HTTPStatus.FORBIDDEN, _FOREIGN)
            await self._problems.refuse(scope, problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)
