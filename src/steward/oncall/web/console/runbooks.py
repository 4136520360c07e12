"""Runbooks: the list, and one with how its alerts stand and what its queries say now."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from steward.dashboards.charts import chart, series_view
from steward.oncall.context import Context
from steward.oncall.domain.conditions import Condition
from steward.oncall.errors import NotFound
from steward.oncall.services import runbooks
from steward.oncall.services.reasons import Reason, reasons
from steward.oncall.services.runbook_queries import parts, queries
from steward.oncall.services.watching import Watch, watch
from steward.oncall.web.access import Viewer
from steward.oncall.web.console import values
from steward.oncall.web.console.charts import Wanted, told
from steward.oncall.web.console.view import View

Number = Annotated[int, Path(ge=1, le=200)]


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages about runbooks."""
    _reading(routes, context, view)
    _asking(routes, context, view)


def _reading(routes: APIRouter, context: Context, view: View) -> None:
    folder = context.settings.runbooks

    @routes.get("/runbooks")
    def show_runbooks(request: Request, caller: Viewer) -> Response:
        """List the runbooks, those of alerts that fire first."""
        known = {one.name: one.state for one in _watched(context).alerts}
        found = runbooks.listed(folder)
        states = {page.slug: _worst([known.get(name, "") for name in page.alerts]) for page in found}
        found.sort(key=lambda page: states[page.slug] != "firing")
        return view.page(request, caller, "runbooks.html", runbooks=found, states=states)

    @routes.get("/runbooks/{slug}")
    def show_runbook(request: Request, caller: Viewer, slug: str) -> Response:
        """Show a runbook, what its queries say now beside them."""
        page = runbooks.find(folder, slug)
        watched = _watched(context)
        pieces = parts(page.html)
        asked = _ask(context, [piece.query for piece in pieces if piece.query])
        return view.page(
            request,
            caller,
            "runbook.html",
            runbook=page,
            alerts=[(name, watched.named(name)) for name in page.alerts],
            pieces=pieces,
            answers=asked,
            **_writing(),
        )


def _asking(routes: APIRouter, context: Context, view: View) -> None:
    folder = context.settings.runbooks

    def query_of(slug: str, number: int) -> str:
        found = queries(runbooks.find(folder, slug).html)
        if number > len(found):
            raise NotFound(f"runbook {slug} has no query {number}")
        return found[number - 1]

    @routes.get("/runbooks/{slug}/values/{number}")
    def show_values(request: Request, caller: Viewer, slug: str, number: Number) -> Response:
        """Give what one query says now, to be put into the page."""
        (answer,) = _ask(context, [query_of(slug, number)])
        return view.page(
            request, caller, "runbook_values.html", slug=slug, number=number, answer=answer, **_writing()
        )

    @routes.get("/runbooks/{slug}/queries/{number}")
    def show_query(request: Request, caller: Viewer, slug: str, number: Number) -> Response:
        """Show one query over time."""
        query = query_of(slug, number)
        page = runbooks.find(folder, slug)
        return view.page(request, caller, "runbook_query.html", runbook=page, number=number, query=query)

    @routes.get("/runbooks/{slug}/queries/{number}/chart")
    async def show_chart(_caller: Viewer, slug: str, number: Number, wanted: Wanted) -> Response:
        """Give one query over time."""
        query = await run_in_threadpool(query_of, slug, number)
        drawn = series_view("", table=True)
        return told(
            await chart(
                context.panels,
                drawn,
                [(query, "")],
                **wanted.of(context),
                when_empty="nothing was like that in this time",
            )
        )


def _watched(context: Context) -> Watch:
    return watch(context.prometheus, context.catalogue, scale=context.settings.time_scale)


def _ask(context: Context, asked: Sequence[str]) -> tuple[Reason, ...]:
    return reasons(context.prometheus, [Condition(query) for query in asked])


def _writing() -> dict[str, Any]:
    return {"written": values.written, "series": values.series}


def _worst(states: Sequence[str]) -> str:
    return next((state for state in ("firing", "pending") if state in states), "")
