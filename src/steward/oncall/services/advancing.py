"""What time makes of pages: steps that are due, snoozes that end, pages that stayed quiet."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.domain.escalation import Awaken, Close, Take, begun, decide, set_right
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import ResponseState
from steward.oncall.services.steps import Steps
from steward.oncall.store import pages

_SKEW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Advanced:
    """What was done."""

    lags: tuple[float, ...]
    """For each step that was taken, how many seconds after it was due."""
    closed: int
    more: bool
    """Whether more may be due: advance again at once."""


def advance(connection: Connection, *, now: datetime, catalogue: Catalogue, limit: int) -> Advanced:
    """Take one step of each page that is due, and close what stayed quiet; at most `limit` of each.

    Pages that another replica is at work on are left to it.
    """
    steps = Steps(connection, now, catalogue)
    _set_right(steps)
    settled = [page for page in pages.lock_settled(connection, now=now, limit=limit) if _is(page, now)]
    steps.close(settled)
    due = pages.lock_due(connection, now=now, limit=limit)
    lags = [lag for page in due if (lag := _advance(steps, page)) is not None]
    steps.write()
    steps.follow_incidents(settled)
    return Advanced(tuple(lags), len(settled), bool(lags) or len(settled) == limit)


def _is(page: Page, now: datetime) -> bool:
    return isinstance(decide(page, now), Close)


def _advance(steps: Steps, page: Page) -> float | None:
    match decide(page, steps.now):
        case Take(late_by=late_by):
            steps.keep(steps.tell(page, late_by))
        case Awaken(late_by=late_by):
            awake = begun(page, steps.now, steps.oncall.business)
            steps.say(awake, "page.awake", "The snooze is over, and it still fires")
            pages.answer_alerts(steps.connection, [page.id], ResponseState.OPEN)
            steps.keep(awake)
        case _:
            steps.keep(replace(page, next_at=None))
            return None
    return late_by.total_seconds()


def _set_right(steps: Steps) -> None:
    """After the clock went back, let nobody wait longer than from now on."""
    settles = timedelta(milliseconds=steps.oncall.settles_after.milliseconds)
    ahead = pages.lock_ahead(
        steps.connection, counted_after=steps.now + _SKEW, closes_after=steps.now + settles + _SKEW
    )
    changed = [set_right(page, now=steps.now, settles=settles, business=steps.oncall.business) for page in ahead]
    for page in changed:
        steps.say(page, "page.set_right", "The clock went back: counted from now on")
    pages.save(steps.connection, changed)
