"""A whole dashboard as Grafana has it."""

import json

from steward.compile.grafana.layout import placed_rows
from steward.compile.grafana.marks import built_in, mark
from steward.compile.grafana.panels import grafana_panels
from steward.compile.grafana.sdk import JSONEncoder
from steward.compile.grafana.sdk import dashboard as sdk
from steward.compile.grafana.variables import variable
from steward.model import Catalogue
from steward.model.dashboard import Dashboard

SCHEMA = 39
"""Of Grafana 10.4; later ones read it and add what they have come to know."""
_REFRESHES = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h"]


def dashboard_json(declared: Dashboard, catalogue: Catalogue) -> bytes:
    """Compile a dashboard; equal ones give equal bytes."""
    content = grafana_dashboard(declared, catalogue)
    text = json.dumps(content, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def grafana_dashboard(declared: Dashboard, catalogue: Catalogue) -> sdk.Dashboard:
    """Return a dashboard in the words of Grafana's SDK."""
    return sdk.Dashboard(
        uid=declared.uid,
        title=declared.title,
        description=declared.meaning,
        tags=tags(declared, catalogue),
        graph_tooltip=sdk.DashboardCursorSync.CROSSHAIR,
        time=sdk.DashboardDashboardTime(declared.since, "now"),
        timepicker=sdk.TimePickerConfig(refresh_intervals=_REFRESHES),
        refresh=declared.refresh,
        schema_version=SCHEMA,
        panels=list(grafana_panels(placed_rows(declared.rows), catalogue.links.runbooks)),
        templating=sdk.DashboardDashboardTemplating([variable(one) for one in declared.variables]),
        annotations=sdk.AnnotationContainer([built_in(), *(mark(one) for one in declared.annotations)]),
        links=[_others(catalogue)],
    )


def tags(declared: Dashboard, catalogue: Catalogue) -> list[str]:
    """Return the dashboard's tags; the catalogue's name leads, by which its dashboards find each other."""
    return list(dict.fromkeys((catalogue.name, *declared.tags)))


def _others(catalogue: Catalogue) -> sdk.DashboardLink:
    return sdk.DashboardLink(
        title="Dashboards",
        type_val=sdk.DashboardLinkType.DASHBOARDS,
        icon="external link",
        tags=[catalogue.name],
        as_dropdown=True,
        include_vars=True,
        keep_time=True,
    )
