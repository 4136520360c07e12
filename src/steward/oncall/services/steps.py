"""What one transaction makes of pages: steps that are taken, answers that are told; written at once at its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from steward.model import Catalogue, OnCall, Person, Target, Way
from steward.oncall.domain.escalation import due_at, resolved, taken
from steward.oncall.domain.page import Level, Page
from steward.oncall.domain.states import Kind, ResponseState
from steward.oncall.errors import Invalid
from steward.oncall.services import incidents, roster
from steward.oncall.store import events, outbox, pages
from steward.oncall.store.events import SYSTEM
from steward.oncall.store.outbox import Draft

_WORTH_TELLING = timedelta(seconds=5)

_LOG = structlog.stdlib.get_logger(__name__)


def on_call_of(catalogue: Catalogue) -> OnCall:
    """Return the catalogue's on-call; raises Invalid where it has none."""
    if catalogue.oncall is None:
        raise Invalid("the catalogue declares no on-call; give it `oncall=`")
    return catalogue.oncall


@dataclass(slots=True)
class Steps:
    """Collects what becomes of pages that are locked; `write` writes it."""

    connection: Connection
    now: datetime
    catalogue: Catalogue
    _pages: dict[int, Page] = field(default_factory=dict)
    _drafts: list[Draft] = field(default_factory=list)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _people: dict[tuple[Target, str, datetime], tuple[Person, ...]] = field(default_factory=dict)

    @property
    def oncall(self) -> OnCall:
        """The catalogue's on-call."""
        return on_call_of(self.catalogue)

    def keep(self, page: Page) -> None:
        """Note what became of a page."""
        self._pages[page.id] = page

    def say(
        self, page: Page, kind: str, text: str, *, actor: str = SYSTEM, data: Mapping[str, Any] | None = None
    ) -> None:
        """Note an event of a page."""
        row = events.row(
            kind, text, at=self.now, actor=actor, data=data, page_id=page.id, incident_id=page.incident_id
        )
        self._events.append(row)

    def write(self) -> None:
        """Write everything that was noted."""
        outbox.put_all(self.connection, self._drafts, now=self.now)
        pages.save(self.connection, list(self._pages.values()))
        events.record_all(self.connection, self._events)

    def tell(self, page: Page, late_by: timedelta = timedelta()) -> Page:
        """Take the next level, and where nobody is there, the one after at once; return the page after it."""
        first = page.step
        while (level := page.level) is not None:
            onwards = taken(page, self.oncall.business)
            if people := self._at(level.to, page.team):
                self._page(page, level, level.by, people, level.to.value, late_by)
                return onwards
            text = f"Nobody is there as {level.to.value}: on to the next level at once"
            self.say(page, "page.nobody", text, data={"step": page.step})
            page = onwards
        if first == 0 and page.levels:
            self._tell_stand_ins(page, late_by)
        return page

    def close(self, closing: Sequence[Page]) -> None:
        """Resolve pages whose alerts have ended, and tell it whoever was told of them."""
        told = outbox.told(self.connection, [page.id for page in closing])
        for page in closing:
            if page.id in told:
                self.answer(page, Kind.RESOLVED, told[page.id], {"actor": SYSTEM})
            elif not page.held:
                self._tell_afterwards(page)
            self.keep(resolved(page, SYSTEM, self.now))
            self.say(page, "page.resolved", "Resolved: its alerts have ended")
        pages.answer_alerts(self.connection, [page.id for page in closing], ResponseState.CLOSED)

    def answer(
        self,
        page: Page,
        kind: Kind,
        told: Iterable[outbox.Told],
        detail: Mapping[str, Any],
        *,
        at: datetime | None = None,
    ) -> None:
        """Tell people that a page was acknowledged or resolved."""
        for one in told:
            self._drafts.append(
                Draft(
                    key=f"page:{page.id}:{page.version}:{kind}:{one.way.value}:{one.address}",
                    kind=kind,
                    way=one.way,
                    address=one.address,
                    person=one.person if one.way is Way.EMAIL else "",
                    page_id=page.id,
                    step=page.step,
                    detail=detail,
                    due_at=at,
                )
            )

    def follow_incidents(self, changed: Iterable[Page], *, new: bool = False) -> None:
        """Let incidents follow pages; call it after `write`. A mistake there keeps nobody from being told."""
        follow = incidents.page_opened if new else incidents.page_changed
        for page in changed:
            if not new and page.incident_id is None:
                continue
            try:
                with self.connection.begin_nested():
                    follow(self.connection, page.id, now=self.now, catalogue=self.catalogue)
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # noqa: BLE001 - whatever it is, people are told
                _LOG.exception("an incident does not follow its page", page=page.id)

    def _page(
        self, page: Page, level: Level, ways: Iterable[Way], people: Sequence[Person], to: str, late_by: timedelta
    ) -> None:
        detail = {"to": to, "late_by_seconds": late_by.total_seconds(), "round": page.version}
        for way, address, person in self._places(ways, people):
            self._drafts.append(
                Draft(
                    key=f"page:{page.id}:{page.version}:{page.step}:{way.value}:{address}:{person}",
                    kind=Kind.PAGE,
                    way=way,
                    address=address,
                    person=person,
                    page_id=page.id,
                    step=page.step,
                    detail=detail,
                )
            )
        names = ", ".join(person.title for person in people)
        by = ", ".join(way.title for way in ways)
        late = f", late by {_shown(late_by)}" if late_by >= _WORTH_TELLING else ""
        told = {"step": page.step, "after_seconds": level.after.total_seconds()}
        self.say(page, "page.told", f"Telling the {to}, {names}, by {by}{late}", data=detail | told)

    def _tell_stand_ins(self, page: Page, late_by: timedelta) -> None:
        found = roster.stand_ins(self.connection, page.team, at=self.now, catalogue=self.catalogue)
        if found:
            self._page(page, page.levels[0], page.levels[0].by, found, "stand-in", late_by)
        else:
            self.say(page, "page.untold", "Nobody is there at any level, and the team has no contact to stand in")

    def _tell_afterwards(self, page: Page) -> None:
        """Tell of a page that ended before its first level was due, when that is due: nothing goes unseen."""
        if page.step > 0 or page.level is None:
            return
        at = due_at(page.level, page.counted_from, self.oncall.business) or self.now
        at = max(at, self.now)
        people = self._at(page.level.to, page.team, at)
        places = [outbox.Told(*place) for place in self._places(page.level.by, people)]
        self.answer(page, Kind.RESOLVED, places, {"actor": SYSTEM}, at=at)
        if places:
            self.say(
                page,
                "page.told_later",
                f"It ended before anybody was told; that will be told at {at:%F %H:%M} UTC",
            )

    def _at(self, target: Target, team: str, at: datetime | None = None) -> tuple[Person, ...]:
        key = (target, team, at or self.now)
        if key not in self._people:
            self._people[key] = self._look_up(target, team, at or self.now)
        return self._people[key]

    def _look_up(self, target: Target, team: str, at: datetime) -> tuple[Person, ...]:
        """Return whom the roster names; a mistake in it makes the next level be told, and not nobody."""
        try:
            return roster.people_for(self.connection, target, team, at=at, catalogue=self.catalogue)
        except SQLAlchemyError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, people are told
            _LOG.exception("the roster cannot be read", team=team, target=target.value)
            return ()

    def _places(self, ways: Iterable[Way], people: Sequence[Person]) -> list[tuple[Way, str, str]]:
        """Return way, address and person of each delivery; ways with one place for all tell it once."""
        found: list[tuple[Way, str, str]] = []
        for way in ways:
            match way:
                case Way.EMAIL:
                    found += [(way, person.email, person.name) for person in people]
                case Way.SLACK:
                    found += [(way, self.oncall.room, person.name) for person in people]
                case Way.PAGERDUTY | Way.WEBHOOK:
                    found += [(way, "", person.name) for person in people[:1]]
        return found


def _shown(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
