import json
from collections.abc import Callable
from typing import Any

import pytest

from steward.compile.grafana import dashboard_files
from steward.model import (
    Annotation,
    Catalogue,
    CatalogueError,
    Dashboard,
    DisplayUnit,
    GaugePanel,
    Heatmap,
    Legend,
    PanelRow,
    Pie,
    Query,
    Stat,
    Table,
    Thresholds,
    TimeSeries,
    Tone,
    ValueText,
    Variable,
    healthy_below,
)

Compile = Callable[..., Any]
ORDERS = Query("sum by (shop) (rate(orders_total[$__rate_interval]))", "{{shop}}")


def series(**more: Any) -> TimeSeries:
    return TimeSeries(**{"title": "Orders", "queries": (ORDERS,), "meaning": "Orders a second.", **more})


def only(dashboard: Any) -> Any:
    _row, panel = dashboard["panels"]
    return panel


def test_a_query_keeps_its_text_legend_and_letter(compiled: Compile) -> None:
    targets = only(compiled(series(queries=(ORDERS, Query("up")))))["targets"]

    assert [(one["refId"], one["expr"], one["legendFormat"]) for one in targets] == [
        ("A", ORDERS.expr, "{{shop}}"),
        ("B", "up", "__auto"),
    ]
    assert {one["datasource"]["uid"] for one in targets} == {"prometheus"}


def test_more_queries_than_letters_are_refused(compiled: Compile) -> None:
    with pytest.raises(CatalogueError, match="panel Orders: at most 26"):
        compiled(series(queries=(ORDERS,) * 27))


@pytest.mark.parametrize(
    ("kind", "more", "instant"),
    [
        (TimeSeries, {}, False),
        (Heatmap, {}, False),
        (Stat, {}, False),
        (Stat, {"course": False}, True),
        (GaugePanel, {}, True),
        (Table, {}, True),
        (Pie, {}, True),
    ],
)
def test_only_what_shows_a_course_asks_for_one(
    kind: Any, more: dict[str, Any], instant: bool, compiled: Compile
) -> None:
    (target,) = only(compiled(kind(title="Orders", queries=(ORDERS,), meaning="Orders.", **more)))["targets"]

    assert (target["instant"], target["range"]) == (instant, not instant)


def test_a_panel_says_what_it_means_and_what_is_healthy(compiled: Compile) -> None:
    panel = only(
        compiled(series(healthy="> 1 a second", when_empty="the shop is closed", runbooks=("no-orders",)))
    )

    assert panel["description"] == "Orders a second.\n\nHealthy: > 1 a second"
    assert panel["fieldConfig"]["defaults"]["noValue"] == "the shop is closed"
    assert [link["url"] for link in panel["links"]] == ["http://localhost:8090/runbooks/no-orders"]


def test_thresholds_are_steps_from_a_base_and_drawn_as_lines(compiled: Compile) -> None:
    usual = only(compiled(series(thresholds=healthy_below(0.7, 0.9))))["fieldConfig"]["defaults"]

    assert usual["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "orange", "value": 0.7},
        {"color": "red", "value": 0.9},
    ]
    assert usual["custom"]["thresholdsStyle"] == {"mode": "dashed"}


@pytest.mark.parametrize("more", [{}, {"thresholds": healthy_below(1), "threshold_lines": False}])
def test_no_line_is_drawn_where_there_is_no_threshold_or_none_is_wanted(
    more: dict[str, Any], compiled: Compile
) -> None:
    panel = only(compiled(series(**more)))

    assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "off"}


def test_a_whole_number_is_written_alike_as_int_and_as_float(compiled: Compile) -> None:
    def thresholds(value: float) -> Thresholds:
        return Thresholds(Tone.GOOD, ((value, Tone.BAD),))

    one, other = (series(smallest=value, thresholds=thresholds(value)) for value in (95, 95.0))

    assert _bytes(one) == _bytes(other)


def _bytes(panel: TimeSeries) -> bytes:
    dashboard = Dashboard("shop", "Shop", "Of the shop.", (PanelRow("All", (panel,)),), "shop")
    return dashboard_files(Catalogue("shops", "Shops", dashboards=(dashboard,)))["shop.json"]


