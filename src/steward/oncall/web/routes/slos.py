"""The objectives with their budgets."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from steward.oncall.context import Context
from steward.oncall.errors import NotFound
from steward.oncall.services.objectives import ObjectiveState, objectives
from steward.oncall.web.access import Viewer


class BurnView(BaseModel):
    """How fast the budget is spent, as one level of alert sees it."""

    model_config = ConfigDict(from_attributes=True)

    level: str
    factor: float
    long_window: str
    short_window: str
    long: float | None
    short: float | None
    burning: bool


class ObjectiveView(BaseModel):
    """One objective, or one group of it; what is not known yet is null."""

    name: str
    title: str
    team: str
    objective_percent: float
    window: str
    group: dict[str, str]
    budget_remaining: float | None
    coverage: float | None
    events: float | None
    bad_events: float | None
    burn_rates: list[BurnView]
    runbook: str


class Objectives(BaseModel):
    """Objectives in the catalogue's order."""

    slos: list[ObjectiveView]


def router(context: Context) -> APIRouter:
    """Return the operations on objectives."""
    routes = APIRouter(tags=["objectives"])

    @routes.get("/slos")
    def get_slos(_caller: Viewer) -> Objectives:
        """List the objectives with what is left of their budgets, their burn rates and coverage."""
        return Objectives(slos=[view(one) for one in objectives(context.prometheus, context.catalogue)])

    @routes.get("/slos/{name}")
    def get_slo(_caller: Viewer, name: str) -> Objectives:
        """Show one objective: one entry, or one for each of its groups."""
        known = [slo.name for slo in context.catalogue.slos]
        if name not in known:
            raise NotFound(f"no objective is called {name!r}; known: {', '.join(known)}")
        found = objectives(context.prometheus, context.catalogue)
        return Objectives(slos=[view(one) for one in found if one.slo.name == name])

    return routes


def view(state: ObjectiveState) -> ObjectiveView:
    """Return an objective as the API shows it."""
    slo = state.slo
    return ObjectiveView(
        name=slo.name,
        title=slo.title,
        team=slo.team.name,
        objective_percent=slo.objective,
        window=str(slo.window),
        group=dict(state.group),
        budget_remaining=state.budget_remaining,
        coverage=state.coverage,
        events=state.events,
        bad_events=state.bad_events,
        burn_rates=[BurnView.model_validate(burn) for burn in state.burn_rates],
        runbook=slo.runbook,
    )
