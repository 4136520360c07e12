"""The catalogue's dashboards in the service."""

from dataclasses import replace

import pytest

from festivals.catalogue import CATALOGUE
from steward.model.catalogue import Links
from steward.oncall.dashboards import panels
from steward.oncall.settings import OnCallSettings
from steward.testing.oncall import SHOP


async def _scrape(time_scale: float) -> float:
    made = panels(SHOP, OnCallSettings(prometheus="http://127.0.0.1:9", time_scale=time_scale))
    moments = await made.grid(0, 60, 100)
    await made.close()
    return moments.scrape


def test_every_dashboard_is_there_in_the_catalogues_order() -> None:
    made = panels(CATALOGUE, OnCallSettings())
    assert list(made.boards) == [board.uid for board in CATALOGUE.dashboards]


def test_links_to_runbooks_stay_in_the_console() -> None:
    links = Links(runbooks="https://elsewhere.example/runbooks/", dashboards="https://grafana.example/d/")
    made = panels(replace(CATALOGUE, links=links), OnCallSettings())
    found = {
        link.url for board in made.boards.values() for asked in board.panels.values() for link in asked.view.links
    }
    assert found
    assert all(url.startswith("/runbooks/") for url in found)


@pytest.mark.parametrize(("time_scale", "seconds"), [(1, 15), (5, 3), (60, 1)])
async def test_while_prometheus_does_not_say_the_interval_is_the_catalogues(
    time_scale: float, seconds: float
) -> None:
    assert await _scrape(time_scale) == seconds
