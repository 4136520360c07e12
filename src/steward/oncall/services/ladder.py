"""The escalation of a page as people see it: who was told, who is next and when, who comes after that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from steward.model import Catalogue, Person
from steward.oncall.domain.escalation import due_at
from steward.oncall.domain.page import Level, Page
from steward.oncall.domain.states import PageState
from steward.oncall.services.roster import people_for
from steward.oncall.store import pages
from steward.oncall.store.pages import Wanted

MOST = 50
"""Pages whose escalation is shown."""


class RungState(StrEnum):
    """Where a level stands."""

    TOLD = "told"
    NEXT = "next"
    LATER = "later"
    STOPPED = "stopped"
    """It is not told: somebody answered, or the page is silenced or settles."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a page."""

    level: Level
    people: tuple[Person, ...]
    """Whom it tells as things are now; empty where nobody is there."""
    state: RungState
    at: datetime | None = None
    """When it is told; None for one that was told or is not told."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A page with its levels."""

    page: Page
    rungs: tuple[Rung, ...]


def ladders(connection: Connection, *, at: datetime, catalogue: Catalogue) -> tuple[Ladder, ...]:
    """Return the escalation of every page that nobody has resolved, those that nobody has answered first."""
    found = pages.find(connection, Wanted((PageState.OPEN, PageState.ACKNOWLEDGED)), limit=MOST)
    ordered = sorted(found, key=lambda page: (page.state is not PageState.OPEN, page.next_at is None, page.id))
    return tuple(ladder(connection, page, at=at, catalogue=catalogue) for page in ordered)


def ladder(connection: Connection, page: Page, *, at: datetime, catalogue: Catalogue) -> Ladder:
    """Return the escalation of one page."""
    return Ladder(page, tuple(_rungs(connection, page, at, catalogue)))


def _rungs(connection: Connection, page: Page, at: datetime, catalogue: Catalogue) -> Iterator[Rung]:
    goes_on = page.state is PageState.OPEN and page.next_at is not None
    for place, level in enumerate(page.levels):
        due = _due(page, place, catalogue) if goes_on and place >= page.step else None
        people = people_for(connection, level.to, page.team, at=due or at, catalogue=catalogue)
        yield Rung(level, people, _state(page, place, goes_on), due)


def _state(page: Page, place: int, goes_on: bool) -> RungState:
    if place < page.step:
        return RungState.TOLD
    if not goes_on:
        return RungState.STOPPED
    return RungState.NEXT if place == page.step else RungState.LATER


def _due(page: Page, place: int, catalogue: Catalogue) -> datetime | None:
    if place == page.step or catalogue.oncall is None:
        return page.next_at
    return due_at(page.levels[place], page.counted_from, catalogue.oncall.business)
