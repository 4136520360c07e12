"""The links in mails. Opening one shows what it would do; only its button does it, because programs open links."""

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from sqlalchemy import Row, select
from starlette.responses import HTMLResponse, Response

from steward.oncall.context import Context
from steward.oncall.deliver.text import moment
from steward.oncall.domain.answers import Answer
from steward.oncall.domain.states import PageState
from steward.oncall.errors import Invalid, OnCallError
from steward.oncall.services import links
from steward.oncall.services.answers import answer
from steward.oncall.services.links import Ended, Link
from steward.oncall.services.people import named
from steward.oncall.store.tables import page
from steward.program.web.static_files import static_url

_STATIC = Path(__file__).parents[1] / "static"
_ROUTE = links.PATH + "{token}"
_BUTTONS = {Answer.ACKNOWLEDGE: "Acknowledge", Answer.RESOLVE: "Resolve"}
_DONE = {
    Answer.ACKNOWLEDGE: (PageState.ACKNOWLEDGED, PageState.RESOLVED),
    Answer.RESOLVE: (PageState.RESOLVED,),
}
"""States in which nothing is left to do for an answer."""


def router(context: Context) -> APIRouter:
    """Return the routes. A link's signature is what lets a request in: it needs no log-in."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(_ROUTE)
    def show(token: str) -> Response:
        """Show what the link would do, and change nothing."""
        try:
            link = _link(context, token)
        except Invalid as error:
            return _refusal(error)
        return _shown(context, link, token)

    @routes.post(_ROUTE)
    def act(token: str) -> Response:
        """Do it, and show what has become of the page."""
        try:
            link = _link(context, token)
        except Invalid as error:
            return _refusal(error)
        problem = _act(context, link)
        return _shown(context, link, token, problem=problem, acted=True)

    return routes


def _link(context: Context, token: str) -> Link:
    link = links.read(context.settings, token, now=context.clock())
    if not links.known(context.catalogue, link.person):
        raise Invalid("the person whom this link was sent to is not on call here any more")
    return link


def _act(context: Context, link: Link) -> str:
    """Return what speaks against it; empty when it is done."""
    now, catalogue = context.clock(), context.catalogue
    try:
        with context.store.write() as connection:
            problem = answer(
                connection, link.page_id, link.action, actor=link.person, now=now, catalogue=catalogue
            )
    except OnCallError as error:
        return str(error)
    context.wake()
    return problem


def _shown(context: Context, link: Link, token: str, *, problem: str = "", acted: bool = False) -> Response:
    with context.store.read() as connection:
        row = connection.execute(select(page).where(page.c.id == link.page_id)).one_or_none()
    if row is None:
        return _page(
            HTTPStatus.NOT_FOUND, title="No such page", problem="there is no page of this number any more"
        )
    done = row.state in _DONE[link.action]
    person = named(context.catalogue, link.person)
    return _page(
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        title=f"Page {row.id}: {row.state}" if done or acted else f"Page {row.id}",
        problem=problem,
        page=row,
        opened=moment(row.opened_at),
        by=_by(row),
        button="" if done or acted else _BUTTONS[link.action],
        path=links.PATH + token,
        person=person.title if person else link.person,
    )


def _by(row: Row[Any]) -> str:
    found = {PageState.ACKNOWLEDGED: row.acknowledged_by, PageState.RESOLVED: row.resolved_by}
    return found.get(PageState(row.state)) or ""


def _refusal(error: Invalid) -> Response:
    gone = isinstance(error, Ended)
    status = HTTPStatus.GONE if gone else HTTPStatus.FORBIDDEN
    return _page(status, title="This link has ended" if gone else "This link does not work", problem=str(error))


def _page(status: HTTPStatus, *, title: str, problem: str, **more: object) -> Response:
    content: dict[str, object] = {
        "style": static_url(_STATIC, "console.css"),
        "page": None,
        "opened": "",
        "by": "",
        "button": "",
        "path": "",
        "person": "",
    } | more
    return HTMLResponse(_template().render(title=title, problem=problem, **content), status)


@cache
def _template() -> Template:
    loader = PackageLoader("steward.oncall.web")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("act.html")
