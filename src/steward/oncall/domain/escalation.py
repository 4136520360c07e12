"""What becomes of a page: whom time moves it to, and what alerts and people make of it.

    opens -> level 0 -> level 1 … while nobody acknowledges
    its alerts end -> it settles -> closed; fires again before -> the same page goes on
    all silenced -> held; snoozed -> quiet: both begin again at level 0 when they end and it still fires

A level that was missed is taken late; none is ever left out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.model import BusinessDays
from steward.oncall.domain.business import next_business_moment
from steward.oncall.domain.page import Level, Page
from steward.oncall.domain.states import PageState

_SKEW = timedelta(seconds=10)
"""Clocks of replicas differ by less; a page counted from later than that shows that the clock went back."""


@dataclass(frozen=True, slots=True)
class Take:
    """Tell the next level."""

    late_by: timedelta


@dataclass(frozen=True, slots=True)
class Awaken:
    """The snooze is over: begin again."""

    late_by: timedelta


@dataclass(frozen=True, slots=True)
class Close:
    """Its alerts ended, and stayed so."""


Decision = Take | Awaken | Close


@dataclass(frozen=True, slots=True)
class Count:
    """The alerts of a page."""

    total: int
    """How many different ones there were."""
    firing: int
    heard: int
    """How many of those that fire are not silenced."""


def decide(page: Page, now: datetime) -> Decision | None:
    """Say what time asks of a page; None to leave it."""
    if page.state is PageState.RESOLVED:
        return None
    if page.closes_at is not None:
        return Close() if page.closes_at <= now else None
    if page.held or page.next_at is None or page.next_at > now:
        return None
    late_by = now - page.next_at
    return Take(late_by) if page.snoozed_until is None else Awaken(late_by)


def due_at(level: Level | None, counted_from: datetime, business: BusinessDays) -> datetime | None:
    """Return when a level is due; None for no level."""
    if level is None:
        return None
    moment = counted_from + level.after
    return next_business_moment(business, moment) if level.on_business_day else moment


def begun(page: Page, now: datetime, business: BusinessDays) -> Page:
    """Return the page with its policy at the beginning, counted from now."""
    fresh = replace(
        page,
        state=PageState.OPEN,
        counted_from=now,
        step=0,
        snoozed_until=None,
        acknowledged_by=None,
        acknowledged_at=None,
    )
    return replace(fresh, next_at=due_at(fresh.level, now, business))


def taken(page: Page, business: BusinessDays) -> Page:
    """Return the page with its present level behind it."""
    onwards = replace(page, step=page.step + 1)
    return replace(onwards, next_at=due_at(onwards.level, page.counted_from, business))


def hurried(page: Page, now: datetime) -> Page:
    """Return the page with its next level due at once, or as soon as it goes on where it waits.

    The levels after that keep their time, except where it waits.
    """
    if page.level is None:
        return page
    if page.held or page.closes_at is not None:
        return replace(page, counted_from=min(page.counted_from, now - page.level.after))
    return replace(page, next_at=now)


def counted(page: Page, count: Count, *, now: datetime, settles: timedelta, business: BusinessDays) -> Page:
    """Return the page as its alerts make it: it settles, goes on, is held, or begins again after being held."""
    page = replace(page, alerts_total=count.total, alerts_firing=count.firing)
    if not count.firing:
        return replace(page, closes_at=page.closes_at or now + settles, next_at=None)
    settled, held = page.closes_at is not None, page.held
    page = replace(page, closes_at=None, held=count.heard == 0)
    if page.held:
        return replace(page, next_at=None)
    if held and page.state is PageState.OPEN:
        return begun(page, now, business)
    return resumed(page, now, business) if held or settled else page


def resumed(page: Page, now: datetime, business: BusinessDays) -> Page:
    """Return the page going on where it stood when it began to settle or was held; what it missed is due now."""
    due = page.snoozed_until
    if page.state is PageState.OPEN:
        due = due_at(page.level, page.counted_from, business)
    return replace(page, next_at=due and max(due, now))


def acknowledged(page: Page, actor: str, now: datetime) -> Page:
    """Return the page with somebody at work on it."""
    return replace(
        page,
        state=PageState.ACKNOWLEDGED,
        next_at=None,
        snoozed_until=None,
        acknowledged_by=actor,
        acknowledged_at=now,
    )


def snoozed(page: Page, until: datetime, actor: str, now: datetime) -> Page:
    """Return the page quiet until then."""
    waits = page.held or page.closes_at is not None
    return replace(acknowledged(page, actor, now), snoozed_until=until, next_at=None if waits else until)


def resolved(page: Page, actor: str, now: datetime) -> Page:
    """Return the page at its end."""
    return replace(
        page,
        state=PageState.RESOLVED,
        next_at=None,
        closes_at=None,
        snoozed_until=None,
        resolved_by=actor,
        resolved_at=now,
    )


def escalated(page: Page, now: datetime) -> Page:
    """Return the page with its next level due now, by hand; the ones after keep their distance from that one."""
    level = page.level
    if level is None:
        return page
    return replace(
        page,
        state=PageState.OPEN,
        counted_from=now - level.after,
        next_at=now,
        snoozed_until=None,
        acknowledged_by=None,
        acknowledged_at=None,
    )


def set_right(page: Page, *, now: datetime, settles: timedelta, business: BusinessDays) -> Page:
    """Return the page with nothing further away than it can be, after the clock went back.

    So a wrong clock that is set right makes nobody wait longer than the policy says, counted from then.
    """
    if page.closes_at is not None and page.closes_at > now + settles + _SKEW:
        page = replace(page, closes_at=now + settles)
    if page.counted_from <= now + _SKEW:
        return page
    page = replace(page, counted_from=now)
    if page.next_at is None or page.snoozed_until is not None:  # people chose the end of a snooze
        return page
    return replace(page, next_at=due_at(page.level, now, business))