def test_values_are_shown_as_words(compiled: Compile) -> None:
    texts = (ValueText(0, "DOWN", Tone.BAD), ValueText(1, "UP", Tone.GOOD))

    (mapping,) = only(compiled(series(texts=texts)))["fieldConfig"]["defaults"]["mappings"]

    assert mapping["options"] == {
        "0": {"text": "DOWN", "color": "red", "index": 0},
        "1": {"text": "UP", "color": "green", "index": 1},
    }


@pytest.mark.parametrize(
    ("legend", "shown", "mode", "calculations"),
    [
        (Legend.TABLE, True, "table", ["mean", "max", "lastNotNull"]),
        (Legend.LIST, True, "list", []),
        (Legend.HIDDEN, False, "list", []),
    ],
)
def test_a_legend_has_its_form(
    legend: Legend, shown: bool, mode: str, calculations: list[str], compiled: Compile
) -> None:
    found = only(compiled(series(legend=legend)))["options"]["legend"]

    assert (found["showLegend"], found["displayMode"], found["calcs"]) == (shown, mode, calculations)


def test_a_table_shows_the_chosen_columns_in_order_and_sorts_by_its_values(compiled: Compile) -> None:
    chosen = (("shop", "Shop"), ("Value B", "Errors"), ("Value A", "Orders"))
    table = Table(title="Shops", queries=(ORDERS, ORDERS), meaning="Each shop.", columns_shown=chosen)

    panel = only(compiled(table))
    joined, filtered, organized = panel["transformations"]

    names = ["shop", "Value #B", "Value #A"]
    assert joined["id"] == "merge"
    assert filtered["options"] == {"include": {"names": names}}
    assert organized["options"]["renameByName"] == dict(zip(names, ["Shop", "Errors", "Orders"], strict=True))
    assert organized["options"]["indexByName"] == {name: place for place, name in enumerate(names)}
    assert panel["options"]["sortBy"] == [{"displayName": "Errors", "desc": True}]


def test_the_values_of_a_lone_query_have_no_letter(compiled: Compile) -> None:
    table = Table(title="Shops", queries=(ORDERS,), meaning="Each.", columns_shown=(("Value A", "Orders"),))

    assert only(compiled(table))["transformations"][1]["options"] == {"include": {"names": ["Value"]}}


def test_panels_are_numbered_from_one_in_order_and_rows_behind_them(compiled: Compile) -> None:
    dashboard = compiled(series(), series(title="Sales"))

    assert [(panel["type"], panel["id"]) for panel in dashboard["panels"]] == [
        ("row", 3),
        ("timeseries", 1),
        ("timeseries", 2),
    ]


def test_a_collapsed_row_holds_its_panels() -> None:
    row = PanelRow("More", (series(),), collapsed=True)
    dashboard = Dashboard("shop", "Shop", "Of the shop.", (row, PanelRow("Last", (Stat(
        title="Sales", queries=(ORDERS,), meaning="Sales."),))), "shop")  # fmt: skip
    content = dashboard_files(Catalogue("shops", "Shops", dashboards=(dashboard,)))["shop.json"]

    more, last, _ = json.loads(content)["panels"]

    assert [panel["title"] for panel in more["panels"]] == ["Orders"]
    assert last["gridPos"]["y"] == more["gridPos"]["y"] + 1


def test_a_dashboard_offers_variables_and_marks(compiled: Compile) -> None:
    found = compiled(
        series(),
        variables=(Variable("shop", "Shop", "orders_total", "shop"),),
        annotations=(Annotation("Deploys", "changes(started[5m]) > 0", "{{shop}} was started"),),
        tags=("shops", "money"),
        since="now-6h",
    )

    (variable,) = found["templating"]["list"]
    assert variable["query"]["query"] == "label_values(orders_total, shop)"
    assert (variable["multi"], variable["includeAll"], variable["current"]["value"]) == (True, True, ["$__all"])
    built_in, deploys = found["annotations"]["list"]
    assert built_in["builtIn"] == 1
    assert (deploys["expr"], deploys["titleFormat"]) == ("changes(started[5m]) > 0", "{{shop}} was started")
    assert found["tags"] == ["shops", "money"]
    assert found["time"] == {"from": "now-6h", "to": "now"}
    assert found["graphTooltip"] == 1


def test_units_are_those_of_grafana(compiled: Compile) -> None:
    for unit in DisplayUnit:
        assert only(compiled(series(unit=unit)))["fieldConfig"]["defaults"]["unit"] == unit.value
