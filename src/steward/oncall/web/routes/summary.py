"""Everything at a glance."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from steward.oncall.context import Context
from steward.oncall.services.summary import Measured, Open, measured, open_now
from steward.oncall.web.access import Viewer
from steward.oncall.web.routes.slos import ObjectiveView
from steward.oncall.web.routes.slos import view as objective_view


class FigureView(BaseModel):
    """What a recording rule of the catalogue says now."""

    name: str
    meaning: str
    value: float


class TargetView(BaseModel):
    """What is scraped under one job."""

    model_config = ConfigDict(from_attributes=True)

    job: str
    up: int
    total: int


class Summary(BaseModel):
    """What fires, what is being worked on, what the platform does, and how the objectives stand."""

    alerts_firing: dict[str, int]
    alerts_silenced: int
    pages: dict[str, int]
    incidents_open: int
    figures: list[FigureView]
    targets: list[TargetView]
    slos: list[ObjectiveView]
    problem: str | None
    """Why figures, targets and objectives are missing; null when they are not."""


def router(context: Context) -> APIRouter:
    """Return the summary."""
    routes = APIRouter(tags=["summary"])

    @routes.get("/summary")
    def get_summary(_caller: Viewer) -> Summary:
        """Show everything at a glance; `problem` says why a part is empty."""
        with context.store.read() as connection:
            now = open_now(connection)
        return _view(now, measured(context.prometheus, context.catalogue))

    return routes


def _view(now: Open, said: Measured) -> Summary:
    return Summary(
        alerts_firing=dict(now.firing),
        alerts_silenced=now.silenced,
        pages=dict(now.pages),
        incidents_open=now.incidents,
        figures=[
            FigureView(name=one.rule.name, meaning=one.rule.meaning, value=one.value) for one in said.figures
        ],
        targets=[TargetView.model_validate(one) for one in said.targets],
        slos=[objective_view(one) for one in said.objectives],
        problem=said.problem,
    )
