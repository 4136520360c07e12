"""The dashboards of a catalogue, checked with everything else of it."""

from typing import Any

from steward.check.everything import catalogue_findings
from steward.check.finding import Finding
from steward.model import (
    Accepted,
    Alert,
    AlertGroup,
    Catalogue,
    Dashboard,
    Gauge,
    Label,
    Panel,
    PanelRow,
    Port,
    Query,
    ScrapeJob,
    Service,
    Severity,
    Team,
    TimeSeries,
    above,
    given,
    level,
)

ORDERS = Gauge("orders", "Open orders.", (Label.closed("shop", "north", "south"),))
SHOP = Service("shop", "Shop", ports=(Port(80),))
TEAM = Team("sales", "Sales", "Ann", "Bob")
NO_SUCH = "sum by (shop) (orderz)"


def orders(*queries: str, **more: Any) -> TimeSeries:
    asked = tuple(Query(one, "{{shop}}") for one in queries)
    return TimeSeries(**{"title": "Orders", "queries": asked, "meaning": "Open orders.", **more})


def found(*panels: Panel, alerts: tuple[Alert, ...] = (), pages: dict[str, str] | None = None) -> list[Finding]:
    rows = (PanelRow("All", panels),)
    catalogue = Catalogue(
        "shops",
        "Shops",
        services=(SHOP,),
        jobs=(ScrapeJob("shop", "shop", metrics=(ORDERS,)),),
        teams=(TEAM,),
        alert_groups=(AlertGroup("sales", "Sales", alerts),) if alerts else (),
        dashboards=(Dashboard("shops", "Shops", "Of the shops.", rows, "shops"),),
    )
    told = catalogue_findings(catalogue, pages or {}, "monitoring")
    return [finding for finding in told if finding.check != "runbook-missing"]


def test_a_panel_that_is_well_gives_no_finding() -> None:
    assert found(orders("sum by (shop) (orders)")) == []


def test_a_finding_names_the_compiled_file_its_line_and_the_panel() -> None:
    (finding,) = found(orders(NO_SUCH))

    assert (finding.check, finding.place.file) == ("unknown-metric", "monitoring/grafana/dashboards/shops.json")
    assert finding.place.what == "panel Orders"
    assert finding.place.line


def test_a_panel_accepts_what_is_found_in_any_of_its_queries() -> None:
    accepted = Accepted("unknown-metric", "it comes next week")

    (finding,) = found(orders("sum by (shop) (orders)", NO_SUCH, accepts=(accepted,)))

    assert finding.accepted == "it comes next week"


def test_a_panel_accepts_what_is_found_beside_its_queries() -> None:
    accepted = Accepted("legend-label", "there is one shop only")

    (finding,) = found(orders("sum(orders)", "sum by (shop) (orders)", accepts=(accepted,)))

    assert (finding.check, finding.accepted) == ("legend-label", "there is one shop only")


def test_a_panel_that_accepts_what_no_query_has_is_told_of_once() -> None:
    accepted = Accepted("legend-label", "there is one shop only")

    (finding,) = found(orders("sum by (shop) (orders)", "max by (shop) (orders)", accepts=(accepted,)))

    assert finding.check == "accept-unused"


def test_a_panel_that_links_no_runbook_is_found() -> None:
    assert [one.check for one in found(orders("orders", runbooks=("no-orders",)))] == ["panel-runbook-missing"]


def test_an_alert_that_links_no_dashboard_is_found() -> None:
    assert [one.check for one in found(orders("orders"), alerts=(alert("shop"),))] == ["dashboard-missing"]
    assert found(orders("orders"), alerts=(alert("shops"),)) == []


def alert(dashboard: str) -> Alert:
    return Alert(
        "ManyOrders",
        Severity.WARNING,
        TEAM,
        "sum by (shop) (orders)",
        above(10),
        "Many orders",
        "More than the shop can pack.",
        "many-orders",
        (given(level(ORDERS, 11, shop="north"), value=11, shop="north"),),
        (given(level(ORDERS, 9, shop="north"), value=9, shop="north"),),
        dashboard=dashboard,
    )
