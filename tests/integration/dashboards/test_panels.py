"""Panels in front of a real Prometheus."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from steward.dashboards.asking import Asked, Target
from steward.dashboards.charts import above, chart, series_view
from steward.dashboards.encoding import encoded
from steward.dashboards.errors import NoAnswer, UnknownDashboard
from steward.dashboards.interpolation import chosen
from steward.dashboards.panels import Panels
from steward.dashboards.prometheus import MOST_SERIES, MOST_VALUES, Prometheus
from steward.dashboards.reading import read
from steward.testing.polling import eventually
from steward.testing.ports import free_port
from steward.testing.prometheus import prometheus_server

pytestmark = pytest.mark.slow

_RULES = """\
groups:
  - name: here
    rules:
      - {record: "shop:sold:count", labels: {shop: "a"}, expr: "vector(3)"}
      - {record: "shop:sold:count", labels: {shop: "b.c"}, expr: "vector(4)"}
      - {record: "shop:broken:count", expr: "vector(1) / 0"}
      - {alert: Always, expr: "vector(1)"}
"""


def _panel(number: int, kind: str, expr: str, *, instant: bool = False, empty: str = "") -> dict[str, object]:
    target = {"expr": expr, "refId": "A", "instant": instant, "range": not instant, "legendFormat": "{{shop}}"}
    usual = {"defaults": {"noValue": empty}}
    return {"id": number, "type": kind, "title": f"Panel {number}", "targets": [target], "fieldConfig": usual}


_BOARD = {
    "uid": "shop",
    "title": "Shop",
    "panels": [
        _panel(1, "timeseries", 'shop:sold:count{shop=~"$shop"}'),
        _panel(2, "stat", "sum(shop:sold:count)", instant=True),
        _panel(3, "timeseries", "nothing_at_all", empty="nothing was sold"),
        _panel(4, "timeseries", "sum(shop:sold:count"),
        _panel(5, "heatmap", "sum by (le) (increase(prometheus_http_request_duration_seconds_bucket[$__range]))"),
        _panel(6, "nodeGraph", "up"),
        _panel(7, "timeseries", "shop:broken:count"),
        _panel(8, "timeseries", "sum(rate(prometheus_http_requests_total[$__rate_interval]))"),
        _panel(9, "stat", "1 + 1", instant=True),
    ],
    "templating": {
        "list": [
            {
                "name": "shop",
                "type": "query",
                "query": "label_values(shop:sold:count, shop)",
                "multi": True,
                "includeAll": True,
                "current": {"value": ["$__all"]},
            }
        ]
    },
    "annotations": {
        "list": [
            {"name": "Alerts", "enable": True, "expr": "ALERTS", "titleFormat": "{{alertname}} is {{alertstate}}"}
        ]
    },
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prometheus_server(tmp_path_factory.mktemp("prometheus"), _RULES) as address:
        rate = "sum(increase(prometheus_http_request_duration_seconds_bucket[4s] offset 1s))"
        eventually("requests have a rate", lambda: _value(address, f"{rate} and on () count(ALERTS)") > 0)
        yield address


@pytest.fixture
async def panels(url: str) -> AsyncIterator[Panels]:
    made = Panels([read(json.dumps(_BOARD).encode(), "shop")], Prometheus(url))
    yield made
    await made.close()


def _value(url: str, expr: str) -> float:
    found = httpx.get(f"{url}/api/v1/query", params={"query": expr}).json()["data"]["result"]
    return float(found[0]["value"][1]) if found else 0


def _asked(url: str) -> float:
    """Return how often Prometheus was asked for values."""
    counted = 0.0
    for line in httpx.get(f"{url}/metrics").text.splitlines():
        if line.startswith("prometheus_http_requests_total") and "/api/v1/query" in line:
            counted += float(line.rpartition(" ")[2])
    return counted


async def _data(panels: Panels, *numbers: int, **given: list[str]) -> dict[str, Any]:
    board = panels.board("shop")
    now = time.time()
    picked = chosen(board.variables, given)
    told: dict[str, Any] = json.loads(
        await panels.data(board, numbers, start=now - 60, end=now, width=600, picked=picked)
    )
    return told


async def _shown(panels: Panels, number: int, **given: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = (await _data(panels, number, **given))["panels"][str(number)]
    return found


async def test_lines_have_a_value_for_each_moment_and_none_where_there_is_no_sample(panels: Panels) -> None:
    shown = await _shown(panels, 1)
    assert (shown["state"], shown["step"], shown["start"] % 1) == ("ok", 1, 0)
    assert [one["name"] for one in shown["series"]] == ["a", "b.c"]
    values = shown["series"][0]["values"]
    assert len(values) == shown["count"] == 61
    assert values[0] is None
    assert values[-1] == 3


async def test_what_is_chosen_is_asked_for(panels: Panels) -> None:
    shown = await _shown(panels, 1, shop=["b.c"])
    assert [one["labels"]["shop"] for one in shown["series"]] == ["b.c"]
    assert (await _shown(panels, 1, shop=["b|a"]))["state"] == "empty"


async def test_a_value_of_one_moment(panels: Panels) -> None:
    shown = await _shown(panels, 2)
    assert (shown["count"], shown["series"][0]["values"]) == (1, [7])
    assert (await _shown(panels, 9))["series"][0]["values"] == [2]


async def test_the_noise_behind_the_tenth_digit_is_left_out(panels: Panels) -> None:
    asked = Asked(
        series_view("Noise"), (Target("A", "1 / 3", instant=True), Target("B", "1e15 + 1", instant=True))
    )
    shown = await panels.ask(asked, await panels.grid(0, 60, 100))
    assert [one.values for one in shown.series] == [[0.3333333333], [1e15 + 1]]


async def test_what_could_not_be_drawn_anyway_is_left_out_and_counted(panels: Panels) -> None:
    asked = Asked(series_view("All"), (Target("A", '{job="prometheus"}'),))
    now = time.time()
    shown = await panels.ask(asked, await panels.grid(now - 60, now, 100))
    assert len(shown.series) == MOST_SERIES
    assert shown.message.endswith("more series are not shown")
    long = await panels.ask(asked, await panels.grid(now - 10_000, now, 10_000))
    assert len(long.series) == MOST_VALUES // long.count


@pytest.mark.parametrize(
    ("number", "state", "words"),
    [
        (3, "empty", "nothing was sold"),
        (4, "error", "Prometheus refused the query"),
        (6, "empty", "'nodeGraph'"),
        (7, "empty", "there are no series"),
    ],
)
async def test_a_panel_without_data_says_why(panels: Panels, number: int, state: str, words: str) -> None:
    shown = await _shown(panels, number)
    assert shown["state"] == state
    assert words in shown["message"]


async def test_buckets_come_from_the_lowest_up_and_hold_no_less_than_nothing(panels: Panels) -> None:
    names = [one["name"] for one in (await _shown(panels, 5))["series"]]
    assert names[0] == "0.1"
    assert names[-1] == "+Inf"


async def test_the_interval_is_the_one_that_prometheus_scrapes_in(panels: Panels) -> None:
    now = time.time()
    assert (await panels.grid(now - 60, now, 600)).scrape == 1
    assert (await _shown(panels, 8))["state"] == "ok"


async def test_annotations_are_marks(panels: Panels) -> None:
    marks = (await _data(panels, 1))["marks"]
    assert "Always is firing" in {mark["text"] for mark in marks}
    assert all(mark["start"] <= mark["end"] for mark in marks)


async def test_fifty_viewers_cost_prometheus_the_queries_of_one(panels: Panels, url: str) -> None:
    board = panels.board("shop")
    end = time.time()
    every = [1, 2, 3, 5, 8, 9]

    async def look() -> bytes:
        return await panels.data(board, every, start=end - 60, end=end, width=600)

    before = _asked(url)
    answers = await asyncio.gather(*(look() for _ in range(50)))
    await look()
    assert len(set(answers)) == 1
    assert _asked(url) - before == len(every) + 1  # and the annotation


async def test_what_may_be_chosen(panels: Panels) -> None:
    now = time.time()
    shop = panels.board("shop").variables[0]
    assert await panels.values(shop, await panels.grid(now - 600, now, 100)) == ("a", "b.c")


async def test_a_panel_that_there_is_not_is_refused(panels: Panels) -> None:
    with pytest.raises(UnknownDashboard, match="no panel 99"):
        await _data(panels, 99)
    with pytest.raises(UnknownDashboard, match="known: shop"):
        panels.board("store")


async def test_a_chart_elsewhere_is_asked_in_the_same_way(panels: Panels) -> None:
    view = series_view("Sold", "short", thresholds=above(3.5))
    queries = [("shop:sold:count", "{{shop}}"), ("sum(", "sum")]
    now = time.time()
    made = await chart(panels, view, queries, start=now - 60, end=now, width=300)
    assert (made.panel.threshold_lines, made.data.state) == (True, "ok")
    assert [one.name for one in made.data.series] == ["a", "b.c"]
    assert made.data.message.startswith("query B: Prometheus refused")
    assert json.loads(encoded(made))["panel"]["thresholds"][1] == {"color": "red", "value": 3.5}


async def test_a_prometheus_that_is_away_is_told_in_the_panel() -> None:
    away = Panels([read(json.dumps(_BOARD).encode(), "shop")], Prometheus(f"http://127.0.0.1:{free_port()}"))
    shown = await _data(away, 1, 2)
    await away.close()
    assert {one["state"] for one in shown["panels"].values()} == {"error"}
    assert "does not answer" in shown["panels"]["1"]["message"]
    assert shown["marks"] == []


async def test_a_prometheus_that_is_too_slow_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = Prometheus(f"http://127.0.0.1:{silent.getsockname()[1]}", seconds=0.1)
        with pytest.raises(NoAnswer, match=r"did not answer within 0.1 s"):
            await source.at("up", 0)
        await source.close()


async def test_what_is_no_number_is_told_so(panels: Panels) -> None:
    asked = Asked(series_view("Range"), (Target("A", "up[5m]", instant=True),))
    shown = await panels.ask(asked, await panels.grid(0, 60, 100))
    assert (shown.state, shown.message.partition(",")[0]) == (
        "error",
        "the query gives a range of values at each moment",
    )


async def test_without_a_prometheus_a_panel_says_so() -> None:
    asked = read(json.dumps(_BOARD).encode(), "shop").panels[1]
    nobody = Panels()
    shown = await nobody.ask(asked, await nobody.grid(0, 60, 100))
    assert (shown.state, shown.message) == ("error", "no Prometheus is known to this service")
    assert isinstance(asked, Asked)
