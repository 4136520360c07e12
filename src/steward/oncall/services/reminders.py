"""Telling people before a silence ends, because what it kept quiet may be heard again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue, OnCall, Way
from steward.oncall.domain.silencing import Silence
from steward.oncall.domain.states import Kind
from steward.oncall.services.silences import one_line, title
from steward.oncall.store import alerts, outbox, silences
from steward.oncall.store.events import record

_BEFORE = timedelta(minutes=15)
_WORTH_IT = timedelta(hours=1)
"""Whoever made a shorter silence remembers it."""


def remind(connection: Connection, *, now: datetime, catalogue: Catalogue) -> int:
    """Put a reminder into the outbox for each silence that ends soon, once; return how many silences that were."""
    if catalogue.oncall is None:
        return 0
    due = [
        one
        for one in silences.to_remind(connection, now=now, until=now + _BEFORE)
        if one.ends_at - one.starts_at >= _WORTH_IT and silences.remind(connection, one.id, now=now)
    ]
    for silence in due:
        _remind(connection, silence, now, catalogue.oncall)
    return len(due)


def _remind(connection: Connection, silence: Silence, now: datetime, oncall: OnCall) -> None:
    told = f"{title(silence)} ends at {silence.ends_at:%H:%M} UTC"
    for way, address, person in _addresses(silence, oncall):
        outbox.put(
            connection,
            key=f"silence:{silence.key}:reminder:{way.value}",
            kind=Kind.REMINDER,
            way=way,
            address=address,
            person=person,
            now=now,
            detail={
                "silence_id": silence.id,
                "title": told[:1].upper() + told[1:],
                "text": f"{_covered(connection, silence)} It was made by {one_line(silence.created_by)}: "
                f"{one_line(silence.reason)}",
            },
        )
    record(connection, "silence.reminded", told, at=now, silence_id=silence.id)


def _addresses(silence: Silence, oncall: OnCall) -> Iterator[tuple[Way, str, str]]:
    yield Way.SLACK, oncall.room, ""
    for person in oncall.people:
        if silence.created_by in {person.name, person.email}:
            yield Way.EMAIL, person.email, person.name


def _covered(connection: Connection, silence: Silence) -> str:
    if not silence.alert_name:
        return ""
    firing = [one for one in alerts.firing(connection) if one.name == silence.alert_name and one.silenced]
    if not firing:
        return "Nothing that it covers fires now."
    return f"{len(firing)} alert{'s' if len(firing) > 1 else ''} that it covers will be heard again."
