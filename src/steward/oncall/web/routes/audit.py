"""The audit: who did what, and what the service did by itself."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from steward.oncall.context import Context
from steward.oncall.store import audit
from steward.oncall.web import patterns
from steward.oncall.web.access import Admin

_LARGEST_ID = 2**63 - 1

Before = Annotated[int | None, Query(ge=1, le=_LARGEST_ID, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
Actor = Annotated[str, Query(max_length=200, pattern=patterns.ANY, description="only what they did")]
Kind = Annotated[
    str, Query(max_length=100, pattern=r"^[a-z_.]*$", description="a kind, `page.opened`, or its subject, `page`")
]


class EventView(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    kind: str
    actor: str
    text: str
    data: dict[str, Any]
    alert_id: int | None
    page_id: int | None
    incident_id: int | None
    silence_id: int | None


class Audit(BaseModel):
    """What happened, the newest first."""

    events: list[EventView]
    next: Annotated[int | None, Field(description="`before` of the next page; null at the end")]


def router(context: Context) -> APIRouter:
    """Return the reading of the audit."""
    routes = APIRouter(tags=["access"])

    @routes.get("/audit")
    def get_audit(
        _caller: Admin, before: Before = None, limit: Limit = 100, actor: Actor = "", kind: Kind = ""
    ) -> Audit:
        """List what happened, the newest first."""
        with context.store.read() as connection:
            found = audit.newest(connection, before=before, limit=limit, actor=actor, kind=kind)
        following = found[-1].id if len(found) == limit else None
        return Audit(events=[EventView.model_validate(one) for one in found], next=following)

    return routes
