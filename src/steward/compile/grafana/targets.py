"""The queries of a panel as Grafana asks them."""

from string import ascii_uppercase

from steward.compile.grafana.sdk import prometheus
from steward.compile.grafana.source import prometheus_source
from steward.model.dashboard import GaugePanel, Heatmap, Panel, Pie, Query, Stat, Table
from steward.model.errors import CatalogueError

ALL_LABELS = "__auto"
"""Grafana's name for a legend of every label."""


def targets(panel: Panel) -> list[prometheus.Dataquery]:
    """Return the queries, called A, B, ...; raises CatalogueError where there are more than letters."""
    if len(panel.queries) > len(ascii_uppercase):
        raise CatalogueError(f"panel {panel.title}: at most {len(ascii_uppercase)} queries fit into a panel")
    return [_target(panel, query, letter) for query, letter in zip(panel.queries, ascii_uppercase, strict=False)]


def _target(panel: Panel, query: Query, letter: str) -> prometheus.Dataquery:
    instant = query.instant or _shows_one_moment(panel)
    return prometheus.Dataquery(
        datasource=prometheus_source(),
        editor_mode=prometheus.QueryEditorMode.CODE,
        expr=query.expr,
        format_val=_format(panel),
        instant=instant,
        range_val=not instant,
        legend_format=query.legend or ("{{le}}" if isinstance(panel, Heatmap) else ALL_LABELS),
        ref_id=letter,
    )


def _shows_one_moment(panel: Panel) -> bool:
    """Tell whether a panel shows only last values, so that no others need be asked for."""
    return isinstance(panel, GaugePanel | Table | Pie) or (isinstance(panel, Stat) and not panel.course)


def _format(panel: Panel) -> prometheus.PromQueryFormat:
    if isinstance(panel, Table):
        return prometheus.PromQueryFormat.TABLE
    if isinstance(panel, Heatmap):
        return prometheus.PromQueryFormat.HEATMAP
    return prometheus.PromQueryFormat.TIME_SERIES
