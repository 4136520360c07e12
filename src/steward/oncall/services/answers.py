"""Answers that come from messages: a button in Slack, a link in a mail."""

from datetime import datetime

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.domain.answers import Answer
from steward.oncall.services import paging


def answer(
    connection: Connection, page_id: int, said: Answer, *, actor: str, now: datetime, catalogue: Catalogue
) -> str:
    """Acknowledge or resolve in the name of `actor`; raises NotFound, Conflict.

    Return empty, or who was quicker: then nothing was changed.
    """
    if said is Answer.ACKNOWLEDGE:
        page = paging.acknowledge(connection, page_id, actor=actor, now=now, catalogue=catalogue)
        first = page.acknowledged_by
    else:
        page = paging.resolve(connection, page_id, actor=actor, now=now, catalogue=catalogue)
        first = page.resolved_by
    return "" if first == actor else f"page {page_id} was {page.state} before, by {first}"
