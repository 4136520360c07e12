"""Grafana's calls where no Grafana runs."""

import json
from dataclasses import replace

import httpx
import pytest

from steward.compile.grafana import dashboard_files
from steward.model.dashboard import Dashboard, PanelRow, Query, Stat
from steward.oncall.context import Context
from steward.oncall.web.app import create
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

PANEL = Stat(title="Up", meaning="What is up.", queries=(Query("up"),))
BOARD = Dashboard("shop-api", "API", "What runs.", (PanelRow("All", (PANEL,)),), "api")


def here(context: Context) -> httpx.AsyncClient:
    catalogue = replace(context.catalogue, dashboards=(BOARD,))
    transport = httpx.ASGITransport(create(replace(context, catalogue=catalogue)))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3001")


async def test_a_dashboard_is_what_a_grafana_would_read_from_its_file(context: Context) -> None:
    async with here(context) as client:
        answer = (await client.get("/api/dashboards/uid/shop-api")).json()

    files = dashboard_files(replace(context.catalogue, dashboards=(BOARD,)))
    assert answer["dashboard"] == {**json.loads(files["api.json"]), "version": 1}
    assert answer["meta"]["provisioned"] is True


async def test_one_that_is_not_there_is_said_in_grafanas_words(context: Context) -> None:
    async with here(context) as client:
        answer = await client.get("/api/dashboards/uid/none")
    assert (answer.status_code, answer.json()["message"]) == (404, "Dashboard not found")


async def test_nothing_can_be_saved(context: Context) -> None:
    async with here(context) as client:
        answer = await client.post("/api/dashboards/db", json={"dashboard": {"uid": "shop-api", "title": "x"}})
    assert (answer.status_code, answer.json()["message"]) == (400, "Cannot save provisioned dashboard")


async def test_strangers_see_no_dashboards(visitors: Visitors) -> None:
    async with visitors() as stranger:
        assert (await stranger.get("/api/dashboards/uid/shop-api")).status_code == 401
