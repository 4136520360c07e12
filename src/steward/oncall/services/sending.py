"""Sending: what each verdict means for a delivery, and for the page it is about."""

import random
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict
from steward.oncall.domain.backoff import pause_seconds
from steward.oncall.domain.escalation import hurried
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import Kind, PageState
from steward.oncall.store import outbox, pages
from steward.oncall.store.events import record
from steward.oncall.store.outbox import OutboxRow

TIRED = 300
"""After so many failures, a day or more, a delivery is given up unless it is a page of an open page."""
_LONGEST_REASON = 500


def mark(connection: Connection, row: OutboxRow, verdict: Verdict, *, now: datetime) -> bool:
    """Write what became of an attempt; return whether that makes something due at once.

    A page that reached nobody at one level goes to the next at once.
    """
    match verdict:
        case Delivered():
            return _delivered(connection, row, now)
        case Refused(why=why):
            return _refused(connection, row, why, now)
        case Retry(why=why, after_seconds=asked):
            if row.verdicts + 1 >= TIRED and not _must_arrive(connection, row):
                return _refused(connection, row, f"given up after {row.verdicts + 1} attempts: {why}", now)
            _postponed(connection, row, why, asked, now)
            return False


def _delivered(connection: Connection, row: OutboxRow, now: datetime) -> bool:
    if outbox.delivered(connection, row, now=now):
        _say(connection, row, "delivery.delivered", f"{_shown(row)} was delivered", now)
    # What waited behind it may go out.
    return True


def _postponed(connection: Connection, row: OutboxRow, why: str, asked: float | None, now: datetime) -> None:
    chance = random.random()  # noqa: S311 - it spreads attempts, and protects nothing
    pause = timedelta(seconds=pause_seconds(row.verdicts + 1, chance=chance, asked=asked))
    written = outbox.postponed(connection, row, why[:_LONGEST_REASON], until=now + pause)
    if written and row.verdicts == 0:
        _say(connection, row, "delivery.failed", f"{_shown(row)} failed, and will be tried again: {why}", now)


def _refused(connection: Connection, row: OutboxRow, why: str, now: datetime) -> bool:
    # Whoever answers a page locks it before its deliveries; the same order keeps both from waiting in a circle.
    page = pages.lock(connection, row.page_id) if row.page_id is not None else None
    if outbox.refused(connection, row, why[:_LONGEST_REASON], now=now):
        _say(connection, row, "delivery.refused", f"{_shown(row)} was refused: {why}", now)
        if page is not None and row.kind is Kind.PAGE:
            _on_to_next(connection, row, page, now)
    return True


def _on_to_next(connection: Connection, row: OutboxRow, page: Page, now: datetime) -> None:
    answered = page.state is not PageState.OPEN
    if answered or page.step != row.step + 1 or not outbox.all_refused(connection, row):
        return
    if page.level is None:
        record(connection, "page.untold", "Nobody of its last level could be told", at=now, page_id=page.id)
        return
    text = f"Nobody could be told as {row.detail.get('to', '')}: on to the next level at once"
    record(connection, "page.unreached", text, at=now, page_id=page.id, incident_id=page.incident_id)
    pages.save(connection, [hurried(page, now)])


def _must_arrive(connection: Connection, row: OutboxRow) -> bool:
    if row.kind is not Kind.PAGE or row.page_id is None:
        return False
    return pages.get(connection, row.page_id).state is PageState.OPEN


def _shown(row: OutboxRow) -> str:
    who = row.person or row.address or "everybody there"
    return f"{row.kind.value.capitalize()} to {who} by {row.way.title}"


def _say(connection: Connection, row: OutboxRow, kind: str, text: str, now: datetime) -> None:
    data = {"key": row.key, "way": row.way.value, "attempts": row.attempts}
    record(connection, kind, text[:_LONGEST_REASON], at=now, page_id=row.page_id, data=data)
