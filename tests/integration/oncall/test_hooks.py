"""Alertmanager's webhook over HTTP: kept before it is answered, refused whole or not at all."""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from steward.model.components.oncall_metrics import WEBHOOK_OUTCOME, WEBHOOKS
from steward.oncall.context import Context
from steward.oncall.settings import OnCallSettings
from steward.oncall.store import alerts
from steward.oncall.store.database import Store
from steward.oncall.store.tables import heartbeat, inbox, metadata
from steward.oncall.web.app import create
from steward.testing.oncall import MONDAY, incoming, webhook

HOOK = "/webhooks/alertmanager"
HEADERS = {"Authorization": "Bearer alertmanager-may-come-in", "Content-Type": "application/json"}
THREE = [incoming("APIDown", instance=str(number)) for number in range(3)]


def calling(context: Context) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create(context)), base_url="http://127.0.0.1:8090")


def outcomes(context: Context) -> dict[str, float]:
    """Return how many webhooks were counted, without the outcomes that nothing had."""
    counted = {
        outcome: context.metrics.instruments.total(WEBHOOKS, outcome=outcome)
        for outcome in WEBHOOK_OUTCOME.values or ()
    }
    return {outcome: count for outcome, count in counted.items() if count}


def rows(store: Store) -> dict[str, int]:
    """Return how many rows each table has, without the empty ones."""
    with store.read() as connection:
        counts = {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }
    return {name: count for name, count in counts.items() if count}


async def test_a_webhook_is_kept_before_it_is_answered(client: httpx.AsyncClient, context: Context) -> None:
    body = json.dumps(webhook(THREE)).encode()
    response = await client.post(HOOK, content=body, headers=HEADERS)
    assert (response.status_code, response.json()) == (200, {"alerts": 3, "changes": 3})
    with context.store.read() as connection:
        assert [row.name for row in alerts.firing(connection)] == ["APIDown"] * 3
        (kept,) = connection.execute(select(inbox)).all()
    assert (kept.payload, kept.source, kept.received_at) == (body, "alertmanager", MONDAY)
    assert outcomes(context) == {"accepted": 1}


async def test_the_same_webhook_twice_changes_nothing(client: httpx.AsyncClient) -> None:
    for changes in (3, 0):
        response = await client.post(HOOK, json=webhook(THREE), headers=HEADERS)
        assert response.json() == {"alerts": 3, "changes": changes}


async def test_whoever_sends_is_woken_only_for_news(context: Context) -> None:
    rung: list[None] = []
    async with calling(replace(context, wake=lambda: rung.append(None))) as client:
        for _ in range(3):
            await client.post(HOOK, json=webhook(THREE), headers=HEADERS)
    assert rung == [None]


async def test_the_alert_that_always_fires_is_a_heartbeat(client: httpx.AsyncClient, context: Context) -> None:
    response = await client.post(HOOK, json=webhook([incoming("Watchdog", severity="none")]), headers=HEADERS)
    assert response.status_code == 200
    with context.store.read() as connection:
        assert connection.execute(select(heartbeat.c.name, heartbeat.c.last_at)).all() == [("Watchdog", MONDAY)]
        assert alerts.firing(connection) == []


async def test_a_watchdog_that_ends_is_no_heartbeat(client: httpx.AsyncClient, context: Context) -> None:
    told = webhook([incoming("Watchdog", firing=False, severity="none")])
    assert (await client.post(HOOK, json=told, headers=HEADERS)).status_code == 200
    assert "heartbeat" not in rows(context.store)


async def test_old_webhooks_are_forgotten(client: httpx.AsyncClient, context: Context) -> None:
    await client.post(HOOK, json=webhook(THREE), headers=HEADERS)
    with context.store.write() as connection:
        connection.execute(inbox.update().values(received_at=MONDAY.replace(year=2025)))
    await client.post(HOOK, json=webhook(THREE), headers=HEADERS)
    assert rows(context.store)["inbox"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic alertmanager-may-come-in"},
        {"Authorization": "alertmanager-may-come-in"},
        {"Authorization": "Bearer \u00e4"},
    ],
)
async def test_nobody_else_may_call_it_not_even_this_machine(
    client: httpx.AsyncClient, context: Context, headers: dict[str, str]
) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    response = await client.post(HOOK, json=webhook(THREE), headers=encoded)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert rows(context.store) == {}


async def test_the_token_in_a_query_string_is_worth_nothing(client: httpx.AsyncClient) -> None:
    response = await client.post(f"{HOOK}?token=alertmanager-may-come-in", json=webhook(THREE))
    assert response.status_code == 401


async def test_without_a_token_of_its_own_it_lets_nobody_in(context: Context) -> None:
    settings: OnCallSettings = replace(context.settings, webhook_token=None)
    async with calling(replace(context, settings=settings)) as client:
        response = await client.post(HOOK, json=webhook(THREE), headers=HEADERS)
    assert response.status_code == 401
    assert "STEWARD_ONCALL_WEBHOOK_TOKEN_FILE" in response.json()["detail"]


async def test_a_store_that_does_not_answer_is_503(client: httpx.AsyncClient, context: Context) -> None:
    with context.store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE alert RENAME TO elsewhere")
    response = await client.post(HOOK, json=webhook(THREE), headers=HEADERS)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert "inbox" not in rows_but_alerts(context.store)
    assert outcomes(context) == {"unavailable": 1}


def rows_but_alerts(store: Store) -> dict[str, int]:
    with store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO alert")
    return rows(store)


