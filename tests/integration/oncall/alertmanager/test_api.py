"""Silences over HTTP with a real Alertmanager: what is silenced there, and what was silenced there by others."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from steward.oncall.domain.fingerprints import fingerprint
from steward.oncall.web.app import create
from steward.testing.alertmanagers import AlertmanagerServer, firing

if TYPE_CHECKING:
    from tests.integration.oncall.alertmanager.conftest import Service, Start

pytestmark = pytest.mark.slow

BODY = {"duration": "2h", "reason": "Maintenance window"}


@pytest.fixture
def running(start: "Start") -> "tuple[Service, AlertmanagerServer]":
    service, (server,) = start()
    return service, server


@pytest.fixture
async def api(running: "tuple[Service, AlertmanagerServer]") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create(running[0].context), client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8090/api/v1/monitoring"
    ) as client:
        yield client


async def test_a_silence_is_alertmanagers_own(
    running: "tuple[Service, AlertmanagerServer]", api: httpx.AsyncClient
) -> None:
    server = running[1]
    server.tell(firing("APIDown", cluster="eu-1"), firing("APIDown", cluster="us-1"), firing("Other"))
    more = [{"name": "cluster", "value": "eu-.*", "is_regex": True}]
    made = (await api.post("/alerts/APIDown/silence", json=BODY | {"matchers": more})).json()
    assert [one["labels"]["cluster"] for one in made["covers"]] == ["eu-1"]
    assert [one["fingerprint"] for one in made["covers"]] == [fingerprint(made["covers"][0]["labels"])]
    assert (made["covers_total"], made["active_everywhere"]) == (1, True)
    (held,) = server.silences()
    assert [(one["name"], one["value"], one["isRegex"]) for one in held["matchers"]] == [
        ("alertname", "APIDown", False),
        ("cluster", "eu-.*", True),
    ]
    assert held["comment"].startswith("Maintenance window [steward ")
    assert held["createdBy"] == "local"
    assert [one["id"] for one in made["silence"]["alertmanagers"]] == [held["id"]]
    ended = (await api.delete("/alerts/APIDown/silence")).json()
    assert (len(ended["ended"]), ended["foreign"], ended["notes"]) == (1, [], [])
    assert [one["status"]["state"] for one in server.silences()] == ["expired"]


async def test_what_was_silenced_in_alertmanager_itself_is_shown_and_left_alone(
    running: "tuple[Service, AlertmanagerServer]", api: httpx.AsyncClient
) -> None:
    server = running[1]
    foreign = server.silence(alertname="APIDown", cluster="eu-1")
    (shown,) = (await api.get("/silences")).json()["silences"]
    assert (shown["id"], shown["origin"], shown["alert_name"]) == (None, "alertmanager", "APIDown")
    assert (shown["created_by"], shown["reason"], shown["state"]) == ("somebody", "by hand", "active")
    assert shown["alertmanagers"][0]["id"] == foreign
    refused = await api.delete("/alerts/APIDown/silence")
    assert refused.status_code == 409
    assert foreign in refused.json()["detail"]
    assert (await api.delete("/alerts/APIUp/silence")).status_code == 404
    await api.post("/alerts/APIDown/silence", json=BODY)
    assert [one["origin"] for one in (await api.get("/silences")).json()["silences"]] == [
        "oncall",
        "alertmanager",
    ]
    ended = (await api.delete("/alerts/APIDown/silence")).json()
    assert [one["alertmanagers"][0]["id"] for one in ended["foreign"]] == [foreign]
    assert [one["id"] for one in server.silences() if one["status"]["state"] == "active"] == [foreign]


async def test_a_window_begins_at_its_time_and_never_covers_the_alert_that_always_fires(
    running: "tuple[Service, AlertmanagerServer]", api: httpx.AsyncClient
) -> None:
    server = running[1]
    server.tell(firing("Watchdog"), firing("APIDown"))
    every = {"name": "team", "value": ".+", "is_regex": True}
    window: dict[str, Any] = {"matchers": [every], "reason": "New disks", "duration": "1h"}
    window["starts_at"] = "2999-01-01T00:00:00Z"
    assert (await api.post("/maintenance", json=window)).status_code == 422
    window["starts_at"] = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    refused = await api.post("/maintenance", json=window)
    assert refused.status_code == 422
    assert 'add the matcher alertname!="Watchdog"' in refused.json()["detail"]
    assert server.silences() == []
    window["matchers"] = [every, {"name": "alertname", "value": "Watchdog", "is_equal": False}]
    planned = await api.post("/maintenance", json=window)
    assert planned.status_code == 201, planned.text
    assert [one["state"] for one in planned.json()["silence"]["alertmanagers"]] == ["pending"]
    assert [one["status"]["state"] for one in server.silences()] == ["pending"]
    assert (await api.delete("/maintenance/1")).status_code == 200
    assert [one["status"]["state"] for one in server.silences()] == ["expired"]


async def test_what_only_alertmanager_finds_wrong_is_refused_and_not_kept(
    running: "tuple[Service, AlertmanagerServer]", api: httpx.AsyncClient
) -> None:
    """Rust reads this pattern, Go does not."""
    odd = [{"name": "cluster", "value": "a{1001}", "is_regex": True}]
    refused = await api.post("/alerts/APIDown/silence", json=BODY | {"matchers": odd})
    assert refused.status_code == 422
    assert "invalid repeat count" in refused.json()["detail"]
    assert (await api.get("/silences", params={"ended": True})).json()["silences"] == []
