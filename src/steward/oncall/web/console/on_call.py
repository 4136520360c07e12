"""Who is on call: now, this week and the next ones, who is told next of what is open, and taking turns."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from steward.model import Catalogue
from steward.oncall.context import Context
from steward.oncall.errors import Invalid
from steward.oncall.services import ladder, overrides, roster, week
from steward.oncall.web.access import Responder, Viewer
from steward.oncall.web.console.forms import Id, Name, Short, see, typed_moment
from steward.oncall.web.console.view import View

_AHEAD = timedelta(days=14)
_YEARS = range(2000, 2200)
_COLORS = 8

ScheduleName = Annotated[str, Path(max_length=100)]
Day = Annotated[date | None, Query(description="any day of the week to show")]


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages about who is on call."""
    _reading(routes, context, view)
    _overriding(routes, context)


def _reading(routes: APIRouter, context: Context, view: View) -> None:
    catalogue = context.catalogue
    colors = _colors(catalogue)

    @routes.get("/on-call")
    def show_roster(
        request: Request, caller: Viewer, week_of: Annotated[Day, Query(alias="week")] = None
    ) -> Response:
        """Show who is on call now, in a week, and in the two weeks to come."""
        now = context.clock()
        begins = week.monday(_noon(week_of) if week_of else now)
        with context.store.read() as connection:
            posts = roster.posts(connection, at=now, catalogue=catalogue)
            found = list(week.weeks(connection, begins, now=now, catalogue=catalogue))
            ahead = [
                roster.shifts(connection, one.schedule.name, begin=now, end=now + _AHEAD, catalogue=catalogue)
                for one in found
            ]
            open_pages = ladder.ladders(connection, at=now, catalogue=catalogue)
        return view.page(
            request,
            caller,
            "on_call.html",
            posts=posts,
            plans=list(zip(found, ahead, strict=True)),
            ladders=open_pages,
            head=catalogue.oncall.head if catalogue.oncall else None,
            people=catalogue.oncall.people if catalogue.oncall else (),
            colors=colors,
            days=[begins + timedelta(days=day) for day in range(7)],
            this_week=week.monday(now) == begins,
            before=(begins - week.LENGTH).date(),
            after=(begins + week.LENGTH).date(),
        )


def _overriding(routes: APIRouter, context: Context) -> None:
    @routes.post("/on-call/{schedule}/overrides")
    def take_turn(
        caller: Responder, schedule: ScheduleName, person: Name, ends_at: Short, starts_at: Short = ""
    ) -> Response:
        """Let somebody be on call for a time, whoever's turn it is."""
        now = context.clock()
        ends = typed_moment(ends_at)
        if ends is None:
            raise Invalid("say until when")
        with context.store.write() as connection:
            overrides.make(
                connection,
                schedule,
                person=person,
                starts_at=typed_moment(starts_at) or now,
                ends_at=ends,
                actor=caller.name,
                now=now,
                catalogue=context.catalogue,
            )
        return see("/on-call")

    @routes.post("/on-call/{schedule}/overrides/{number}/cancel")
    def give_back(caller: Responder, schedule: ScheduleName, number: Id) -> Response:
        """Give the turn back to its owner, for the time that is left."""
        with context.store.write() as connection:
            overrides.cancel(
                connection, schedule, number, actor=caller.name, now=context.clock(), catalogue=context.catalogue
            )
        return see("/on-call")


def _noon(day: date) -> datetime:
    if day.year not in _YEARS:
        raise Invalid(f"week: the year is {_YEARS.start} to {_YEARS.stop - 1}")
    return datetime.combine(day, time(12), UTC)


def _colors(catalogue: Catalogue) -> dict[str, int]:
    """Return the number of each person's colour; it stays as long as the catalogue's order of people."""
    people = catalogue.oncall.people if catalogue.oncall else ()
    return {person.name: place % _COLORS for place, person in enumerate(people)}
