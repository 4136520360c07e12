"""Silences over HTTP while no Alertmanager answers: what is kept, what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.store.tables import event, silence
from steward.oncall.web.app import create
from steward.testing.oncall import MONDAY
from steward.testing.ports import free_port

API = "/api/v1/monitoring"
BODY = {"duration": "2h", "reason": "Maintenance window"}
WINDOW = {
    "matchers": [{"name": "cluster", "value": "eu.*", "is_regex": True}, {"name": "team", "value": "dba"}],
    "reason": "New disks",
    "starts_at": "2026-03-03T02:00:00+01:00",
    "duration": "90m",
}


REFUSED_SILENCES: list[tuple[dict[str, Any], str]] = [
    ({}, "duration"),
    ({"duration": "2h"}, "reason"),
    (BODY | {"reason": ""}, "reason"),
    (BODY | {"reason": " \n "}, "reason"),
    (BODY | {"reason": "a\u0000b"}, "reason"),
    (BODY | {"duration": "2 hours"}, "write it as Prometheus does"),
    (BODY | {"duration": "-1h"}, "write it as Prometheus does"),
    (BODY | {"duration": ""}, "write it as Prometheus does"),
    (BODY | {"duration": "0s"}, "at least a second"),
    (BODY | {"duration": "8d"}, "at most 7d"),
    (BODY | {"duration": "99999999999999999999999999999999y"}, "at most 7d"),
    (BODY | {"until": "tomorrow"}, "until"),
    (BODY | {"created_by": "two\nlines"}, "created_by"),
    (BODY | {"matchers": [{"name": "alertname", "value": "Other"}]}, "in the path already"),
    (BODY | {"matchers": [{"name": "a-b", "value": "x"}]}, "name"),
    (BODY | {"matchers": [{"name": "a", "value": "(", "is_regex": True}]}, "no regular expression"),
    (BODY | {"matchers": [{"name": "a", "value": "b", "is_equals": True}]}, "is_equals"),
    (BODY | {"matchers": [{"name": "a", "value": "b"}] * 20}, "matchers"),
]


REFUSED_WINDOWS: list[tuple[dict[str, Any], str]] = [
    (WINDOW | {"ends_at": "2026-03-03T03:00:00Z"}, "either ends_at or duration"),
    ({name: value for name, value in WINDOW.items() if name != "duration"}, "either ends_at or duration"),
    (WINDOW | {"duration": None, "ends_at": "2026-03-02T09:00:00Z"}, "ends in the future"),
    (WINDOW | {"duration": None, "ends_at": "2026-03-03T00:00:00Z"}, "at least a second"),
    (WINDOW | {"duration": None, "ends_at": "2026-03-13T00:00:00Z"}, "at most 7d"),
    (WINDOW | {"duration": None, "ends_at": "9999-12-31T23:59:59-14:00"}, "at most 7d"),
    (WINDOW | {"starts_at": "9999-12-31T23:59:59-14:00"}, "within 366 days"),
    (WINDOW | {"starts_at": "2026-03-03T02:00:00"}, "timezone"),
    (WINDOW | {"matchers": []}, "matchers"),
    (WINDOW | {"matchers": [{"name": "cluster", "value": ".*", "is_regex": True}]}, "none of these labels"),
    (WINDOW | {"matchers": [{"name": "cluster", "value": "eu", "is_equal": False}]}, "none of these labels"),
]


@pytest.fixture
def away(context: Context) -> Iterator[Context]:
    """Give the context of a service whose Alertmanager does not answer."""
    alertmanagers = Alertmanagers((f"http://127.0.0.1:{free_port()}",))
    yield replace(context, alertmanagers=alertmanagers)
    alertmanagers.close()


def calling(context: Context) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create(context), client=("127.0.0.1", 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8090" + API)


def kept(context: Context) -> int:
    with context.store.read() as connection:
        return connection.scalar(select(func.count()).select_from(silence)) or 0


async def test_a_silence_is_kept_even_if_alertmanager_does_not_answer(away: Context) -> None:
    async with calling(away) as client:
        response = await client.post("/alerts/APIHighLatencyP99/silence", json=BODY)
    assert response.status_code == 201
    made = response.json()
    assert (made["covers"], made["covers_total"], made["active_everywhere"]) == (None, None, False)
    assert "does not answer" in made["notes"][0]
    assert "is the name right?" in made["notes"][1]
    assert made["silence"] | {"alertmanagers": []} == {
        "id": 1,
        "origin": "oncall",
        "kind": "silence",
        "alert_name": "APIHighLatencyP99",
        "matchers": [{"name": "alertname", "value": "APIHighLatencyP99", "is_regex": False, "is_equal": True}],
        "state": "active",
        "starts_at": "2026-03-02T10:00:00Z",
        "ends_at": "2026-03-02T12:00:00Z",
        "created_by": "local",
        "created_at": "2026-03-02T10:00:00Z",
        "reason": "Maintenance window",
        "cancelled_at": None,
        "cancelled_by": None,
        "alertmanagers": [],
    }
    (there,) = made["silence"]["alertmanagers"]
    assert (there["id"], there["state"]) == ("", None)


async def test_who_made_it_is_in_the_audit_whoever_it_names(away: Context) -> None:
    async with calling(away) as client:
        response = await client.post("/alerts/APIDown/silence", json=BODY | {"created_by": "Ann Alder"})
    assert response.json()["silence"]["created_by"] == "Ann Alder"
    with away.store.read() as connection:
        (row,) = connection.execute(select(event)).all()
    assert (row.kind, row.actor, row.silence_id, row.at) == ("silence.created", "local", 1, MONDAY)
    assert row.text == "silence of APIDown until 2026-03-02 12:00 UTC: Maintenance window"
    assert row.data["created_by"] == "Ann Alder"


async def test_a_service_without_alertmanagers_says_that_nothing_is_silenced(client: httpx.AsyncClient) -> None:
    response = await client.post(f"{API}/alerts/APIDown/silence", json=BODY)
    assert "no Alertmanager is set" in response.json()["notes"][0]


async def test_what_could_never_be_allowed_is_refused_and_nothing_is_kept(away: Context) -> None:
    async with calling(away) as client:
        for body, says in REFUSED_SILENCES:
            response = await client.post("/alerts/APIDown/silence", json=body)
            assert (response.status_code, says in response.text) == (422, True), (body, response.text)
    assert kept(away) == 0


async def test_what_alertmanager_refuses_is_not_kept(context: Context) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[]) if request.method == "GET" else httpx.Response(400, text="bad end")

    strict = Alertmanagers(("http://am",), httpx.Client(transport=httpx.MockTransport(answer)))
    async with calling(replace(context, alertmanagers=strict)) as client:
        response = await client.post("/alerts/APIDown/silence", json=BODY)
        assert (response.status_code, "bad end" in response.text) == (422, True)
        assert (await client.get("/silences")).json()["silences"] == []


async def test_what_is_silenced_before_it_was_told_of_is_not_taken_in_by_that(context: Context) -> None:
    fresh = {
        "labels": {"alertname": "APIDown"},
        "fingerprint": "0123",
        "startsAt": "2026-03-02T09:59:59Z",
        "status": {"state": "active"},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[fresh] if request.method == "GET" else {"silenceID": "one"})

    alertmanagers = Alertmanagers(("http://am",), httpx.Client(transport=httpx.MockTransport(answer)))
    async with calling(replace(context, alertmanagers=alertmanagers)) as client:
        made = (await client.post("/alerts/APIDown/silence", json=BODY)).json()
        assert (made["covers_total"], made["active_everywhere"]) == (1, True)
        assert (await client.get("/alerts")).json()["alerts"] == []


async def test_the_alert_that_always_fires_is_not_silenced(away: Context) -> None:
    async with calling(away) as client:
        response = await client.post("/alerts/Watchdog/silence", json=BODY)
    assert response.status_code == 422
    assert "proves that alerts arrive" in response.text


async def test_a_silence_is_ended_by_its_alert(away: Context) -> None:
    async with calling(away) as client:
        for _ in range(2):
            await client.post("/alerts/APIDown/silence", json=BODY)
        await client.post("/alerts/APIUp/silence", json=BODY)
        ended = await client.delete("/alerts/APIDown/silence")
        assert ended.status_code == 200
        assert [one["state"] for one in ended.json()["ended"]] == ["expired", "expired"]
        assert {one["cancelled_by"] for one in ended.json()["ended"]} == {"local"}
        again = await client.delete("/alerts/APIDown/silence")
        assert again.status_code == 404
        listed = (await client.get("/silences")).json()
    assert [one["alert_name"] for one in listed["silences"]] == ["APIUp"]
    assert "does not answer" in listed["problems"][0]


async def test_a_silence_is_ended_by_its_number(away: Context) -> None:
    async with calling(away) as client:
        await client.post("/alerts/APIDown/silence", json=BODY)
        assert [(await client.delete("/silences/1")).status_code for _ in range(2)] == [200, 409]
        assert (await client.delete("/silences/2")).status_code == 404
        shown = (await client.get("/silences", params={"ended": True})).json()
    assert [(one["id"], one["state"]) for one in shown["silences"]] == [(1, "expired")]


async def test_a_maintenance_window_is_planned_and_called_off(away: Context) -> None:
    async with calling(away) as client:
        planned = await client.post("/maintenance", json=WINDOW)
        assert planned.status_code == 201, planned.text
        shown = planned.json()["silence"]
        assert (shown["kind"], shown["state"], shown["alert_name"]) == ("maintenance", "pending", "")
        assert (shown["starts_at"], shown["ends_at"]) == ("2026-03-03T01:00:00Z", "2026-03-03T02:30:00Z")
        assert [one["id"] for one in (await client.get("/maintenance")).json()["silences"]] == [1]
        assert [one["id"] for one in (await client.get("/silences")).json()["silences"]] == [1]
        await client.post("/alerts/APIDown/silence", json=BODY)
        assert (await client.delete("/maintenance/2")).status_code == 404
        assert (await client.delete("/maintenance/1")).status_code == 200
        assert (await client.get("/maintenance")).json()["silences"] == []
        assert len((await client.get("/maintenance", params={"ended": True})).json()["silences"]) == 1


async def test_a_window_that_makes_no_sense_is_refused(away: Context) -> None:
    async with calling(away) as client:
        for body, says in REFUSED_WINDOWS:
            response = await client.post("/maintenance", json=body)
            assert (response.status_code, says in response.text) == (422, True), (body, response.text)
    assert kept(away) == 0


async def test_a_window_that_should_have_begun_begins_now(away: Context) -> None:
    async with calling(away) as client:
        planned = await client.post("/maintenance", json=WINDOW | {"starts_at": "0001-01-01T00:00:00+14:00"})
    assert planned.json()["silence"]["starts_at"] == "2026-03-02T10:00:00Z"
