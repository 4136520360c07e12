"""Pages: what people were told of, and their answers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from steward.model import Severity, Target, Way
from steward.oncall.context import Context
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import Kind, OutboxState, PageState
from steward.oncall.errors import Invalid
from steward.oncall.services import paging
from steward.oncall.store import alerts, outbox, pages, timeline
from steward.oncall.store.pages import Wanted
from steward.oncall.web import patterns
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.answering import answer
from steward.oncall.web.caller import Caller
from steward.oncall.web.routes.alerts import AlertView
from steward.promql import Duration

_MOST = 500
_LARGEST_ID = 2**63 - 1
_FAR = timedelta(days=3660)


class PageView(BaseModel):
    """One page."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    severity: str
    team: str
    state: PageState
    opened_at: datetime
    next_at: datetime | None
    """When the next level is told, or a snooze ends; null while nothing is due."""
    next_to: Target | None
    """Whom the next level tells; null after the last."""
    step: int
    """How many levels of its policy were taken."""
    levels: int
    closes_at: datetime | None
    """When it is resolved, unless an alert of it fires again before."""
    snoozed_until: datetime | None
    held: bool
    """Every alert of it that fires is silenced, so nobody is told."""
    alerts_total: int
    alerts_firing: int
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    resolved_by: str | None
    resolved_at: datetime | None
    incident_id: int | None

    @classmethod
    def of(cls, page: Page) -> Self:
        """Show a page."""
        values = {name: getattr(page, name) for name in cls.model_fields if hasattr(page, name)}
        return cls.model_validate(values | {"levels": len(page.levels), "next_to": page.level and page.level.to})


class Pages(BaseModel):
    """Some pages, newest first."""

    pages: list[PageView]
    next: int | None = None
    """Ask again with `before` set to it for older ones; null: there are no more."""


class DeliveryView(BaseModel):
    """One thing that was, or will be, told to somebody."""

    model_config = ConfigDict(from_attributes=True)

    kind: Kind
    way: Way
    person: str
    address: str
    step: int
    state: OutboxState
    attempts: int
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None
    last_error: str


class EntryView(BaseModel):
    """Something that happened."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    kind: str
    actor: str
    text: str


class WholePage(PageView):
    """A page with its alerts, deliveries and timeline."""

    alerts: list[AlertView]
    """Those that fire first; at most 500."""
    deliveries: list[DeliveryView]
    timeline: list[EntryView]


class Snooze(BaseModel):
    """For how long, or until when; one of them."""

    model_config = ConfigDict(extra="forbid")

    duration: Annotated[str | None, Field(max_length=50, examples=["2h"])] = None
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.duration is None) == (self.until is None):
            raise ValueError("give either `duration` or `until`")
        return self

    def end(self, now: datetime) -> datetime:
        """Return when it ends; raises Invalid."""
        if self.until is not None:
            return self.until
        try:
            length = timedelta(milliseconds=Duration.parse(self.duration or "").milliseconds)
        except (ValueError, OverflowError):
            raise Invalid(f"{self.duration!r:.60} is not a duration such as 30m, 2h or 1d") from None
        return now + min(length, _FAR)


Id = Annotated[int, Path(ge=1, le=_LARGEST_ID)]


def router(context: Context) -> APIRouter:
    """Return the operations on pages."""
    routes = APIRouter(tags=["pages"])
    _reading(routes, context)
    _answering(routes, context)
    return routes


def _reading(routes: APIRouter, context: Context) -> None:
    @routes.get("/pages")
    def get_pages(
        _caller: Viewer,
        state: Annotated[list[PageState] | None, Query(max_length=3, description="only these")] = None,
        severity: Severity | None = None,
        team: Annotated[str | None, Query(max_length=100, pattern=patterns.ANY)] = None,
        before: Annotated[
            int | None, Query(ge=1, le=_LARGEST_ID, description="where the last answer ended")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    ) -> Pages:
        """List pages, newest first."""
        wanted = Wanted(tuple(state or ()), severity.value if severity else None, team, before)
        with context.store.read() as connection:
            found = pages.find(connection, wanted, limit=limit + 1)
        views = [PageView.of(one) for one in found[:limit]]
        return Pages(pages=views, next=views[-1].id if len(found) > limit else None)

    @routes.get("/pages/{page_id}")
    def get_page(_caller: Viewer, page_id: Id) -> WholePage:
        """Show a page with its alerts, what was told to whom, and what happened."""
        with context.store.read() as connection:
            return _whole(connection, pages.get(connection, page_id))


def _answering(routes: APIRouter, context: Context) -> None:
    def answered(act: Callable[..., Page], page_id: int, caller: Caller, **more: object) -> PageView:
        return PageView.of(answer(context, act, page_id, caller, **more))

    @routes.post("/pages/{page_id}/acknowledge")
    def acknowledge_page(caller: Responder, page_id: Id) -> PageView:
        """Say that you look at it: nobody else is told, and whoever was told hears of it."""
        return answered(paging.acknowledge, page_id, caller)

    @routes.post("/pages/{page_id}/resolve")
    def resolve_page(caller: Responder, page_id: Id) -> PageView:
        """End it, whatever its alerts say; an alert that ends and fires again is paged anew."""
        return answered(paging.resolve, page_id, caller)

    @routes.post("/pages/{page_id}/escalate")
    def escalate_page(caller: Responder, page_id: Id) -> PageView:
        """Tell the next level now."""
        return answered(paging.escalate, page_id, caller)

    @routes.post("/pages/{page_id}/snooze")
    def snooze_page(caller: Responder, page_id: Id, body: Snooze) -> PageView:
        """Keep it quiet for a while; if it still fires then, its policy begins again at the first level."""
        return answered(paging.snooze, page_id, caller, until=body.end(context.clock()))


def _whole(connection: Connection, page: Page) -> WholePage:
    found = alerts.of_page(connection, page.id, limit=_MOST)
    more = {
        "alerts": [AlertView.model_validate(one) for one in found],
        "deliveries": [DeliveryView.model_validate(one) for one in outbox.of_page(connection, page.id)],
        "timeline": [EntryView.model_validate(one) for one in timeline.of_page(connection, page.id)],
    }
    return WholePage.model_validate(PageView.of(page).model_dump() | more)
