"""The dashboards as they are compiled: as the mission names them, as Grafana's SDK reads them, byte for byte."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from festivals.catalogue import CATALOGUE
from steward.compile.grafana import dashboard_files
from steward.compile.grafana.sdk import JSONEncoder
from steward.compile.grafana.sdk import dashboard as sdk
from steward.model import (
    Annotation,
    Catalogue,
    Dashboard,
    DisplayUnit,
    GaugePanel,
    Heatmap,
    Legend,
    Panel,
    PanelRow,
    Pie,
    Query,
    Stat,
    StateTimeline,
    Table,
    TimeSeries,
    Tone,
    ValueText,
    Variable,
    healthy_above,
    healthy_below,
)

GOLDEN = Path(__file__).parent / "grafana" / "every-kind.json"
COMPILED = dashboard_files(CATALOGUE)
BY_FILE = {dashboard.file: dashboard for dashboard in CATALOGUE.dashboards}

UIDS = {
    "api": "festivals-api-overview",
    "business": "festivals-business",
    "infrastructure": "festivals-infrastructure",
    "slos": "festivals-slos",
    "oncall": "festivals-oncall",
    "monitoring": "festivals-monitoring",
}

GREEN, ORANGE, RED = "green", "orange", "red"
Steps = list[tuple[float | None, str]]

HEALTHY: list[tuple[str, str, str, Steps | None]] = [
    # (file, panel, healthy range as the mission writes it, from which value on it has which colour; what the
    # platform adds to that, such as where an alert begins, follows behind)
    ("api", "API Availability", "> 99.9%", [(None, RED), (0.999, GREEN)]),
    ("api", "Latency SLI", "> 99%", [(None, RED), (0.99, GREEN)]),
    ("api", "Error Budget", "> 0%", [(None, RED), (0, GREEN)]),
    ("api", "Request Rate", "Varies", None),
    ("api", "Latency Percentiles", "P99 < 2s", [(None, GREEN), (2, ORANGE)]),
    ("api", "Error Rate", "< 0.1%", [(None, GREEN), (0.001, ORANGE)]),
    ("business", "Active Festivals", "Context-dependent", None),
    ("business", "Total Attendees", "Context-dependent", None),
    ("business", "Revenue/Minute", "> $0 during active festivals", [(None, RED), (0.01, GREEN)]),
    ("business", "Transaction Success Rate", "> 99.5%", [(None, RED), (0.995, GREEN)]),
    ("business", "Transactions by Type", "N/A", None),
    ("business", "Ticket Scan Success Rate", "> 99%", [(None, RED), (0.99, GREEN)]),
    ("infrastructure", "Service Health", "any DOWN", [(None, GREEN), (1, ORANGE), (2, RED)]),
    ("infrastructure", "PostgreSQL Connections", "80%", [(None, GREEN), (0.8, ORANGE), (0.95, RED)]),
    ("infrastructure", "Redis Memory", "80%", [(None, GREEN), (0.8, ORANGE), (0.95, RED)]),
    ("infrastructure", "CPU Usage", "70%", [(None, GREEN), (0.7, ORANGE), (0.9, RED)]),
    ("infrastructure", "Memory Usage", "80%", [(None, GREEN), (0.8, ORANGE), (0.95, RED)]),
    ("infrastructure", "Disk Usage", "70%", [(None, GREEN), (0.7, ORANGE), (0.9, RED)]),
]


def panels(content: Any) -> list[Any]:
    found = []
    for panel in content["panels"]:
        found += [panel, *panel.get("panels", ())]
    return found


def test_every_dashboard_has_its_uid_and_file() -> None:
    assert {name: json.loads(COMPILED[f"{name}.json"])["uid"] for name in UIDS} == UIDS
    assert set(BY_FILE) == set(UIDS)


@pytest.mark.parametrize(("file", "title", "healthy", "steps"), HEALTHY, ids=lambda value: str(value)[:30])
def test_every_panel_of_the_mission_has_its_healthy_range(
    file: str, title: str, healthy: str, steps: Steps | None
) -> None:
    (panel,) = (one for one in panels(json.loads(COMPILED[f"{file}.json"])) if one["title"] == title)
    declared = next(one for one in BY_FILE[file].panels if one.title == title)

    assert healthy in declared.healthy
    assert f"Healthy: {declared.healthy}" in panel["description"]
    if steps is not None:
        found = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert [(step["value"], step["color"]) for step in found][: len(steps)] == steps


@pytest.mark.parametrize("name", UIDS)
def test_ids_are_unique_and_every_panel_says_what_it_means(name: str) -> None:
    found = panels(json.loads(COMPILED[f"{name}.json"]))

    assert len({panel["id"] for panel in found}) == len(found)
    assert all(panel["description"] for panel in found if panel["type"] != "row")


@pytest.mark.parametrize("name", UIDS)
def test_the_sdk_reads_a_dashboard_and_writes_the_same(name: str) -> None:
    content = COMPILED[f"{name}.json"]

    assert _written(_read(content)) == json.loads(content)


def test_every_kind_of_panel_is_compiled_as_before() -> None:
    assert dashboard_files(EVERY_KIND)["every-kind.json"] == GOLDEN.read_bytes()


def test_the_sdk_reads_every_kind_of_panel() -> None:
    assert _written(_read(GOLDEN.read_bytes())) == json.loads(GOLDEN.read_bytes())


def _read(content: bytes) -> sdk.Dashboard:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from grafana_foundation_sdk.cog.plugins import register_default_plugins
    register_default_plugins()
    return sdk.Dashboard.from_json(json.loads(content))


def _written(dashboard: sdk.Dashboard) -> Any:
    return json.loads(json.dumps(dashboard, cls=JSONEncoder))


ORDERS = "sum by (shop) (rate(orders_total[$__rate_interval]))"
WORDS = (ValueText(0, "CLOSED", Tone.BAD), ValueText(1, "OPEN", Tone.GOOD))
KINDS: tuple[Panel, ...] = (
    Stat(title="Orders", queries=(Query("sum(orders)"),), meaning="All.", unit=DisplayUnit.SHORT),
    Stat(title="Sales", queries=(Query("sales", instant=True),), meaning="All.", course=False, decimals=2),
    GaugePanel(
        title="Full",
        queries=(Query("full"),),
        meaning="The stores.",
        unit=DisplayUnit.RATIO,
        smallest=0,
        largest=1,
        thresholds=healthy_below(0.8, 0.95),
    ),
    TimeSeries(
        title="Answered",
        queries=(Query(ORDERS, "{{shop}}"),),
        meaning="In time.",
        healthy="> 99%",
        thresholds=healthy_above(0.99),
        runbooks=("slow-orders",),
        when_empty="the shops are closed",
    ),
    TimeSeries(title="Stacked", queries=(Query(ORDERS),), meaning="All.", stacked=True, legend=Legend.LIST),
    TimeSeries(title="Filled", queries=(Query(ORDERS),), meaning="All.", filled=True, legend=Legend.HIDDEN),
    Table(
        title="Shops",
        queries=(Query("a"), Query("b")),
        meaning="Each.",
        columns_shown=(("shop", "Shop"), ("Value A", "Orders")),
        thresholds=healthy_below(1),
    ),
    Table(title="Everything", queries=(Query("a"),), meaning="Each."),
    Heatmap(title="Waiting", queries=(Query("sum by (le) (increase(w_bucket[5m]))"),), meaning="How long."),
    StateTimeline(title="Open", queries=(Query("open", "{{shop}}"),), meaning="When.", texts=WORDS),
    Pie(title="Kinds", queries=(Query("sum by (kind) (orders)", "{{kind}}"),), meaning="Shares."),
)
EVERY_KIND = Catalogue(
    "shops",
    "Shops",
    dashboards=(
        Dashboard(
            "every-kind",
            "Every Kind",
            "One panel of each kind.",
            (PanelRow("First", KINDS[:4]), PanelRow("Second", KINDS[4:], collapsed=True)),
            "every-kind",
            tags=("example",),
            variables=(Variable("shop", "Shop", "orders_total", "shop"),),
            annotations=(Annotation("Deploys", "changes(started[5m]) > 0", "{{shop}} was started"),),
        ),
    ),
)
