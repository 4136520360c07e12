"""What no broken file shows of the checks of dashboards: `tests/lint` has one file a check."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from steward.check.finding import Finding
from steward.check.linting import file_findings
from steward.check.reading.files import read_file
from steward.check.shape import Context

UP = {"expr": "avg(up)", "refId": "A"}


def found(*panels: dict[str, Any], **more: Any) -> list[Finding]:
    text = json.dumps({"panels": panels, **more}, indent=1)
    return list(file_findings([read_file("shop.json", text, 15)], Context()))


def stat(unit: str, *limits: float, **ends: float) -> dict[str, Any]:
    steps = [{"color": "red", "value": value} for value in (None, *limits)]
    defaults = {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps}, **ends}
    return {"type": "stat", "title": "Up", "targets": [UP], "fieldConfig": {"defaults": defaults}}


@pytest.mark.parametrize(
    "panel",
    [
        stat("percent", 0.8, 0.95),
        stat("percent", max=1),
        stat("percentunit", 80),
        stat("percentunit", 0.8, max=100),
    ],
)
def test_limits_in_the_other_unit_are_found(panel: dict[str, Any]) -> None:
    (finding,) = found(panel)

    assert (finding.check, finding.place.what) == ("threshold-unit", "panel Up")


@pytest.mark.parametrize(
    "panel",
    [stat("percent"), stat("percent", 0), stat("percent", 80, 95), stat("percentunit", 0.8, 1.2), stat("s", 80)],
)
def test_limits_in_the_unit_of_the_values_are_left_in_peace(panel: dict[str, Any]) -> None:
    assert found(panel) == []


@pytest.mark.parametrize("column", ["Value #A", "Value", "path"])
def test_the_column_of_a_query_is_named_by_its_letter_where_there_are_several(column: str) -> None:
    chosen = {"id": "filterFieldsByName", "options": {"include": {"names": [column, "Time", "Value #B"]}}}
    table = {"type": "table", "title": "Up", "targets": [UP, {**UP, "refId": "B"}], "transformations": [chosen]}

    assert [finding.check for finding in found(table)] == ([] if column == "Value #A" else ["table-column"])


def test_a_variable_that_nothing_asks_for_is_found_without_any_query() -> None:
    variable = {"name": "shop", "type": "custom", "query": "a,b"}

    (finding,) = found({"type": "text", "title": "Notes"}, templating={"list": [variable]})

    assert (finding.check, finding.place.what) == ("variable-unused", "variable shop")


def test_a_variable_may_repeat_a_panel_or_stand_in_a_title() -> None:
    variables = [{"name": name, "type": "custom", "query": "a,b"} for name in ("shop", "city")]
    panel = {"type": "text", "title": "Notes on ${city}", "repeat": "shop"}

    assert found(panel, templating={"list": variables}) == []


@pytest.mark.parametrize("other", [None, 5, {"a": 5}, [["x"]]], ids=str)
def test_a_dashboard_is_read_whatever_stands_in_it(other: object) -> None:
    chosen = {"id": "filterFieldsByName", "options": {"include": {"names": ["path"]}}}
    whole = {
        "panels": [{**stat("s", 1), "transformations": [chosen]}],
        "annotations": {"list": [{"name": "Notes", "expr": "up", "titleFormat": "{{job}}"}]},
        "templating": {"list": [{"name": "shop", "type": "query", "query": {"query": "label_values(up, job)"}}]},
    }

    for changed in _changed(whole, other):
        read = read_file("shop.json", json.dumps(changed), 15)
        assert list(file_findings([read], Context())) is not None


def _changed(value: Any, other: object) -> Iterator[Any]:
    """Yield a value once for each thing in it, with something else in the thing's place."""
    for key, inside in list(value.items() if isinstance(value, dict) else enumerate(value)):
        places = _changed(inside, other) if isinstance(inside, dict | list) else iter(())
        for instead in (other, *places):
            copy = value.copy()
            copy[key] = instead
            yield copy
