"""What each kind of panel is called in Grafana, and the options that only it has."""

from dataclasses import dataclass

from steward.compile.grafana.columns import sorted_by
from steward.compile.grafana.fields import has_thresholds
from steward.compile.grafana.sdk import common, gauge, heatmap, piechart, stat, statetimeline, table, timeseries
from steward.model.dashboard import (
    GaugePanel,
    Heatmap,
    Legend,
    Panel,
    Pie,
    Stat,
    StateTimeline,
    Table,
    TimeSeries,
)
from steward.model.errors import CatalogueError

_LAST = "lastNotNull"
_TABLE_CALCULATIONS = ["mean", "max", _LAST]
_FILLED = 25
_STACKED = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """What only one kind of panel has."""

    kind: str
    options: object
    custom: object = None


def shape(panel: Panel) -> Shape:
    """Return the shape of a panel; raises CatalogueError for a kind of panel that is not known."""
    match panel:
        case Stat():
            return Shape("stat", _stat(panel))
        case GaugePanel():
            return Shape("gauge", gauge.Options(reduce_options=_last()))
        case TimeSeries():
            return Shape("timeseries", _lines(panel), _line_style(panel))
        case Table():
            return Shape("table", _table(panel), _cells(panel))
        case Heatmap():
            return Shape("heatmap", _heatmap(panel), heatmap.FieldConfig())
        case StateTimeline():
            return Shape("state-timeline", _states(), statetimeline.FieldConfig())
        case Pie():
            return Shape("piechart", _pie(), common.HideableFieldConfig())
    raise CatalogueError(f"panel {panel.title}: Grafana's name of a {type(panel).__name__} is not known")


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions(values=False, calcs=[_LAST], fields="")


def _tooltip() -> common.VizTooltipOptions:
    """Return a tooltip that tells of every series at that moment, the largest first."""
    return common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING)


def _stat(panel: Stat) -> stat.Options:
    return stat.Options(
        graph_mode=common.BigValueGraphMode.AREA if panel.course else common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.VALUE,
        reduce_options=_last(),
    )


def _lines(panel: TimeSeries) -> timeseries.Options:
    shown = common.LegendDisplayMode.TABLE if panel.legend is Legend.TABLE else common.LegendDisplayMode.LIST
    legend = common.VizLegendOptions(
        display_mode=shown,
        placement=common.LegendPlacement.BOTTOM,
        show_legend=panel.legend is not Legend.HIDDEN,
        calcs=_TABLE_CALCULATIONS if panel.legend is Legend.TABLE else [],
    )
    return timeseries.Options(legend=legend, tooltip=_tooltip())


def _line_style(panel: TimeSeries) -> common.GraphFieldConfig:
    lines = common.GraphThresholdsStyleMode
    stacking = common.StackingMode.NORMAL if panel.stacked else common.StackingMode.NONE
    drawn = panel.threshold_lines and has_thresholds(panel)
    return common.GraphFieldConfig(
        draw_style=common.GraphDrawStyle.LINE,
        line_width=1,
        fill_opacity=_STACKED if panel.stacked else _FILLED if panel.filled else 0,
        show_points=common.VisibilityMode.NEVER,
        span_nulls=False,
        stacking=common.StackingConfig(mode=stacking, group="A"),
        thresholds_style=common.GraphThresholdsStyleConfig(mode=lines.DASHED if drawn else lines.OFF),
    )


def _table(panel: Table) -> table.Options:
    heading = sorted_by(panel)
    order = [common.TableSortByFieldState(display_name=heading, desc=True)] if heading else []
    return table.Options(show_header=True, sort_by=order)


def _cells(panel: Table) -> common.TableFieldOptions:
    cell = common.TableColorTextCellOptions() if has_thresholds(panel) else common.TableAutoCellOptions()
    return common.TableFieldOptions(cell_options=cell)


def _heatmap(panel: Heatmap) -> heatmap.Options:
    return heatmap.Options(
        color=heatmap.HeatmapColorOptions(
            mode=heatmap.HeatmapColorMode.SCHEME,
            scheme="Oranges",
            fill="dark-orange",
            scale=heatmap.HeatmapColorScale.EXPONENTIAL,
            exponent=0.5,
            steps=64,
        ),
        filter_values=heatmap.FilterValueRange(le=1e-9),
        y_axis=heatmap.YAxisConfig(unit=panel.unit.value, axis_placement=common.AxisPlacement.LEFT),
        legend=heatmap.HeatmapLegend(show=True),
        tooltip=heatmap.HeatmapTooltip(mode=common.TooltipDisplayMode.SINGLE, y_histogram=True),
        exemplars=heatmap.ExemplarConfig(color="rgba(255,0,255,0.7)"),
    )


def _states() -> statetimeline.Options:
    return statetimeline.Options(
        show_value=common.VisibilityMode.AUTO,
        merge_values=True,
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST, placement=common.LegendPlacement.BOTTOM, show_legend=False
        ),
        tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.SINGLE),
    )


def _pie() -> piechart.Options:
    values = [piechart.PieChartLegendValues.VALUE, piechart.PieChartLegendValues.PERCENT]
    legend = piechart.PieChartLegendOptions(
        values=values,
        display_mode=common.LegendDisplayMode.TABLE,
        placement=common.LegendPlacement.RIGHT,
        show_legend=True,
    )
    return piechart.Options(
        pie_type=piechart.PieChartType.PIE, tooltip=_tooltip(), reduce_options=_last(), legend=legend
    )
