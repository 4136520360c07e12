"""Dashboards as Grafana exports them, and as the compiler writes them."""

import json
from pathlib import Path

import pytest

from festivals.catalogue import CATALOGUE
from steward.compile.grafana import dashboard_files
from steward.dashboards.asking import AnnotationQuery, Asked, Board, Choice
from steward.dashboards.errors import Unreadable
from steward.dashboards.reading import read
from steward.dashboards.wire import Column, Link, Mapped, Step

EXPORTED = (Path(__file__).parent / "exported.json").read_bytes()


@pytest.fixture(scope="module")
def board() -> Board:
    return read(EXPORTED, "own")


def called(board: Board, title: str) -> Asked:
    return next(asked for asked in board.panels.values() if asked.view.title == title)


def test_rows_hold_their_panels_as_they_lie(board: Board) -> None:
    titles = [
        (row.title, row.collapsed, [board.panels[number].view.title for number in row.panels])
        for row in board.rows
    ]
    assert titles == [
        ("", False, ["First in its row", "Second in its row"]),
        ("Open", False, ["Same number", "No number"]),
        ("Closed", True, ["Words", "Unheard of", "Lines", "Of logs", "Asks nothing", "Buckets"]),
    ]


def test_every_panel_has_a_number_of_its_own(board: Board) -> None:
    assert all(asked.view.id == number for number, asked in board.panels.items())
    assert called(board, "Second in its row").view.id == 4
    assert len(board.panels) == 10


def test_what_stands_in_the_dashboard(board: Board) -> None:
    assert (board.uid, board.title, board.since, board.until, board.refresh) == (
        *("own", "Somebody's own", "now-6h", "now"),
        "",
    )


def test_a_panel_is_drawn_as_it_says(board: Board) -> None:
    view = called(board, "First in its row").view
    assert (view.kind, view.unit, view.decimals, view.min, view.max) == ("timeseries", "s", 2, 0, None)
    assert (view.fill, view.stacked, view.threshold_lines, view.legend) == (0.25, True, True, "table")
    assert view.thresholds == (Step("green", None), Step("#ff0000", 2))
    assert (view.place.x, view.place.w, view.place.h) == (0, 12, 8)


def test_a_link_that_is_a_script_is_left_out(board: Board) -> None:
    assert called(board, "First in its row").view.links == (Link("Runbook", "https://example.org/x"),)


def test_a_panel_asks_what_is_not_hidden(board: Board) -> None:
    asked = called(board, "Second in its row")
    assert [target.expr for target in asked.targets] == ["up"]
    assert asked.view.kind == "timeseries"


def test_a_panel_says_its_step_and_what_empty_means(board: Board) -> None:
    asked = called(board, "First in its row")
    assert (asked.least, asked.when_empty) == (60, "nobody asked")


def test_thresholds_in_percent_are_values_of_the_scale(board: Board) -> None:
    assert called(board, "Same number").view.thresholds[1] == Step("red", 160)


def test_values_are_mapped_to_words(board: Board) -> None:
    assert called(board, "Same number").view.mappings == (
        Mapped("1", "UP", "green"),
        Mapped("null", "unknown", ""),
    )


def test_a_query_of_one_moment_is_known(board: Board) -> None:
    assert called(board, "Same number").targets[0].instant
    assert not called(board, "First in its row").targets[0].instant


def test_a_table_has_its_columns_in_order(board: Board) -> None:
    assert called(board, "No number").view.columns == (
        Column("zone", "Zone"),
        Column("Value B", "Errors"),
        Column("Value A", "Value"),
    )


def test_a_heatmap_has_the_unit_of_its_axis(board: Board) -> None:
    assert called(board, "Buckets").view.unit == "s"


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Unheard of", "panels of the kind 'nodeGraph' are shown by Grafana only"),
        ("Lines", "panels of the kind 'logs' are shown by Grafana only"),
        ("Of logs", "this panel asks loki; here only Prometheus is asked"),
        ("Asks nothing", "this panel has no query"),
        ("Words", ""),
    ],
)
def test_what_cannot_be_shown_says_why(board: Board, title: str, why: str) -> None:
    assert called(board, title).refusal == why


def test_text_is_kept(board: Board) -> None:
    assert called(board, "Words").text == "Read me"


def test_variables(board: Board) -> None:
    job, zone, window, named, fixed, typed = board.variables
    assert job == Choice(
        "job", "Job", "query", ("$__all",), multi=True, all=True, metric='up{zone="a"}', label="job"
    )
    assert (zone.metric, zone.label, zone.title) == ("", "zone", "zone")
    assert (window.values, window.current) == (("1m", "5m", "1h"), ("5m",))
    assert (named.values, named.current) == (("1", "2"), ("1",))
    assert (fixed.current, fixed.hidden) == (("7",), True)
    assert (typed.kind, typed.current) == ("textbox", ("abc",))


def test_annotations_that_are_on_and_ask_prometheus(board: Board) -> None:
    assert board.annotations == (
        AnnotationQuery("Deploys", "deployed * 1000", "#aabbcc", "{{version}} by {{who}}", moment_is_value=True),
    )


def test_the_answer_of_grafanas_own_address_is_read_as_well() -> None:
    wrapped = json.dumps({"dashboard": json.loads(EXPORTED), "meta": {}}).encode()
    assert read(wrapped, "own") == read(EXPORTED, "own")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"panels": 1}', b"\xff", b"null"])
def test_what_is_no_dashboard_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^mine: it is no"):
        read(content, "mine")


@pytest.mark.parametrize(
    "strange",
    [
        {"panels": [None, 1, "x", {}, {"type": 5}]},
        {"panels": [{"type": "stat", "targets": "x", "gridPos": [], "fieldConfig": None, "links": {}}]},
        {"panels": [{"type": "timeseries", "fieldConfig": {"defaults": {"thresholds": {"steps": [{}, 3]}}}}]},
        {"panels": [{"type": "table", "transformations": [{"id": "organize", "options": None}, 7]}]},
        {"panels": [], "templating": {"list": [{"name": "a"}, {}, 4, {"name": "b", "query": 7}]}, "time": 3},
        {"panels": [], "annotations": {"list": [{"expr": "a"}, None]}, "tags": None},
    ],
)
def test_what_is_strange_is_passed_over(strange: object) -> None:
    assert read(json.dumps(strange).encode(), "strange").uid == "strange"


def test_the_catalogues_dashboards_are_read_whole() -> None:
    files = dashboard_files(CATALOGUE)
    for declared in CATALOGUE.dashboards:
        board = read(files[f"{declared.file}.json"], declared.file)
        assert board.uid == declared.uid
        assert [asked.view.title for asked in board.panels.values()] == [one.title for one in declared.panels]
        assert [[target.expr for target in asked.targets] for asked in board.panels.values()] == [
            [query.expr for query in panel.queries] for panel in declared.panels
        ]
        assert [row.title for row in board.rows] == [row.title for row in declared.rows]
        assert not any(asked.refusal for asked in board.panels.values())
        assert len(board.variables) == len(declared.variables)
        assert len(board.annotations) == len(declared.annotations)
