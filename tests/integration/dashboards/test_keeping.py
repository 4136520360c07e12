"""How long what a panel shows is kept."""

import json
from typing import Any

import pytest

from steward.dashboards.panels import Panels
from steward.dashboards.prometheus import Prometheus
from steward.dashboards.reading import read
from steward.dashboards.sharing import FAILED_SECONDS
from steward.testing.prometheus_stand_in import StandIn

pytestmark = pytest.mark.slow

_BOARD = {
    "panels": [
        {"id": 1, "type": "timeseries", "title": "Lines", "targets": [{"expr": "a"}]},
        {"id": 2, "type": "stat", "title": "Now", "targets": [{"expr": "b", "instant": True}]},
    ]
}
_MATRIX = '{"resultType": "matrix", "result": [{"metric": {}, "values": [[0, "1"]]}]}'
_VECTOR = '{"resultType": "vector", "result": [{"metric": {}, "value": [0, "1"]}]}'


class Hand:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def panels(prometheus: Prometheus, clock: Hand) -> Panels:
    return Panels([read(json.dumps(_BOARD).encode(), "own")], prometheus, scrape=15, clock=clock)


async def _shown(panels: Panels, number: int, end: float = 86_400) -> dict[str, Any]:
    """Return what a panel shows over a day, which is asked in steps of two minutes."""
    told = await panels.data(panels.board("own"), [number], start=end - 86_400, end=end, width=1_000)
    shown: dict[str, Any] = json.loads(told)["panels"][str(number)]
    return shown


def _queries(stand: StandIn) -> int:
    return sum("/api/v1/query" in line for line in stand.asked)


async def test_an_answer_is_kept_for_a_step_and_no_longer_than_a_minute(
    stand: StandIn, panels: Panels, clock: Hand
) -> None:
    stand.tell(_MATRIX)
    for now, queries in ((0, 1), (59, 1), (61, 2)):
        clock.now = now
        assert (await _shown(panels, 1))["state"] == "ok"
        assert _queries(stand) == queries


async def test_a_failure_is_shown_for_a_moment_and_then_asked_again(
    stand: StandIn, panels: Panels, clock: Hand
) -> None:
    stand.body, stand.status = b'{"status": "error", "error": "too much"}', "503 Service Unavailable"
    assert (await _shown(panels, 1))["state"] == "error"
    stand.tell(_MATRIX)
    assert (await _shown(panels, 1))["state"] == "error"
    clock.now = FAILED_SECONDS + 0.1
    assert (await _shown(panels, 1))["state"] == "ok"


async def test_a_value_of_now_is_as_new_as_samples_are_in_however_long_a_range(
    stand: StandIn, panels: Panels
) -> None:
    stand.tell(_VECTOR)
    moments = [(await _shown(panels, 2, end=86_400 + away))["start"] for away in (0, 14, 16)]
    assert moments == [86_400, 86_400, 86_415]
