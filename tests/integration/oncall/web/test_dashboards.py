"""Dashboards in the console: their pages, and how their addresses answer."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI

from steward.dashboards.panels import Panels
from steward.dashboards.prometheus import Prometheus
from steward.dashboards.reading import read
from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.web.app import create
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

_BOARD = {
    "uid": "shop-sales",
    "title": "Sales <today>",
    "description": "What is sold.",
    "time": {"from": "now-6h", "to": "now"},
    "refresh": "30s",
    "panels": [
        {"id": 1, "type": "stat", "title": "Sold", "gridPos": {"x": 0, "y": 0, "w": 6, "h": 5},
         "targets": [{"expr": "a"}], "description": "What was sold. " * 400},
        {"id": 5, "type": "row", "title": "More", "collapsed": True, "gridPos": {"y": 6}, "panels": [
            {"id": 2, "type": "text", "title": "Read", "gridPos": {"x": 6, "y": 7, "w": 6, "h": 5},
             "options": {"content": "words"}},
        ]},
    ],
    "templating": {"list": [
        {"name": "shop", "type": "custom", "query": "a,b", "multi": True, "includeAll": True, "current": {}},
        {"name": "secret", "type": "constant", "query": "1"},
    ]},
}  # fmt: skip


@pytest.fixture
def app(context: Context) -> FastAPI:
    boards = [read(json.dumps(_BOARD).encode(), "sales")]
    return create(replace(context, panels=Panels(boards, Prometheus("http://127.0.0.1:9"))))


async def test_the_list_names_each_dashboard(visitors: Visitors) -> None:
    async with visitors.here() as client:
        page = await client.get("/dashboards", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert '<a href="/d/shop-sales">Sales &lt;today&gt;</a>' in page.text


async def test_a_dashboard_has_its_panels_in_their_rows(visitors: Visitors) -> None:
    async with visitors.here() as client:
        page = await client.get("/d/shop-sales?from=now-1h&to=now&var-shop=a", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert 'data-uid="shop-sales" data-config="/d/shop-sales/config"' in page.text
    assert 'id="panel-1" data-panel="1"' in page.text
    assert 'id="panel-2"' in page.text
    assert page.text.index("panel-1") < page.text.index("<summary>More</summary>") < page.text.index("panel-2")
    assert "style=" not in page.text


async def test_the_places_are_a_style_sheet_of_its_own(visitors: Visitors) -> None:
    async with visitors.here() as client:
        sheet = await client.get("/d/shop-sales/layout.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "#panel-1 { grid-column: 1 / span 6;" in sheet.text


async def test_the_config_says_what_is_drawn_and_what_may_be_chosen(visitors: Visitors) -> None:
    async with visitors.here() as client:
        told = (await client.get("/d/shop-sales/config?to=now-1h&var-shop=b")).json()
    assert (told["from"], told["to"], told["refresh"]) == ("now-6h", "now-1h", "30s")
    assert [panel["title"] for panel in told["panels"]] == ["Sold", "Read"]
    assert told["variables"] == [
        {
            "name": "shop",
            "title": "shop",
            "kind": "list",
            "multi": True,
            "values": ["$__all", "a", "b"],
            "current": ["b"],
        }
    ]


async def test_the_data_say_in_words_what_went_wrong(visitors: Visitors) -> None:
    async with visitors.here() as client:
        answer = await client.get("/d/shop-sales/data?from=now-1h&to=now&width=800&panels=1,2")
    told = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert told["panels"]["1"]["state"] == "error"
    assert "does not answer" in told["panels"]["1"]["message"]
    assert (told["panels"]["2"]["state"], told["panels"]["2"]["message"]) == ("ok", "words")
    assert told["end"] - told["start"] == 3_600


async def test_large_answers_are_compressed_for_whoever_takes_that(visitors: Visitors) -> None:
    async with visitors.here() as client:
        large = await client.get("/d/shop-sales/config", headers={"Accept-Encoding": "br, GZIP"})
        plain = await client.get("/d/shop-sales/config", headers={"Accept-Encoding": "identity"})
        small = await client.get("/d/shop-sales/data?panels=2", headers={"Accept-Encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert large.json() == plain.json()
    assert "content-encoding" not in small.headers


async def test_an_address_with_a_name_leads_to_the_dashboard(visitors: Visitors) -> None:
    async with visitors.here() as client:
        answer = await client.get("/d/shop-sales/sales-today?from=now-1h&var-shop=a%26b")
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/shop-sales?from=now-1h&var-shop=a%26b")


async def test_a_question_that_makes_no_sense_says_how_to_mend_it(visitors: Visitors) -> None:
    refused = (
        ("/d/nothing", 404, "no dashboard is called 'nothing'; known: shop-sales"),
        ("/d/nothing/layout.css", 404, "no dashboard is called"),
        ("/d/nothing/config", 404, "no dashboard is called"),
        ("/d/nothing/data", 404, "no dashboard is called"),
        ("/d/nothing/at-all", 404, "no dashboard is called"),
        ("/d/shop-sales/data?panels=77", 404, "has no panel 77"),
        ("/d/shop-sales/data?panels=1,x", 422, "write the numbers of at most 200 panels"),
        ("/d/shop-sales/data?from=yesterday", 422, "'yesterday' is no time; write now-1h"),
        ("/d/shop-sales/data?from=now&to=now-1h", 422, "ends before it begins"),
        ("/d/shop-sales/config?from=now-9y", 422, "longer than 400 days"),
        (f"/d/shop-sales/data?var-shop={'x' * 501}", 422, "variable shop: choose 200 values"),
        ("/d/shop-sales/data?width=9", 422, "width"),
        ("/d/shop-sales/data?width=99999", 422, "width"),
    )
    async with visitors.here() as client:
        for address, status, words in refused:
            answer = await client.get(address)
            assert (answer.status_code, words in answer.text) == (status, True), (address, answer.text)


async def test_a_viewer_may_look_and_a_stranger_may_not(
    visitors: Visitors, token_of: Callable[[Role], str]
) -> None:
    parts = ("/dashboards", *(f"/d/shop-sales{part}" for part in ("", "/layout.css", "/config", "/data")))
    async with visitors() as stranger, visitors(token=token_of(Role.VIEWER)) as viewer:
        for address in parts:
            assert (await stranger.get(address)).status_code == 401, address
            assert (await viewer.get(address)).status_code == 200, address
