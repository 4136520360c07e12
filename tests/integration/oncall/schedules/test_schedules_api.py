"""Schedules over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from steward.oncall.calendars.reading import read
from steward.oncall.context import Context
from steward.oncall.domain.answers import Answer
from steward.oncall.services import links
from steward.oncall.settings import OnCallSettings
from steward.oncall.web.app import create
from steward.testing.oncall import MONDAY, MovableClock

pytestmark = pytest.mark.slow

API = "/api/v1/monitoring"
SRE = f"{API}/schedules/sre"
OVERRIDES = f"{SRE}/overrides"


def body(**changes: Any) -> dict[str, Any]:
    return {"person": "bob", "starts_at": "2026-03-03T10:00:00Z", "ends_at": "2026-03-03T12:00:00Z"} | changes


async def test_who_is_on_call_now(client: httpx.AsyncClient) -> None:
    answer = (await client.get(f"{API}/on-call")).json()

    sre, dba, backend = answer["teams"]
    assert answer["at"] == "2026-03-02T10:00:00Z"
    assert (sre["team"], sre["on_call"]["name"], sre["origin"]) == ("sre", "ann", "rotation")
    assert (sre["until"], sre["follows"]["name"], sre["lead"]["name"]) == ("2026-03-09T09:00:00Z", "bob", "lea")
    assert (dba["on_call"]["name"], dba["until"]) == ("dan", None)
    assert (backend["on_call"], backend["origin"], backend["lead"]["name"]) == (None, None, "eve")
    assert answer["head"]["name"] == "vic"


async def test_the_schedules(client: httpx.AsyncClient) -> None:
    answer = (await client.get(f"{API}/schedules")).json()

    assert answer["schedules"][1] == {"name": "dba", "title": "DBA on-call", "timezone": "Europe/Berlin"}


async def test_a_schedule_says_who_when_and_when_nobody(client: httpx.AsyncClient) -> None:
    query = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-10T01:00:00+01:00"}

    answer = (await client.get(SRE, params=query)).json()

    assert (answer["starts_at"], answer["ends_at"]) == ("2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z")
    assert [(one["person"], one["starts_at"], one["ends_at"]) for one in answer["shifts"]] == [
        ("ann", "2026-03-02T09:00:00Z", "2026-03-09T09:00:00Z"),
        ("bob", "2026-03-09T09:00:00Z", "2026-03-10T00:00:00Z"),
    ]
    assert answer["gaps"] == [{"starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-03-02T09:00:00Z"}]
    assert (answer["overrides"], answer["calendar"]) == ([], None)


async def test_without_times_it_is_the_next_two_weeks(client: httpx.AsyncClient) -> None:
    answer = (await client.get(SRE)).json()

    assert (answer["starts_at"], answer["ends_at"]) == ("2026-03-02T10:00:00Z", "2026-03-16T10:00:00Z")


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"from": "2026-03-01T00:00:00Z", "to": "2027-03-03T00:00:00Z"},
        {"from": "2026-03-01T00:00:00"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-12:00"},
        {"from": "tomorrow"},
    ],
)
async def test_times_that_cannot_be_shown(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await client.get(SRE, params=query)).status_code == 422


async def test_a_turn_is_taken_and_given_back(client: httpx.AsyncClient, clock: MovableClock) -> None:
    made = await client.post(OVERRIDES, json=body())
    assert made.status_code == 201
    number = made.json()["id"]
    assert made.json() | {"id": 0} == body() | {
        "id": 0,
        "created_by": "local",
        "created_at": "2026-03-02T10:00:00Z",
    }

    clock.forward(timedelta(days=1))
    taken = (await client.get(SRE)).json()
    assert [one["origin"] for one in taken["shifts"][:2]] == ["override", "rotation"]
    assert [one["id"] for one in taken["overrides"]] == [number]

    assert (await client.delete(f"{OVERRIDES}/{number}")).status_code == 204
    given_back = (await client.get(SRE)).json()
    assert (given_back["shifts"][0]["person"], given_back["overrides"]) == ("ann", [])
    assert (await client.delete(f"{OVERRIDES}/{number}")).status_code == 404


async def test_a_turn_that_is_over_is_not_listed(client: httpx.AsyncClient, clock: MovableClock) -> None:
    await client.post(OVERRIDES, json=body())
    clock.forward(timedelta(days=2))

    assert (await client.get(SRE)).json()["overrides"] == []


async def test_a_turn_is_taken_from_now_on(client: httpx.AsyncClient) -> None:
    made = await client.post(OVERRIDES, json={"person": "bob", "ends_at": "2026-03-02T12:00:00+01:00"})

    assert (made.json()["starts_at"], made.json()["ends_at"]) == ("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z")
    assert (await client.get(f"{API}/on-call")).json()["teams"][0]["on_call"]["name"] == "bob"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        (body(person="zoe"), 422),
        (body(person=""), 422),
        (body(person="a\0b"), 422),
        (body(ends_at="2026-03-03T10:00:00Z"), 422),
        (body(ends_at="2026-03-03T12:00:00"), 422),
        (body(ends_at="9999-12-31T23:59:59-12:00"), 422),
        (body(ends_at="2026-09-03T12:00:00Z"), 422),
        (body(starts_at="2026-03-01T10:00:00Z", ends_at="2026-03-02T10:00:00Z"), 422),
        (body(colour="green"), 422),
        ({"person": "bob"}, 422),
    ],
)
async def test_a_turn_that_cannot_be_taken(client: httpx.AsyncClient, wrong: dict[str, Any], status: int) -> None:
    answer = await client.post(OVERRIDES, json=wrong)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_a_schedule_that_is_not_there(client: httpx.AsyncClient) -> None:
    cook = f"{API}/schedules/cook"

    for answer in (
        await client.get(cook),
        await client.get(f"{cook}.ics"),
        await client.post(f"{cook}/overrides", json=body()),
        await client.delete(f"{cook}/overrides/1"),
        await client.delete(f"{OVERRIDES}/{2**63 - 1}"),
    ):
        assert answer.status_code == 404
    assert (await client.get(cook)).json()["detail"] == "no schedule is called 'cook'; known: sre, dba, backend"
    assert (await client.delete(f"{OVERRIDES}/{2**63}")).status_code == 422


async def test_a_schedule_as_a_calendar(client: httpx.AsyncClient) -> None:
    await client.post(OVERRIDES, json=body())

    answer = await client.get(f"{SRE}.ics")

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    begin, end = datetime(2026, 2, 1, tzinfo=UTC), MONDAY + timedelta(days=180)
    shown = (await client.get(SRE, params={"from": begin.isoformat(), "to": end.isoformat()})).json()["shifts"]
    events = read(answer.text, begin, end, ZoneInfo("UTC"))
    assert [(one.attendees[0], one.starts_at, one.ends_at) for one in events] == [
        (f"{one['person']}@shop.example", at(one["starts_at"]), at(one["ends_at"])) for one in shown
    ]


async def test_a_calendar_names_a_shift_the_same_a_month_long(
    client: httpx.AsyncClient, clock: MovableClock
) -> None:
    async def names() -> list[str]:
        text = (await client.get(f"{SRE}.ics")).text
        return [line for line in text.splitlines() if line.startswith("UID:")]

    before = await names()
    clock.forward(timedelta(days=20))
    after = await names()

    assert after[: len(before)] == before


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


SIGNED = OnCallSettings(public_url="https://oncall.example", signing_key="the key that signs, long enough")


async def subscription(context: Context, schedule: str = "sre") -> httpx.Response:
    async with client_of(context) as client:
        return await client.get(f"{API}/schedules/{schedule}/subscription")


def client_of(context: Context, peer: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create(context), client=(peer, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8090")


async def test_a_calendar_program_needs_no_more_than_the_address(context: Context) -> None:
    signed = replace(context, settings=SIGNED)
    url = (await subscription(signed)).json()["url"]
    assert url.startswith("https://oncall.example/api/v1/monitoring/calendars/")

    async with client_of(signed) as here, client_of(signed, peer="192.0.2.7") as outside:
        answer = await outside.get(httpx.URL(url).path)
        expected = await here.get(f"{SRE}.ics")

    assert (answer.status_code, answer.text) == (200, expected.text)


async def test_an_address_that_is_not_ours_shows_nothing(context: Context) -> None:
    signed = replace(context, settings=SIGNED)
    path = httpx.URL((await subscription(signed)).json()["url"]).path
    other = replace(context, settings=replace(SIGNED, signing_key="another key that signs, long enough"))

    async with client_of(signed, peer="192.0.2.7") as outside, client_of(other) as elsewhere:
        wrong = [path.replace("/calendars/", "/calendars/x"), f"{API}/calendars/sre.ics", path[:-6] + ".ics"]
        answers = [await outside.get(one) for one in wrong] + [await elsewhere.get(path)]
        too_long = await outside.get(f"{API}/calendars/{'x' * 501}.ics")

    assert [one.status_code for one in answers] == [403] * 4
    assert too_long.status_code == 422


async def test_a_link_of_a_mail_is_no_address_of_a_calendar(context: Context) -> None:
    signed = replace(context, settings=SIGNED)
    link = links.sign(SIGNED, 1, Answer.ACKNOWLEDGE, "ann", now=MONDAY).rpartition("/")[2]

    async with client_of(signed) as client:
        assert (await client.get(f"{API}/calendars/{link}.ics")).status_code == 403


async def test_without_a_key_there_are_no_addresses(context: Context) -> None:
    answer = await subscription(context)

    assert answer.status_code == 409
    assert "STEWARD_ONCALL_SIGNING_KEY_FILE" in answer.json()["detail"]
    assert (await subscription(replace(context, settings=SIGNED), "cook")).status_code == 404
