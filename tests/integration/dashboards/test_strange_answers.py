"""Answers that are not what Prometheus gives."""

from collections.abc import Awaitable, Callable

import pytest

from steward.dashboards.errors import NoAnswer
from steward.dashboards.prometheus import Prometheus
from steward.dashboards.timerange import grid
from steward.testing.prometheus_stand_in import StandIn

pytestmark = pytest.mark.slow

HOUR = grid(0, 3_600, width=100, scrape=15)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"<html>", "200 OK", "no JSON"),
        (b"<html>", "502 Bad Gateway", "answered 502"),
        (b"[]", "200 OK", "it answered 200"),
        (b'{"status": "error", "error": "too much"}', "422 Unprocessable Entity", "refused the query: too much"),
    ],
)
async def test_an_answer_of_something_else_is_told(
    stand: StandIn, prometheus: Prometheus, body: bytes, status: str, words: str
) -> None:
    stand.body, stand.status = body, status
    with pytest.raises(NoAnswer, match=words):
        await prometheus.over("up", HOUR)


@pytest.mark.parametrize(
    "data",
    ["null", '{"result": null}', '{"result": [{"metric": {}, "values": [[1, "x"]]}]}', '{"result": [3]}'],
)
async def test_an_answer_in_another_shape_is_told(stand: StandIn, prometheus: Prometheus, data: str) -> None:
    stand.tell(data)
    with pytest.raises(NoAnswer, match="not Prometheus'"):
        await prometheus.over("up", HOUR)


@pytest.mark.parametrize(
    "ask",
    [
        lambda prometheus: prometheus.at("up", 0),
        lambda prometheus: prometheus.label_values("job", "up", 0, 60),
        lambda prometheus: prometheus.scrape_seconds(),
    ],
)
async def test_whatever_is_asked(
    stand: StandIn, prometheus: Prometheus, ask: Callable[[Prometheus], Awaitable[object]]
) -> None:
    stand.tell("7")
    with pytest.raises(NoAnswer, match="not Prometheus'"):
        await ask(prometheus)


async def test_a_series_of_histograms_has_no_values(stand: StandIn, prometheus: Prometheus) -> None:
    stand.tell('{"resultType": "matrix", "result": [{"metric": {"job": "a"}, "histograms": []}]}')
    (found,) = (await prometheus.over("up", HOUR)).series
    assert set(found.values) == {None}


async def test_numbers_that_json_has_not_are_none(stand: StandIn, prometheus: Prometheus) -> None:
    values = '[[0, "NaN"], [60, "+Inf"], [120, "1.5"]]'
    stand.tell(f'{{"resultType": "matrix", "result": [{{"metric": {{}}, "values": {values}}}]}}')
    (found,) = (await prometheus.over("up", HOUR)).series
    assert found.values[:4] == [None, None, 1.5, None]


async def test_no_interval_in_the_configuration_is_prometheus_own(stand: StandIn, prometheus: Prometheus) -> None:
    stand.tell('{"yaml": "global: {}"}')
    assert await prometheus.scrape_seconds() == 60
