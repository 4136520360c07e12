"""Which places two dashboards are said to differ in."""

from typing import Any

import pytest

from steward.grafana.content import as_file, bare, from_file
from steward.grafana.differences import MISSING, Difference, differences
from steward.grafana.errors import NotADashboard


def panel(number: int, title: str, expr: str = "up") -> dict[str, Any]:
    return {"id": number, "title": title, "targets": [{"refId": "A", "expr": expr}]}


def board(*panels: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"uid": "shop", "title": "Shop", "panels": list(panels), **more}


def test_what_a_grafana_adds_is_no_difference() -> None:
    assert differences(board(panel(1, "Up")), board(panel(1, "Up"), id=7, version=12, iteration=3)) == ()


def test_a_query_is_found_by_its_panel_and_its_letter() -> None:
    found = differences(
        board(panel(1, "Up"), panel(2, "Errors", "a")), board(panel(1, "Up"), panel(2, "Errors", "b"))
    )
    assert found == (Difference('panels["Errors"].targets["A"].expr', "a", "b"),)


def test_a_panel_that_was_put_in_before_others_is_the_only_difference() -> None:
    added = panel(9, "New")
    found = differences(
        board(panel(1, "Up"), panel(2, "Errors")), board(added, panel(1, "Up"), panel(2, "Errors"))
    )
    assert found == (Difference('panels["New"]', MISSING, added),)


def test_a_panel_that_was_taken_out_and_another_order_are_differences() -> None:
    ours = board(panel(1, "Up"), panel(2, "Errors"), panel(3, "Load"))
    theirs = board(panel(2, "Errors"), panel(1, "Up"))
    assert differences(ours, theirs) == (
        Difference('panels["Load"]', panel(3, "Load"), MISSING),
        Difference("panels (order)", [1, 2], [2, 1]),
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (None, False, False),
        ([], {}, False),
        ([1, 2], [1], False),
        ("", None, False),
    ],
)
def test_plain_values(ours: object, theirs: object, same: bool) -> None:
    assert (differences(board(x=ours), board(x=theirs)) == ()) is same


def test_items_without_names_are_compared_by_their_places() -> None:
    assert differences(board(tags=["a", "b"]), board(tags=["a", "c"])) == (Difference("tags[1]", "b", "c"),)


def test_a_file_may_hold_what_the_api_answers() -> None:
    content = board(id=7, version=3)
    answered = as_file(content).replace(b"\n", b"")
    assert from_file(answered, "shop.json") == bare(content)
    assert from_file(b'{"meta": {}, "dashboard": ' + answered + b"}", "shop.json") == bare(content)


def test_written_content_is_stable() -> None:
    assert (
        as_file({"title": "Café", "uid": "shop", "id": 1})
        == '{\n  "title": "Café",\n  "uid": "shop"\n}\n'.encode()
    )


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"uid": "shop"}', b'{"dashboard": []}', b"\xff", b'"x"'])
def test_what_is_no_dashboard_is_named(content: bytes) -> None:
    with pytest.raises(NotADashboard, match=r"shop\.json"):
        from_file(content, "shop.json")
