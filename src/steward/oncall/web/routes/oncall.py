"""Who is on call: now, in a stretch of time, as a calendar; and taking a turn for another."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.exceptions import HTTPException

from steward.model import Schedule
from steward.oncall.calendars.writing import write
from steward.oncall.context import Context
from steward.oncall.domain.schedule import gaps
from steward.oncall.errors import Invalid
from steward.oncall.services import overrides, roster, subscriptions
from steward.oncall.store import feeds
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.oncall_views import (
    CalendarView,
    GapView,
    Instant,
    NewOverride,
    OnCallNow,
    OverrideView,
    PersonView,
    Plan,
    PostView,
    Schedules,
    ScheduleView,
    ShiftView,
    Subscription,
)
from steward.oncall.web.openapi import CONFLICT

_SHOWN = timedelta(days=14)
_LONGEST = timedelta(days=366)
_FEED_AHEAD = timedelta(days=180)
_LARGEST_ID = 2**63 - 1
_CALENDAR = "text/calendar; charset=utf-8"
_ICALENDAR: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
}


Name = Annotated[str, Path(max_length=100, description="the schedule")]
Token = Annotated[str, Path(max_length=500)]
Number = Annotated[int, Path(ge=1, le=_LARGEST_ID)]


From = Annotated[Instant | None, Query(alias="from", description="now, when left out")]
To = Annotated[Instant | None, Query(description="two weeks later, when left out; at most 366 days")]


def router(context: Context) -> APIRouter:
    """Return the operations on schedules."""
    routes = APIRouter(tags=["on-call"])
    _add_calendars(routes, context)  # before /schedules/{name}, which would take their paths
    _add_reading(routes, context)
    _add_overrides(routes, context)
    return routes


def _add_calendars(routes: APIRouter, context: Context) -> None:
    @routes.get("/schedules/{name}.ics", **_ICALENDAR)
    def get_calendar(_caller: Viewer, name: Name) -> Response:
        """Give a schedule as an iCalendar file: since the month before this one, and half a year ahead."""
        return _calendar(context, name)

    @routes.get("/calendars/{token}.ics", **_ICALENDAR)
    def get_subscribed_calendar(token: Token) -> Response:
        """Give the schedule of a private address as an iCalendar file; its signature lets a request in."""
        name = subscriptions.schedule_of(context.settings, token)
        if name is None:
            raise HTTPException(HTTPStatus.FORBIDDEN, "this is not an address of ours; ask for a new one")
        return _calendar(context, name)

    @routes.get("/schedules/{name}/subscription", responses=CONFLICT)
    def get_subscription(_caller: Responder, name: Name) -> Subscription:
        """Give the private address for calendar programs; whoever has it sees the schedule."""
        schedule = roster.find_schedule(context.catalogue, name)
        return Subscription(url=subscriptions.address(context.settings, schedule.name))


def _add_reading(routes: APIRouter, context: Context) -> None:
    catalogue = context.catalogue

    @routes.get("/on-call")
    def get_on_call(_caller: Viewer) -> OnCallNow:
        """Show who is on call now for each team, until when, and who follows."""
        now = context.clock()
        with context.store.read() as connection:
            posts = roster.posts(connection, at=now, catalogue=catalogue)
        head = catalogue.oncall.head if catalogue.oncall else None
        return OnCallNow(at=now, teams=[PostView.of(one) for one in posts], head=PersonView.of(head))

    @routes.get("/schedules")
    def get_schedules(_caller: Viewer) -> Schedules:
        """List the schedules."""
        known = catalogue.oncall.schedules if catalogue.oncall else ()
        return Schedules(schedules=[ScheduleView.model_validate(one) for one in known])

    @routes.get("/schedules/{name}")
    def get_schedule(_caller: Viewer, name: Name, begin: From = None, to: To = None) -> Plan:
        """Show who is on call when in a stretch of time, and when nobody is."""
        begin = begin or context.clock()
        return _plan(context, roster.find_schedule(catalogue, name), begin, to or begin + _SHOWN)


def _add_overrides(routes: APIRouter, context: Context) -> None:
    @routes.post("/schedules/{name}/overrides", status_code=201)
    def make_override(name: Name, body: NewOverride, caller: Responder) -> OverrideView:
        """Let somebody be on call for a time, whoever's turn it is; the override made last counts."""
        with context.store.write() as connection:
            now = context.clock()
            made = overrides.make(
                connection,
                name,
                person=body.person,
                starts_at=body.starts_at or now,
                ends_at=body.ends_at,
                actor=caller.name,
                now=now,
                catalogue=context.catalogue,
            )
        return OverrideView.model_validate(made)

    @routes.delete("/schedules/{name}/overrides/{number}", status_code=204)
    def cancel_override(name: Name, number: Number, caller: Responder) -> None:
        """Give the turn back to its owner, for the time that is left."""
        with context.store.write() as connection:
            now = context.clock()
            overrides.cancel(connection, name, number, actor=caller.name, now=now, catalogue=context.catalogue)


def _calendar(context: Context, name: str) -> Response:
    now = context.clock()
    schedule = roster.find_schedule(context.catalogue, name)
    with context.store.read() as connection:
        shifts = roster.shifts(
            connection, name, begin=_month_before(now), end=now + _FEED_AHEAD, catalogue=context.catalogue
        )
    return Response(write(schedule, shifts, now=now), media_type=_CALENDAR)


def _plan(context: Context, schedule: Schedule, begin: datetime, end: datetime) -> Plan:
    if not timedelta() < end - begin <= _LONGEST:
        raise Invalid(f"`to` must be after `from`, by at most {_LONGEST.days} days")
    name, catalogue = schedule.name, context.catalogue
    with context.store.read() as connection:
        shifts = roster.shifts(connection, name, begin=begin, end=end, catalogue=catalogue)
        made = overrides.standing(connection, name, begin=begin, end=end, catalogue=catalogue)
        feed = feeds.find(connection, name) if schedule.calendar else None
    return Plan(
        schedule=ScheduleView.model_validate(schedule),
        starts_at=begin,
        ends_at=end,
        shifts=[ShiftView.of(one) for one in shifts],
        gaps=[GapView(starts_at=start, ends_at=stop) for start, stop in gaps(shifts, begin, end)],
        overrides=[OverrideView.model_validate(one) for one in made],
        calendar=CalendarView(fetched_at=feed.fetched_at, error=feed.error) if feed else None,
    )


def _month_before(now: datetime) -> datetime:
    """Return when the last month began: a beginning that stays the same for a month keeps the shifts' names."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=1)
