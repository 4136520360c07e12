"""The objectives: what is left of each budget, how fast it burns, and which alert fires next."""

from collections import Counter
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from steward.compile.slo import names
from steward.compile.slo.plan import Plan, plans
from steward.dashboards.charts import chart
from steward.model import SLO, Ratio
from steward.oncall.context import Context
from steward.oncall.errors import NotFound, Unavailable
from steward.oncall.services.burning import Reading, readings, worst
from steward.oncall.services.kept import Kept
from steward.oncall.web import patterns
from steward.oncall.web.access import Viewer
from steward.oncall.web.console import slo_charts
from steward.oncall.web.console.charts import Wanted, told
from steward.oncall.web.console.slo_charts import Which
from steward.oncall.web.console.view import View
from steward.promql.written import number

_LONGEST_VALUE = 500

Name = Annotated[str, Path(min_length=1, max_length=200, pattern=patterns.LINE)]


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages of the objectives; Prometheus is asked once for everybody who looks."""
    objectives = Objectives(context)
    _listing(routes, objectives, view)
    _showing(routes, objectives, view)
    _drawing(routes, context, objectives)


class Objectives:
    """What is known of the objectives."""

    def __init__(self, context: Context) -> None:
        scale = context.settings.time_scale
        self.catalogue = context.catalogue
        self._plans = {one.slo.name: one for one in plans(self.catalogue, self.catalogue.collection, scale)}
        self._measured = Kept(lambda: readings(context.prometheus, context.catalogue, scale=scale))

    def found(self) -> tuple[list[Reading], str]:
        """Return how every group stands; nothing, and why, where that is not known."""
        try:
            return self._measured(), ""
        except Unavailable as error:
            return [], str(error)

    def plan(self, name: str) -> Plan:
        """Return an objective with what its rules are made of; raises NotFound."""
        if name not in self._plans:
            known = ", ".join(self._plans) or "none"
            raise NotFound(f"no objective is called {name!r:.100}; known: {known}")
        return self._plans[name]


def _listing(routes: APIRouter, objectives: Objectives, view: View) -> None:
    slos = objectives.catalogue.slos

    @routes.get("/slos")
    def show_slos(request: Request, caller: Viewer) -> Response:
        """Show every objective, in its worst group."""
        everything, problem = objectives.found()
        groups = Counter(one.state.slo.name for one in everything)
        shown = {one.state.slo.name: one for one in worst(everything)}
        return view.page(
            request,
            caller,
            "slos.html",
            slos=[(slo, shown.get(slo.name), groups[slo.name]) for slo in slos],
            problem=problem,
        )


def _showing(routes: APIRouter, objectives: Objectives, view: View) -> None:
    @routes.get("/slos/{name}")
    def show_slo(request: Request, caller: Viewer, name: Name) -> Response:
        """Show one objective; of several groups, the one that the address names, else the worst."""
        plan = objectives.plan(name)
        slo, group = plan.slo, _group(request, plan)
        everything, problem = objectives.found()
        groups = [one for one in everything if one.state.slo == slo]
        reading = chosen(groups, group)
        coverage = reading.state.coverage if reading else None
        return view.page(
            request,
            caller,
            "slo.html",
            slo=slo,
            groups=[(one, urlencode(one.state.group)) for one in groups] if slo.by else [],
            reading=reading,
            picked=bool(group),
            charts=[
                (title, slo_charts.address(plan, which, group, coverage))
                for which, title in slo_charts.TITLES.items()
            ],
            counted=counted(slo),
            alerts=alert_names(slo),
            maintenance=plan.maintenance,
            problem=problem,
        )


def _drawing(routes: APIRouter, context: Context, objectives: Objectives) -> None:
    @routes.get("/slos/{name}/charts/{which}")
    async def show_chart(request: Request, _caller: Viewer, name: Name, which: Which, wanted: Wanted) -> Response:
        """Give one of its charts."""
        plan = objectives.plan(name)
        asked = slo_charts.drawn(plan, which, _group(request, plan))
        return told(
            await chart(
                context.panels, asked.view, asked.queries, **wanted.of(context), when_empty=asked.when_empty
            )
        )


def _group(request: Request, plan: Plan) -> dict[str, str]:
    """Return the labels of a group that the address names."""
    given = request.query_params
    return {label: given[label][:_LONGEST_VALUE] for label in plan.slo.by if label in given}


def chosen(groups: list[Reading], wanted: dict[str, str]) -> Reading | None:
    """Return the worst group of those that have these labels; None where there is none."""
    fitting = [one for one in groups if wanted.items() <= dict(one.state.group).items()]
    return next(iter(worst(fitting)), None)


def counted(slo: SLO) -> tuple[str, str]:
    """Return what counts as an event and what as a good or a bad one, in words with PromQL in them."""
    indicator = slo.indicator
    if isinstance(indicator, Ratio):
        return indicator.total.selector, f"bad: {indicator.bad.selector}"
    events = f"{indicator.histogram.name}_count{{{indicator.matchers}}}"
    return events.replace("{}", ""), f"good: within {number(indicator.within)} {indicator.histogram.unit.value}"


def alert_names(slo: SLO) -> tuple[str, ...]:
    """Return the names of the alerts on an objective."""
    levels = (f"{names.BURN_RATE}{level.name}" for level in slo.burn_rates)
    return tuple(f"{slo.stem}{ending}" for ending in (*levels, names.BUDGET_SPIKE, names.DATA_ABSENT))
