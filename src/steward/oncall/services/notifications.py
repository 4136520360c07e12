"""From a row of the outbox to what is told: the page as it stands now, its alerts, and links to answer it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, select

from steward.model import Catalogue, Way
from steward.oncall.deliver.notification import Actions, AlertLine, Notification
from steward.oncall.deliver.text import http_only, moment
from steward.oncall.domain.answers import Answer
from steward.oncall.domain.states import Kind, SourceState
from steward.oncall.services.links import sign
from steward.oncall.services.people import named
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.events import SYSTEM
from steward.oncall.store.outbox import OutboxRow
from steward.oncall.store.tables import alert, page

SHOWN = 10
"""At most so many alerts of a page are told one by one."""


def compose(
    connection: Connection, row: OutboxRow, *, catalogue: Catalogue, settings: OnCallSettings, now: datetime
) -> Notification:
    """Return what `row` tells. Each attempt says what holds at that moment, under the same key."""
    about = _page(connection, row.page_id)
    person = named(catalogue, row.person)
    detail = row.detail
    return Notification(
        key=row.key,
        kind=row.kind,
        address=row.address,
        created_at=row.created_at,
        title=_text(detail, "title") or (about.title if about else "On-call"),
        text=_text(detail, "text") or _quiet(detail),
        page_id=row.page_id,
        dedup_key=about.dedup_key if about else "",
        severity=about.severity if about else "",
        team=_team(catalogue, about.team) if about else "",
        opened_at=about.opened_at if about else None,
        alerts=_alerts(connection, row.page_id, catalogue),
        alerts_total=about.alerts_total if about else 0,
        alerts_firing=about.alerts_firing if about else 0,
        step=_text(detail, "to"),
        late_by=_late_by(detail),
        person=person.title if person else row.person,
        mention=person.slack if person else "",
        actor=_actor(catalogue, row.kind, about, detail),
        actions=_actions(row, settings, now),
    )


def _page(connection: Connection, page_id: int | None) -> Row[Any] | None:
    if page_id is None:
        return None
    return connection.execute(select(page).where(page.c.id == page_id)).one_or_none()


def _alerts(connection: Connection, page_id: int | None, catalogue: Catalogue) -> tuple[AlertLine, ...]:
    if page_id is None:
        return ()
    quiet = case((alert.c.source_state == SourceState.FIRING, 0), else_=1)
    rows = connection.execute(
        select(alert).where(alert.c.page_id == page_id).order_by(quiet, alert.c.starts_at, alert.c.id).limit(SHOWN)
    )
    return tuple(_line(row, catalogue) for row in rows)


def _line(row: Row[Any], catalogue: Catalogue) -> AlertLine:
    notes: Mapping[str, str] = row.annotations
    declared = next((one for one in catalogue.alerts if one.name == row.name), None)
    runbook = catalogue.links.runbooks + declared.runbook if declared else ""
    return AlertLine(
        name=row.name,
        summary=notes.get("summary", ""),
        description=notes.get("description", ""),
        labels=row.labels,
        starts_at=row.starts_at,
        firing=row.source_state == SourceState.FIRING,
        runbook_url=http_only(notes.get("runbook_url", "")) or runbook,
        dashboard_url=http_only(notes.get("dashboard_url", "")),
        query_url=http_only(row.generator_url),
    )


def _actions(row: OutboxRow, settings: OnCallSettings, now: datetime) -> Actions:
    """Return the links. Those that act go only to a mailbox, because they act for whoever reads it."""
    if row.page_id is None:
        return Actions()
    shown = f"{settings.public_url}/pages/{row.page_id}"
    reader = row.person or row.address
    if row.way is not Way.EMAIL or row.kind not in {Kind.PAGE, Kind.ACKNOWLEDGED}:
        return Actions(shown)
    resolve = sign(settings, row.page_id, Answer.RESOLVE, reader, now=now)
    if row.kind is Kind.ACKNOWLEDGED:
        return Actions(shown, resolve=resolve)
    return Actions(shown, sign(settings, row.page_id, Answer.ACKNOWLEDGE, reader, now=now), resolve)


def _actor(catalogue: Catalogue, kind: Kind, about: Row[Any] | None, detail: Mapping[str, Any]) -> str:
    found = _text(detail, "actor")
    if not found and about is not None and kind is not Kind.PAGE:
        found = (about.acknowledged_by if kind is Kind.ACKNOWLEDGED else about.resolved_by) or ""
    if found == SYSTEM:
        return ""
    person = named(catalogue, found)
    return person.title if person else found


def _quiet(detail: Mapping[str, Any]) -> str:
    """Return until when a page is snoozed; empty where it is not."""
    until = _text(detail, "until")
    if not until:
        return ""
    return f"Snoozed until {moment(datetime.fromisoformat(until))}: it is told again then if it still fires."


def _team(catalogue: Catalogue, name: str) -> str:
    return next((team.title for team in catalogue.teams if team.name == name), name)


def _late_by(detail: Mapping[str, Any]) -> timedelta:
    seconds = detail.get("late_by_seconds", 0)
    return timedelta(seconds=seconds) if isinstance(seconds, int | float) else timedelta()


def _text(detail: Mapping[str, Any], name: str) -> str:
    found = detail.get(name, "")
    return found if isinstance(found, str) else ""
