"""What fires and what fired before, asked over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from steward.oncall.context import Context
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.services.alerts import take_in
from steward.testing.oncall import MONDAY, SHOP, incoming

pytestmark = pytest.mark.slow

API = "/api/v1/monitoring/alerts"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _morning(context: Context) -> None:
    """Two hours of a morning: two alerts fire, one of them has fired before, another is over."""
    slow = incoming("APISlow", severity="warning", team="backend")
    told(context, incoming("APIDown"), slow)
    told(context, incoming("APIDown", firing=False), after=HOUR)
    told(context, incoming("RedisDown", team="dba"), after=HOUR)
    told(context, incoming("RedisDown", firing=False, team="dba"), after=2 * HOUR)
    told(context, replace(incoming("APIDown"), silenced=True), after=2 * HOUR)


def told(context: Context, *alerts: IncomingAlert, after: timedelta = timedelta()) -> None:
    with context.store.write() as connection:
        take_in(connection, alerts, source="alertmanager", now=MONDAY + after, catalogue=SHOP)


async def get(client: httpx.AsyncClient, path: str = "", **query: Any) -> Any:
    response = await client.get(API + path, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def names(answer: Any) -> list[str]:
    return [one["name"] for one in answer["alerts"]]


async def test_what_fires(client: httpx.AsyncClient) -> None:
    answer = await get(client)
    assert names(answer) == ["APIDown", "APISlow"]
    first = answer["alerts"][0]
    assert (first["severity"], first["team"], first["silenced"]) == ("critical", "sre", True)
    assert (first["source_state"], first["resolved_at"]) == ("firing", None)
    assert first["labels"] == {"alertname": "APIDown", "severity": "critical", "team": "sre"}
    assert first["first_seen"] == "2026-03-02T12:00:00Z"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"severity": "warning"}, ["APISlow"]),
        ({"team": "sre"}, ["APIDown"]),
        ({"name": "APISlow"}, ["APISlow"]),
        ({"name": "RedisDown"}, []),
        ({"silenced": "false"}, ["APISlow"]),
        ({"response": "closed"}, []),
    ],
)
async def test_only_some_of_what_fires(
    client: httpx.AsyncClient, query: dict[str, str], expected: list[str]
) -> None:
    assert names(await get(client, **query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["APIDown", "RedisDown", "APISlow", "APIDown"]),
        ({"name": "APIDown"}, ["APIDown", "APIDown"]),
        ({"team": "dba"}, ["RedisDown"]),
        ({"since": "2026-03-02T11:00:00Z"}, ["APIDown", "RedisDown"]),
        ({"until": "2026-03-02T12:00:00+01:00"}, ["APISlow", "APIDown"]),
    ],
)
async def test_the_history(client: httpx.AsyncClient, query: dict[str, str], expected: list[str]) -> None:
    assert names(await get(client, "/history", **query)) == expected


async def test_the_history_page_by_page(client: httpx.AsyncClient) -> None:
    first = await get(client, "/history", limit=3)
    second = await get(client, "/history", limit=3, before=first["next"])
    assert names(first) + names(second) == ["APIDown", "RedisDown", "APISlow", "APIDown"]
    assert second["next"] is None


async def test_one_alert(client: httpx.AsyncClient) -> None:
    answer = await get(client, "/APIDown")
    assert [one["silenced"] for one in answer["firing"]] == [True]
    assert [one["resolved_at"] for one in answer["history"]] == ["2026-03-02T10:01:00Z"]
    assert answer["runbook"] is None


async def test_an_alert_that_nobody_knows(client: httpx.AsyncClient) -> None:
    response = await client.get(f"{API}/Nothing")
    assert response.status_code == 404
    assert response.json()["detail"] == "no alert is called 'Nothing', and none of that name ever came"


@pytest.mark.parametrize(
    "path",
    [
        "?severity=loud",
        "?limit=0",
        "?limit=501",
        "?before=99999999999999999999",
        "?name=a%00b",
        "?team=%00",
        "/history?since=2026-03-02",
        "/history?until=now",
        "/a%00b",
    ],
)
async def test_what_cannot_be_asked(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(API + path)).status_code == 422


async def test_nobody_unknown_may_ask(client: httpx.AsyncClient) -> None:
    for path in ("", "/history", "/APIDown"):
        response = await client.get(API + path, headers={"Authorization": "Bearer nonsense"})
        assert response.status_code == 401
