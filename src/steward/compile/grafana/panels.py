"""A panel as Grafana has it."""

from collections.abc import Iterator
from itertools import count

from steward.compile.grafana.columns import transformations
from steward.compile.grafana.fields import field_config
from steward.compile.grafana.kinds import shape
from steward.compile.grafana.layout import Place, PlacedRow
from steward.compile.grafana.sdk import dashboard
from steward.compile.grafana.source import prometheus_source
from steward.compile.grafana.targets import targets
from steward.model.dashboard import Panel, Table


def grafana_panels(rows: tuple[PlacedRow, ...], runbooks: str) -> Iterator[dashboard.Panel | dashboard.RowPanel]:
    """Yield rows and panels in order; `runbooks` is what a runbook's slug is put behind.

    Panels are numbered from 1 as they are read; the numbers of rows follow, so that no panel's changes with a
    heading.
    """
    numbers = count(1)
    row_numbers = count(1 + sum(len(row.panels) for row in rows))
    for row in rows:
        panels = [_panel(next(numbers), panel, where, runbooks) for panel, where in row.panels]
        yield _row(next(row_numbers), row, panels)
        if not row.row.collapsed:
            yield from panels


def _row(number: int, row: PlacedRow, panels: list[dashboard.Panel]) -> dashboard.RowPanel:
    return dashboard.RowPanel(
        id_val=number,
        title=row.row.title,
        collapsed=row.row.collapsed,
        grid_pos=_grid(row.heading),
        panels=panels if row.row.collapsed else [],
    )


def _panel(number: int, panel: Panel, place: Place, runbooks: str) -> dashboard.Panel:
    kind = shape(panel)
    return dashboard.Panel(
        id_val=number,
        type_val=kind.kind,
        title=panel.title,
        description=described(panel),
        datasource=prometheus_source(),
        grid_pos=_grid(place),
        targets=list(targets(panel)),
        transformations=transformations(panel) if isinstance(panel, Table) else None,
        links=[_runbook(slug, runbooks) for slug in panel.runbooks],
        options=kind.options,
        field_config=field_config(panel, kind.custom),
    )


def described(panel: Panel) -> str:
    """Return what a panel means, and its healthy range as the documents write it."""
    return f"{panel.meaning}\n\nHealthy: {panel.healthy}" if panel.healthy else panel.meaning


def _runbook(slug: str, runbooks: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink(
        title=f"Runbook: {slug}",
        type_val=dashboard.DashboardLinkType.LINK,
        icon="doc",
        url=f"{runbooks}{slug}",
        target_blank=True,
    )


def _grid(place: Place) -> dashboard.GridPos:
    return dashboard.GridPos(h=place.h, w=place.w, x=place.x, y=place.y)