async def test_too_many_at_once_are_asked_to_come_again(client: httpx.AsyncClient, context: Context) -> None:
    async def send() -> int:
        return (await client.post(HOOK, json=webhook(THREE), headers=HEADERS)).status_code

    with context.store.write():  # nobody else can write
        sending = [asyncio.create_task(send()) for _ in range(40)]
        refused: set[asyncio.Task[int]] = set()
        async with asyncio.timeout(30):
            while len(refused) < 8:
                refused, _ = await asyncio.wait(sending, timeout=0.05)
        assert [one.result() for one in refused] == [503] * 8
    assert sorted(await asyncio.gather(*sending)) == [200] * 32 + [503] * 8
    assert await send() == 200


# What is sent below is wrong in one place, and its first alerts are right: so half of it could be written.

Mangle = Callable[[random.Random, dict[str, Any]], bytes]
NOTHINGS: tuple[Any, ...] = (None, True, 7, 0.5, [], ["x"], {"x": 1}, [{}])


def _written(payload: object) -> bytes:
    return json.dumps(payload).encode()


def _cut_off(chance: random.Random, payload: dict[str, Any]) -> bytes:
    body = _written(payload)
    return body[: chance.randrange(len(body))]


def _noise(chance: random.Random, _payload: dict[str, Any]) -> bytes:
    return b"\x80" + chance.randbytes(chance.randrange(2_000))


def _no_utf8(chance: random.Random, payload: dict[str, Any]) -> bytes:
    body = bytearray(_written(payload))
    body[chance.randrange(len(body))] = chance.randrange(0x80, 0x100)
    return bytes(body)


def _another_value(chance: random.Random, _payload: dict[str, Any]) -> bytes:
    return _written(chance.choice([*NOTHINGS, "text", [_payload], {"alerts": []}]))


def _wrong_head(chance: random.Random, payload: dict[str, Any]) -> bytes:
    name = chance.choice(["version", "groupKey", "alerts"])
    wrong = chance.choice([*NOTHINGS, "", {}])
    return _written(payload | {name: wrong})


def _no_head(chance: random.Random, payload: dict[str, Any]) -> bytes:
    payload.pop(chance.choice(["version", "groupKey", "alerts"]))
    return _written(payload)


def _wrong_alert(chance: random.Random, payload: dict[str, Any]) -> bytes:
    name = chance.choice(["status", "labels", "annotations", "startsAt", "fingerprint", "generatorURL"])
    payload["alerts"][-1][name] = chance.choice([None, True, 7, 0.5, ["x"], {"x": 1}, [{}]])
    return _written(payload)


def _no_alert(chance: random.Random, payload: dict[str, Any]) -> bytes:
    payload["alerts"][-1].pop(chance.choice(["status", "labels", "startsAt", "fingerprint"]))
    return _written(payload)


def _wrong_word(chance: random.Random, payload: dict[str, Any]) -> bytes:
    choices: list[tuple[str, list[Any]]] = [
        ("status", ["", "FIRING", "pending", "suppressed", "firing "]),
        ("startsAt", ["", "now", "2026-02-30T00:00:00Z", "2026-03-02 10:00", "-1", "10000-01-01T00:00:00Z"]),
        ("fingerprint", [""]),
        ("labels", [{}]),
    ]
    name, words = chance.choice(choices)
    payload["alerts"][-1][name] = chance.choice(words)
    return _written(payload)


def _bad_character(chance: random.Random, payload: dict[str, Any]) -> bytes:
    where = chance.choice(["labels", "annotations"])
    text = "a" + chance.choice(["\0", chr(chance.randrange(0xD800, 0xE000))]) + "b"
    name, value = (text, "value") if chance.random() < 0.5 else ("name", text)
    payload["alerts"][-1][where][name] = value
    return _written(payload)


def _deep(chance: random.Random, _payload: dict[str, Any]) -> bytes:
    depth = chance.randrange(20_000, 200_000)
    return b'{"version":"4","groupKey":"k","alerts":' + b"[" * depth + b"]" * depth + b"}"


MANGLES: tuple[Mangle, ...] = (
    _cut_off,
    _noise,
    _no_utf8,
    _another_value,
    _wrong_head,
    _no_head,
    _wrong_alert,
    _no_alert,
    _wrong_word,
    _deep,
)


@pytest.mark.slow
async def test_a_thousand_malformed_webhooks_are_4xx_and_write_nothing(
    client: httpx.AsyncClient, context: Context
) -> None:
    for number in range(1_000):
        chance = random.Random(number)
        mangle = MANGLES[number % len(MANGLES)]
        body = mangle(chance, webhook(THREE))
        response = await client.post(HOOK, content=body, headers=HEADERS)
        assert 400 <= response.status_code < 500, (number, mangle.__name__, body[:500], response.text)
        assert response.headers["Content-Type"] == "application/problem+json"
    assert rows(context.store) == {}
    assert outcomes(context).keys() == {"rejected"}


async def test_characters_that_no_store_keeps_hold_up_no_alert(
    client: httpx.AsyncClient, context: Context
) -> None:
    for number in range(40):
        body = _bad_character(random.Random(number), webhook(THREE))
        response = await client.post(HOOK, content=body, headers=HEADERS)
        assert response.status_code == 200, (number, body[:500], response.text)

    with context.store.read() as connection:
        kept = alerts.firing(connection)
    assert {row.fingerprint for row in kept} == {one.fingerprint for one in THREE}
    assert not any("\0" in text for row in kept for text in (*row.labels.values(), *row.annotations.values()))
