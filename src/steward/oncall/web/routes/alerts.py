"""Alerts: what fires, and what fired before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from steward.model import Severity
from steward.oncall.context import Context
from steward.oncall.domain.states import ResponseState, SourceState
from steward.oncall.errors import NotFound
from steward.oncall.store import alerts
from steward.oncall.store.alerts import AlertRow, Wanted
from steward.oncall.web import patterns
from steward.oncall.web.access import Viewer

_MOST = 500
_HISTORY = 20
_LARGEST_ID = 2**63 - 1


class AlertView(BaseModel):
    """One time that an alert fired. Labels and annotations are as the source gave them: escape what you show."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    source: str
    fingerprint: str
    name: str
    severity: str
    team: str
    labels: dict[str, str]
    annotations: dict[str, str]
    generator_url: str
    starts_at: datetime
    source_state: SourceState
    response_state: ResponseState
    silenced: bool
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    page_id: int | None
    incident_id: int | None


class Alerts(BaseModel):
    """Some alerts, newest first."""

    alerts: list[AlertView]
    next: int | None = None
    """Ask again with `before` set to it for older ones; null: there are no more."""

    @classmethod
    def of(cls, rows: Sequence[AlertRow], limit: int) -> Self:
        """Show at most `limit` of the rows; one more says that there are more."""
        views = [AlertView.model_validate(row) for row in rows[:limit]]
        return cls(alerts=views, next=views[-1].id if len(rows) > limit else None)


class OneAlert(BaseModel):
    """An alert by its name."""

    name: str
    runbook: str | None
    """Slug, of an alert that the catalogue declares."""
    firing: list[AlertView]
    history: list[AlertView]
    """The last times it fired and ended."""


Limit = Annotated[int, Query(ge=1, le=_MOST)]
Before = Annotated[int | None, Query(ge=1, le=_LARGEST_ID, description="where the last answer ended")]
Name = Annotated[str | None, Query(max_length=500, pattern=patterns.ANY, description="alertname")]
Team = Annotated[str | None, Query(max_length=100, pattern=patterns.ANY)]


def router(context: Context) -> APIRouter:
    """Return the operations on alerts."""
    routes = APIRouter(tags=["alerts"])
    runbooks = {alert.name: alert.runbook for alert in context.catalogue.alerts}

    def answer(wanted: Wanted, limit: int) -> Alerts:
        with context.store.read() as connection:
            return Alerts.of(alerts.find(connection, wanted, limit=limit + 1), limit)

    @routes.get("/alerts")
    def get_alerts(
        _caller: Viewer,
        name: Name = None,
        severity: Severity | None = None,
        team: Team = None,
        response: Annotated[ResponseState | None, Query(description="what people did about it")] = None,
        silenced: bool | None = None,
        before: Before = None,
        limit: Limit = 100,
    ) -> Alerts:
        """List the alerts that fire."""
        wanted = Wanted(
            name=name,
            severity=severity.value if severity else None,
            team=team,
            response=response,
            silenced=silenced,
            state=SourceState.FIRING,
            before=before,
        )
        return answer(wanted, limit)

    @routes.get("/alerts/history")
    def get_history(
        _caller: Viewer,
        name: Name = None,
        severity: Severity | None = None,
        team: Team = None,
        since: Annotated[AwareDatetime | None, Query(description="first seen at that time or later")] = None,
        until: Annotated[AwareDatetime | None, Query(description="first seen before that time")] = None,
        before: Before = None,
        limit: Limit = 100,
    ) -> Alerts:
        """List every time that alerts fired, those that still fire among them."""
        wanted = Wanted(
            name=name,
            severity=severity.value if severity else None,
            team=team,
            since=since,
            until=until,
            before=before,
        )
        return answer(wanted, limit)

    @routes.get("/alerts/{name}")
    def get_alert(_caller: Viewer, name: Annotated[str, Path(max_length=500, pattern=patterns.ANY)]) -> OneAlert:
        """Show an alert: where it fires now, and the last times it did."""
        with context.store.read() as connection:
            firing = alerts.find(connection, Wanted(name=name, state=SourceState.FIRING), limit=_MOST)
            ended = alerts.find(connection, Wanted(name=name, state=SourceState.RESOLVED), limit=_HISTORY)
        if not firing and not ended and name not in runbooks:
            raise NotFound(f"no alert is called {name!r:.100}, and none of that name ever came")
        return OneAlert(
            name=name,
            runbook=runbooks.get(name),
            firing=[AlertView.model_validate(row) for row in firing],
            history=[AlertView.model_validate(row) for row in ended],
        )

    return routes
