"""What the dashboards of Festivals have in common; the compiler's tests hold them against the requirement."""

from pathlib import Path

import pytest

from festivals.catalogue import CATALOGUE
from festivals.catalogue.dashboards import API_OVERVIEW, BUSINESS, INFRASTRUCTURE
from steward.model.dashboard import COLUMNS, Dashboard, Panel, PanelRow

RUNBOOKS = Path(__file__).parents[4] / "runbooks"
PANELS = [(board, panel) for board in CATALOGUE.dashboards for panel in board.panels]
ROWS = [(board, row) for board in CATALOGUE.dashboards for row in board.rows]


def named(value: Dashboard | PanelRow | Panel) -> str:
    return value.uid if isinstance(value, Dashboard) else value.title


def test_dashboards_have_the_addresses_and_files_that_the_requirement_names() -> None:
    assert [(board.uid, board.file) for board in CATALOGUE.dashboards[:3]] == [
        ("festivals-api-overview", "api"),
        ("festivals-business", "business"),
        ("festivals-infrastructure", "infrastructure"),
    ]
    assert [board.uid for board in CATALOGUE.dashboards[:3]] == [API_OVERVIEW, BUSINESS, INFRASTRUCTURE]


def test_dashboards_of_the_engine_are_there_too() -> None:
    assert [board.uid for board in CATALOGUE.dashboards[3:]] == [
        "festivals-slos",
        "festivals-oncall",
        "festivals-monitoring",
    ]


def test_every_dashboard_that_an_alert_or_an_objective_links_to_exists() -> None:
    alerts = {alert.dashboard for alert in CATALOGUE.alerts}
    objectives = {slo.dashboard for slo in CATALOGUE.slos}

    assert (alerts | objectives) - {None} <= {board.uid for board in CATALOGUE.dashboards}


@pytest.mark.parametrize(("board", "row"), ROWS, ids=named)
def test_panels_of_a_row_fill_whole_lines(board: Dashboard, row: PanelRow) -> None:
    """Each line is as wide as the grid, and its panels are equally high: the page has no ragged edge."""
    line: list[Panel] = []
    for panel in row.panels:
        line.append(panel)
        if sum(one.columns for one in line) >= COLUMNS:
            assert sum(one.columns for one in line) == COLUMNS, f"{board.uid}: {panel.title} does not fit its line"
            assert len({one.rows for one in line}) == 1, f"{board.uid}: the line of {panel.title} is uneven"
            line = []
    assert not line, f"{board.uid}, {row.title}: the last line ends at {sum(one.columns for one in line)}"


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=named)
def test_panel_leads_to_runbooks_that_exist(board: Dashboard, panel: Panel) -> None:
    assert [slug for slug in panel.runbooks if not (RUNBOOKS / f"{slug}.md").is_file()] == []


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=named)
def test_panel_whose_query_hides_zeros_says_what_empty_means(board: Dashboard, panel: Panel) -> None:
    hides = [query for query in panel.queries if query.expr.endswith(" > 0")]

    assert panel.when_empty or len(hides) < len(panel.queries)


def test_every_dashboard_marks_alerts_and_incidents_and_those_of_the_platform_deployments() -> None:
    marks = {board.uid: {mark.name for mark in board.annotations} for board in CATALOGUE.dashboards}

    assert all(names >= {"Alerts", "Incidents"} for names in marks.values())
    assert {uid for uid, names in marks.items() if "Deploys" in names} == {API_OVERVIEW, BUSINESS, INFRASTRUCTURE}


def test_variable_of_a_dashboard_is_used_in_it() -> None:
    for board in CATALOGUE.dashboards:
        asked = " ".join(query.expr for panel in board.panels for query in panel.queries)
        assert [one.name for one in board.variables if f'=~"${one.name}"' not in asked] == []
