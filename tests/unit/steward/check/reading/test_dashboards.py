import json

import pytest

from steward.check.reading.dashboards import read_dashboard
from steward.check.reading.errors import Unreadable
from steward.check.reading.variables import filled_in
from steward.model import Accepted
from steward.promql import parse
from steward.promql.nodes import Span, selectors


def dashboard(*panels: object, **more: object) -> str:
    return json.dumps({"panels": panels, **more}, indent=1)


def panel(query: str, **more: object) -> dict[str, object]:
    return {"title": "Orders", "targets": [{"expr": query}], **more}


def test_every_query_of_every_panel_is_read_with_its_line() -> None:
    text = dashboard(panel("up"), {"type": "row", "panels": [panel("vector(1)")]})

    found = read_dashboard("shop.json", text, 15)

    assert [one.read for one in found] == ["up", "vector(1)"]
    for one in found:
        assert one.place.line is not None
        assert one.source.text in text.splitlines()[one.place.line - 1]


def test_rows_of_old_dashboards_are_read() -> None:
    text = json.dumps({"rows": [{"panels": [panel("up")]}]})

    assert [one.read for one in read_dashboard("old.json", text, 15)] == ["up"]


def test_queries_to_other_sources_are_left_out() -> None:
    logs = panel('{app="shop"} |= "error"', datasource={"type": "loki", "uid": "x"})

    assert read_dashboard("shop.json", dashboard(logs), 15) == ()


def test_the_description_of_a_panel_accepts_a_finding() -> None:
    text = dashboard(panel("up", description="All.\nsteward: accept raw-counter because totals are asked for"))

    (one,) = read_dashboard("shop.json", text, 15)

    assert one.accepts == (Accepted("raw-counter", "totals are asked for"),)


def test_what_is_no_dashboard_cannot_be_read() -> None:
    with pytest.raises(Unreadable, match=r"shop\.json:2: no JSON"):
        read_dashboard("shop.json", '{"panels":\n', 15)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("rate(x_total[$__rate_interval])", "rate(x_total[1m])"),
        ("rate(x_total[${__rate_interval}])", "rate(x_total[1m])"),
        ("max_over_time(x[$__interval])", "max_over_time(x[15s])"),
        ("increase(x_total[$__range])", "increase(x_total[1h])"),
        ("rate(x_total[$window])", "rate(x_total[5m])"),
        ('x{path="$path"}', 'x{path=~".*"}'),
        ('x{path=~"[[path]]", a="b"}', 'x{path=~".*", a="b"}'),
        ('x{path!~"${path:regex}"}', 'x{path!~""}'),
        ('x{path!="$path"}', 'x{path!~""}'),
        ("topk($n, x)", "topk(3, x)"),
        ("topk($other, x)", "topk(1, x)"),
        ("sum by ($label) (x)", "sum by (steward_variable) (x)"),
    ],
)
def test_variables_are_filled_in(written: str, read: str) -> None:
    filled, _ = filled_in(written, 15, {"n": "3"})

    assert filled == read


def test_a_place_in_what_is_read_is_found_in_what_is_written() -> None:
    written = 'sum(rate(x_total{path=~"$path"}[$__rate_interval])) / sum(rate(y_total[$__rate_interval]))'
    read, source = filled_in(written, 15, {})
    first, second = selectors(parse(read))

    assert source.placed(first.name_span).of(written) == "x_total"
    assert source.placed(second.name_span).of(written) == "y_total"
    assert source.placed(first.span).of(written) == 'x_total{path=~"$path"}[$__rate_interval]'
    assert first.range_span is not None
    assert source.placed(first.range_span).of(written) == "$__rate_interval"
    assert source.placed(Span(0, len(read))) == Span(0, len(written))


def test_marks_and_lookups_of_variables_are_read_as_well() -> None:
    lookup = 'label_values(orders{city=~"$city"}, shop)'
    variable = {"name": "shop", "type": "query", "query": {"query": lookup}}
    text = dashboard(
        annotations={"list": [{"name": "Deploys", "expr": "changes(started[$__interval])"}, {"name": "Notes"}]},
        templating={"list": [variable, {"name": "city", "type": "textbox", "query": "label_values(a, b)"}]},
    )

    mark, values = read_dashboard("shop.json", text, 15)

    assert (mark.read, mark.place.what) == ("changes(started[15s])", "annotation Deploys")
    assert (values.read, values.place.what) == ('group by (shop) (orders{city=~".*"})', "variable shop")
    assert values.source.placed(Span(0, 5)).of(lookup) == lookup
