"""The rules as Prometheus evaluates them."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, field_validator

from steward.oncall.context import Context
from steward.oncall.web.access import Viewer


class RuleKind(StrEnum):
    """What a rule makes."""

    ALERTING = "alerting"
    RECORDING = "recording"


class RuleState(StrEnum):
    """Where an alerting rule stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


class RuleView(BaseModel):
    """One rule."""

    model_config = ConfigDict(from_attributes=True)

    group: str
    name: str
    kind: RuleKind
    query: str
    health: str
    last_error: str
    state: RuleState | None
    for_seconds: float
    alerts: int
    labels: dict[str, str]
    annotations: dict[str, str]
    runbook: str | None = None
    """Of an alert that the catalogue declares."""

    @field_validator("state", mode="before")
    @classmethod
    def _none_for_recordings(cls, state: str) -> str | None:
        return state or None


class Rules(BaseModel):
    """Every rule that was asked for."""

    rules: list[RuleView]


def router(context: Context) -> APIRouter:
    """Return the operations on rules."""
    routes = APIRouter(tags=["rules"])
    runbooks = {alert.name: alert.runbook for alert in context.catalogue.alerts}

    @routes.get("/rules")
    def get_rules(
        _caller: Viewer,
        kind: Annotated[RuleKind | None, Query(description="only these")] = None,
        state: Annotated[RuleState | None, Query(description="only alerting rules in this state")] = None,
    ) -> Rules:
        """List the rules with their state, health and last error, as Prometheus evaluates them."""
        views = (
            RuleView.model_validate(rule).model_copy(update={"runbook": runbooks.get(rule.name)})
            for rule in context.prometheus.rules()
        )
        return Rules(
            rules=[
                view
                for view in views
                if (kind is None or view.kind is kind) and (state is None or view.state is state)
            ]
        )

    return routes
