"""What people make of pages. Each raises NotFound, and Conflict for a page that is resolved."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.domain import escalation
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import Kind, PageState, ResponseState
from steward.oncall.errors import Conflict, Invalid
from steward.oncall.services.steps import Steps, on_call_of
from steward.oncall.store import outbox, pages


def acknowledge(connection: Connection, page_id: int, *, actor: str, now: datetime, catalogue: Catalogue) -> Page:
    """Stop the escalation: `actor` looks at it. A page that is acknowledged already stays as it is."""
    page = _unresolved(connection, page_id)
    if page.state is PageState.ACKNOWLEDGED and page.snoozed_until is None:
        return page
    steps = Steps(connection, now, catalogue)
    steps.say(page, "page.acknowledged", f"Acknowledged by {actor}", actor=actor)
    after = escalation.acknowledged(page, actor, now)
    return _answered(steps, page, after, Kind.ACKNOWLEDGED, {"actor": actor})


def snooze(
    connection: Connection, page_id: int, *, until: datetime, actor: str, now: datetime, catalogue: Catalogue
) -> Page:
    """Keep a page quiet until then; if it still fires, its policy begins again. Raises Invalid for a bad time."""
    longest = on_call_of(catalogue).longest_silence
    if until <= now:
        raise Invalid(f"a snooze ends in the future, and {until.isoformat()} is past; name a later time")
    if until > now + timedelta(milliseconds=longest.milliseconds):
        raise Invalid(f"a snooze lasts at most {longest}; name an earlier time than {until.isoformat()}")
    page = _unresolved(connection, page_id)
    steps = Steps(connection, now, catalogue)
    steps.say(page, "page.snoozed", f"Snoozed until {until:%F %H:%M} UTC by {actor}", actor=actor)
    after = escalation.snoozed(page, until, actor, now)
    return _answered(steps, page, after, Kind.ACKNOWLEDGED, {"actor": actor, "until": until.isoformat()})


def resolve(connection: Connection, page_id: int, *, actor: str, now: datetime, catalogue: Catalogue) -> Page:
    """End a page by hand, whatever its alerts say. A page that is resolved already stays as it is."""
    page = pages.lock(connection, page_id)
    if page.state is PageState.RESOLVED:
        return page
    steps = Steps(connection, now, catalogue)
    firing = f" while {page.alerts_firing} of its alerts fire" if page.alerts_firing else ""
    steps.say(page, "page.resolved", f"Resolved by {actor}{firing}", actor=actor)
    return _answered(steps, page, escalation.resolved(page, actor, now), Kind.RESOLVED, {"actor": actor})


def escalate(connection: Connection, page_id: int, *, actor: str, now: datetime, catalogue: Catalogue) -> Page:
    """Tell the next level at once; raises Conflict also where every level was told."""
    page = _unresolved(connection, page_id)
    if page.level is None:
        raise Conflict(f"page {page_id}: every level of its policy was told already")
    steps = Steps(connection, now, catalogue)
    steps.say(page, "page.escalated", f"Escalated by {actor}", actor=actor)
    after = steps.tell(escalation.escalated(page, now))
    if after.held or after.closes_at is not None:
        after = replace(after, next_at=None)
    steps.keep(after)
    pages.answer_alerts(connection, [page_id], ResponseState.OPEN)
    steps.write()
    steps.follow_incidents([after])
    return after


def _unresolved(connection: Connection, page_id: int) -> Page:
    page = pages.lock(connection, page_id)
    if page.state is PageState.RESOLVED:
        raise Conflict(f"page {page_id} is resolved already")
    return page


def _answered(steps: Steps, before: Page, after: Page, kind: Kind, detail: dict[str, str]) -> Page:
    # What is leased at this moment is not cancelled; it counts among what was told, and its answer waits for it.
    outbox.cancel(steps.connection, [before.id], now=steps.now)
    told = outbox.told(steps.connection, [before.id]).get(before.id, [])
    steps.answer(before, kind, told, detail)
    steps.keep(after)
    response = ResponseState.CLOSED if kind is Kind.RESOLVED else ResponseState.ACKNOWLEDGED
    pages.answer_alerts(steps.connection, [before.id], response)
    steps.write()
    steps.follow_incidents([after])
    return after
