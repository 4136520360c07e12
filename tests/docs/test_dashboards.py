"""What the page on dashboards says is held against the catalogue."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from festivals.catalogue import CATALOGUE
from steward.cli import commands
from steward.model.dashboard import Dashboard

GUIDE = (Path(__file__).parents[2] / "docs" / "DASHBOARDS.md").read_text()
IDS = [one.uid for one in CATALOGUE.dashboards]


def table(text: str, heading: str) -> list[list[str]]:
    """Return the cells below the heading of a table's first column; nothing where there is no such table."""
    lines = text.partition(f"\n| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])] for line in lines
    ]


def section(title: str) -> str:
    return GUIDE.partition(f"\n### {title}\n")[2].partition("\n##")[0]


def test_table_of_dashboards_is_the_catalogues() -> None:
    assert table(GUIDE, "uid") == [
        [
            f"`{one.uid}`",
            one.title,
            f"`{one.file}.json`",
            one.meaning,
            ", ".join(variable.name for variable in one.variables) or "-",
        ]
        for one in CATALOGUE.dashboards
    ]


@pytest.mark.parametrize("dashboard", CATALOGUE.dashboards, ids=IDS)
def test_rows_and_panels_are_the_catalogues(dashboard: Dashboard) -> None:
    assert table(section(dashboard.title), "row") == [
        [row.title, ", ".join(panel.title for panel in row.panels)] for row in dashboard.rows
    ]


@pytest.mark.parametrize("dashboard", CATALOGUE.dashboards, ids=IDS)
def test_healthy_ranges_and_runbooks_are_the_catalogues(dashboard: Dashboard) -> None:
    assert table(section(dashboard.title), "panel") == [
        [
            panel.title,
            panel.healthy,
            ", ".join(f"[{slug}](../runbooks/{slug}.md)" for slug in panel.runbooks) or "-",
        ]
        for panel in dashboard.panels
        if panel.healthy
    ]


def test_marks_are_the_catalogues() -> None:
    marks = {mark.name: mark.expr for one in CATALOGUE.dashboards for mark in one.annotations}
    assert table(GUIDE, "mark") == [[name, f"`{expr}`"] for name, expr in marks.items()]


def test_commands_exist_with_their_options() -> None:
    calls = re.findall(r"\./steward (dashboards \w+)([^#\n]*)", GUIDE)
    assert {name for name, _ in calls} == {"dashboards diff", "dashboards export", "dashboards import"}
    for name, rest in calls:
        shown = CliRunner().invoke(commands, [*name.split(), "--help"]).output
        assert all(option in shown for option in re.findall(r"--[a-z-]+", rest)), name
