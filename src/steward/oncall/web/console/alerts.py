"""Alerts: what fires and what is about to, every rule, and one alert with why it fires."""

import functools
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from steward.dashboards.charts import chart, series_view
from steward.dashboards.wire import PanelView, Step
from steward.oncall.context import Context
from steward.oncall.domain.conditions import Condition, charted, conditions
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import PageState, SourceState
from steward.oncall.errors import NotFound
from steward.oncall.prometheus import Active
from steward.oncall.services import alert_board, watching
from steward.oncall.services import silences as silencing
from steward.oncall.services.reasons import reasons
from steward.oncall.services.watching import Watch, Watched
from steward.oncall.store import alerts, pages
from steward.oncall.store.alerts import Wanted
from steward.oncall.web import patterns
from steward.oncall.web.access import Viewer
from steward.oncall.web.console import silence_forms, values
from steward.oncall.web.console.charts import Wanted as Range
from steward.oncall.web.console.charts import told
from steward.oncall.web.console.view import View
from steward.oncall.web.silence_views import SilenceView

_SERIES = 100
_TIMES = 20

AlertName = Annotated[str, Path(min_length=1, max_length=200, pattern=patterns.LINE)]
Number = Annotated[int, Query(ge=0, le=50)]
Chosen = Annotated[str, Query(max_length=200, pattern=patterns.ANY)]


def add(routes: APIRouter, context: Context, view: View) -> None:
    """Add the pages about alerts."""
    _listing(routes, context, view)
    _showing(routes, context, view)


def watched(context: Context) -> Watch:
    """Return how everything that is watched stands."""
    return watching.watch(context.prometheus, context.catalogue, scale=context.settings.time_scale)


def _listing(routes: APIRouter, context: Context, view: View) -> None:
    catalogue = context.catalogue
    heartbeat = catalogue.oncall.watchdog if catalogue.oncall else ""
    severities = watching.severities()

    @routes.get("/alerts")
    def show_alerts(
        request: Request, caller: Viewer, team: Chosen = "", severity: Chosen = "", q: Chosen = ""
    ) -> Response:
        """Show what fires, what is pending, what is silenced, and every rule."""
        watch, text = watched(context), q.strip()
        rules = watching.chosen(watch.alerts, team=team, severity=severity, text=text)
        names = {one.name for one in rules}
        with context.store.read() as connection:
            board = alert_board.board(connection, watch.alerts, severities=severities, heartbeat=heartbeat)
        return view.page(
            request,
            caller,
            "alerts.html",
            firing=alert_board.chosen(board.firing, names, team=team, severity=severity, text=text),
            pending=alert_board.chosen(board.pending, names, team=team, severity=severity, text=text),
            silenced=alert_board.chosen(board.silenced, names, team=team, severity=severity, text=text),
            rules=rules,
            unanswered=watch.problem,
            heartbeat=heartbeat,
            teams=catalogue.teams,
            severities=severities,
            chosen={"team": team, "severity": severity, "q": text},
            length=values.length,
        )


def _showing(routes: APIRouter, context: Context, view: View) -> None:
    @routes.get("/alerts/{name}")
    def show_alert(request: Request, caller: Viewer, name: AlertName) -> Response:
        """Show one alert: why it fires, where, since when, and what is to be done about it."""
        watch = watched(context)
        alert = watch.named(name)
        with context.store.read() as connection:
            firing = alerts.find(connection, Wanted(name=name, state=SourceState.FIRING), limit=_SERIES)
            past = alerts.find(connection, Wanted(name=name, state=SourceState.RESOLVED), limit=_TIMES)
            opened = _open_pages(connection, [row.page_id for row in firing])
            quiet = silencing.of_alert(connection, name, now=context.clock())
        if alert is None and not firing and not past:
            raise NotFound(f"no alert is called {name!r:.100}, and none of that name ever came")
        addresses, now = context.alertmanagers.addresses, context.clock()
        return view.page(
            request,
            caller,
            "alert.html",
            name=name,
            alert=alert,
            unanswered=watch.problem,
            firing=firing,
            past=past,
            pages=opened,
            silences=[SilenceView.of(one, addresses=addresses, now=now) for one in quiet],
            dashboard=_dashboard(context, name),
            only_this=silence_forms.address,
            **_why(context, alert),
            **silence_forms.values(context, silence_forms.of_alert(name)),
        )

    @routes.get("/alerts/{name}/chart")
    async def show_chart(_caller: Viewer, name: AlertName, wanted: Range, number: Number = 0) -> Response:
        """Give what an alert watches over time, with its threshold; `number` is of its conditions as drawn."""
        watch = await run_in_threadpool(watched, context)
        alert = watch.named(name)
        drawn = charted(conditions(alert.rules[0].query)) if alert else ()
        if alert is None or number >= len(drawn):
            raise NotFound(f"no alert {name!r:.100} has a condition {number}")
        unit = values.unit_of(alert.rules) if number == 0 else values.NONE
        queries = [(one.expr, "") for one in drawn[number]]
        return told(
            await chart(
                context.panels,
                _drawn(name, drawn[number][0], unit),
                queries,
                **wanted.of(context),
                when_empty="it has no value in this time",
            )
        )


def _drawn(name: str, condition: Condition, unit: str) -> PanelView:
    """Return how a condition is drawn: its threshold is a red line, on whichever side of it values are wrong."""
    threshold, title = condition.threshold, name
    steps: tuple[Step, ...] = ()
    if threshold is not None:
        steps = (Step("green", None), Step("red", threshold))
        title = f"{name}: wrong while {condition.comparison} {values.written(threshold, unit)}"
    return series_view(title, unit, thresholds=steps)


def _why(context: Context, alert: Watched | None) -> dict[str, object]:
    """Return the conditions of an alert with their values, and how they are written."""
    found = conditions(alert.rules[0].query) if alert else ()
    unit = values.unit_of(alert.rules) if alert else values.NONE
    return {
        "reasons": reasons(context.prometheus, found) if alert and not _unknown(alert) else (),
        "charts": list(range(len(charted(found)))),
        "unit": unit,
        "written": values.written,
        "series": values.series,
        "length": values.length,
        "fires_at": functools.partial(_fires_at, alert),
    }


def _fires_at(alert: Watched | None, active: Active) -> datetime:
    """Return when an alert that is pending fires, if it goes on."""
    return active.since + timedelta(seconds=alert.rules[0].for_seconds if alert else 0)


def _unknown(alert: Watched) -> bool:
    return alert.state == watching.UNKNOWN


def _open_pages(connection: Connection, ids: list[int | None]) -> list[Page]:
    found = (pages.get(connection, one) for one in sorted({one for one in ids if one is not None}, reverse=True))
    return [page for page in found if page.state is not PageState.RESOLVED]


def _dashboard(context: Context, name: str) -> str:
    """Return the uid of the dashboard to look at; empty where there is none of ours."""
    uids = {one.uid for one in context.catalogue.dashboards}
    declared = {alert.name: alert.dashboard for alert in context.catalogue.alerts}
    uid = declared.get(name) or ""
    return uid if uid in uids else ""
