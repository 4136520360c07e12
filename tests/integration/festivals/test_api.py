"""The API over HTTP, in this process."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from festivals.api.app import build
from festivals.api.settings import ApiSettings
from festivals.catalogue.jobs import API
from steward.model.components import process_metrics
from steward.testing.exposed import expect_declared

pytestmark = pytest.mark.slow

Environment = dict[str, str]
StartApi = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]

V1 = "/api/v1"
WALLET = f"{V1}/wallets/{uuid4()}"


async def post(
    api: httpx.AsyncClient, path: str, body: object = None, *, key: str | None = None
) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await api.post(V1 + path, json=body, headers=headers)


async def open_festival(api: httpx.AsyncClient) -> None:
    await post(api, "/festivals", {"id": "rock", "name": "Rock"})
    await post(api, "/festivals/rock/open")


async def wallet_with(api: httpx.AsyncClient, cents: int) -> str:
    wallet: str = (await post(api, "/festivals/rock/wallets", {"holder": "Ann"})).json()["id"]
    if cents:
        await post(api, f"/wallets/{wallet}/top-ups", {"amount_cents": cents}, key=uuid4().hex)
    return wallet


def expect_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert {"type", "title", "detail"} <= problem.keys()
    return problem


async def test_a_festival_lives(api: httpx.AsyncClient) -> None:
    made = await post(api, "/festivals", {"id": "rock", "name": "Rock", "currency": "CHF"})
    assert (made.status_code, made.json()["status"], made.json()["currency"]) == (201, "planned", "CHF")
    expect_problem(await post(api, "/festivals", {"id": "rock", "name": "Again"}), 409)
    expect_problem(await post(api, "/festivals/rock/close"), 409)
    assert (await post(api, "/festivals/rock/open")).json()["status"] == "open"
    assert (await post(api, "/festivals/rock/close")).json()["status"] == "closed"
    assert (await api.get(f"{V1}/festivals/rock")).json()["status"] == "closed"
    expect_problem(await post(api, "/festivals/rock/wallets", {"holder": "Ann"}), 409)


async def test_pages_follow_each_other(api: httpx.AsyncClient) -> None:
    for name in ("a", "b", "c"):
        await post(api, "/festivals", {"id": name, "name": name})
    first = (await api.get(f"{V1}/festivals", params={"limit": 2})).json()
    rest = (await api.get(f"{V1}/festivals", params={"limit": 2, "after": first["next"]})).json()
    assert [festival["id"] for festival in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert rest["next"] is None


async def test_a_wallets_transactions_come_the_newest_first_a_page_at_a_time(api: httpx.AsyncClient) -> None:
    await open_festival(api)
    wallet = await wallet_with(api, 0)
    for cents in (1, 2, 3):
        await post(api, f"/wallets/{wallet}/top-ups", {"amount_cents": cents}, key=uuid4().hex)
    first = (await api.get(f"{V1}/wallets/{wallet}/transactions", params={"limit": 2})).json()
    after = {"limit": 2, "after": first["next"]}
    rest = (await api.get(f"{V1}/wallets/{wallet}/transactions", params=after)).json()
    assert [transaction["amount_cents"] for transaction in first["items"] + rest["items"]] == [3, 2, 1]


async def test_the_same_request_gets_the_same_answer(api: httpx.AsyncClient) -> None:
    await open_festival(api)
    wallet = await wallet_with(api, 1000)
    body = {"amount_cents": 300, "stall": "bar"}
    first, second = [await post(api, f"/wallets/{wallet}/purchases", body, key="k") for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content) == (201, first.content)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    expect_problem(await post(api, f"/wallets/{wallet}/purchases", body | {"amount_cents": 301}, key="k"), 422)
    assert (await api.get(f"{V1}/wallets/{wallet}")).json()["balance_cents"] == 700


async def test_a_refusal_names_the_transaction_that_is_kept(api: httpx.AsyncClient) -> None:
    await open_festival(api)
    wallet = await wallet_with(api, 10)
    body = {"amount_cents": 300, "stall": "bar"}
    refusals = [await post(api, f"/wallets/{wallet}/purchases", body, key="k") for _ in range(2)]
    problems = [expect_problem(refusal, 402) for refusal in refusals]
    assert problems[0] == problems[1]
    assert refusals[1].headers["idempotency-replayed"] == "true"
    kept = (await api.get(f"{V1}/transactions/{problems[0]['transaction_id']}")).json()
    assert (kept["status"], kept["amount_cents"]) == ("insufficient_balance", 300)


async def test_a_refund_without_an_amount_gives_back_the_rest(api: httpx.AsyncClient) -> None:
    await open_festival(api)
    wallet = await wallet_with(api, 1000)
    bought = await post(api, f"/wallets/{wallet}/purchases", {"amount_cents": 300, "stall": "bar"}, key="p")
    refunds = f"/transactions/{bought.json()['id']}/refunds"
    await post(api, refunds, {"amount_cents": 100}, key="r1")
    assert (await post(api, refunds, {}, key="r2")).json()["amount_cents"] == 200
    assert expect_problem(await post(api, refunds, {}, key="r3"), 409)["type"] == "urn:festivals:more-than-left"


def _wrong_top_ups() -> Iterator[Any]:
    yield pytest.param(b"{", id="not JSON")
    yield pytest.param(b"", id="nothing")
    yield pytest.param(b"null", id="null")
    yield pytest.param(b"NaN", id="not a number")
    yield pytest.param(b"[" * 9000, id="deep nesting")
    yield pytest.param(b"\xff\xfe\x00", id="not UTF-8")
    yield pytest.param(b'{"amount_cents": ' + b"9" * 9000 + b"}", id="a number of 9000 digits")
    for amount in ("0", "-1", "1000001", "1.0", "1e3", "true", '"5"', "null", "1e999", "[]", str(2**64)):
        yield pytest.param(f'{{"amount_cents": {amount}}}'.encode(), id=f"amount {amount}")
    yield pytest.param(b'{"amount_cents": 1, "more": 2}', id="an unknown field")
    yield pytest.param(b'{"amount_cents": 1, "\\ud800": 2}', id="a surrogate as a field")


@pytest.mark.parametrize("body", list(_wrong_top_ups()))
async def test_a_body_that_cannot_be_right_is_refused(api: httpx.AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    expect_problem(await api.post(f"{WALLET}/top-ups", content=body, headers=headers), 422)


@pytest.mark.parametrize("name", ["", "a\x00b", "a\nb", "\x7f", "\x85", "\ud800", "a" * 121])
async def test_a_name_is_short_and_printable(api: httpx.AsyncClient, name: str) -> None:
    body = json.dumps({"id": "rock", "name": name}).encode()
    answer = await api.post(f"{V1}/festivals", content=body, headers={"Content-Type": "application/json"})
    assert expect_problem(answer, 422)["errors"][0]["location"] == "body.name"


@pytest.mark.parametrize("name", ["Rock am Ring", "Tomorrowland – día 1", "夏フェス", "🎸" * 120])
async def test_a_name_may_be_in_any_script(api: httpx.AsyncClient, name: str) -> None:
    assert (await post(api, "/festivals", {"id": "rock", "name": name})).json()["name"] == name
    assert (await api.get(f"{V1}/festivals/rock")).json()["name"] == name


@pytest.mark.parametrize("festival_id", ["", "-a", "a-", "a--b", "A", "a_b", "é", "a" * 41, 5, None])
async def test_a_festivals_id_is_a_slug(api: httpx.AsyncClient, festival_id: object) -> None:
    expect_problem(await post(api, "/festivals", {"id": festival_id, "name": "Rock"}), 422)


@pytest.mark.parametrize("key", [None, "", "a" * 201, "a b", "ü"])
async def test_money_needs_an_idempotency_key(api: httpx.AsyncClient, key: str | None) -> None:
    headers = [] if key is None else [(b"Idempotency-Key", key.encode("latin-1"))]
    answer = await api.post(f"{WALLET}/top-ups", json={"amount_cents": 1}, headers=headers)
    assert "header.Idempotency-Key" in expect_problem(answer, 422)["detail"]


@pytest.mark.parametrize("path", ["/wallets/x", "/wallets/%00", "/festivals/%00", "/festivals/A", "/tickets/1"])
async def test_a_path_that_cannot_be_right_is_refused(api: httpx.AsyncClient, path: str) -> None:
    expect_problem(await api.get(V1 + path), 422)


async def test_what_does_not_exist_is_not_found(api: httpx.AsyncClient) -> None:
    for path in (
        "/festivals/rock",
        "/festivals/rock/attendance",
        "/festivals/rock/ticket-types",
        f"/tickets/{uuid4()}",
    ):
        expect_problem(await api.get(V1 + path), 404)
    expect_problem(await api.get(WALLET), 404)
    expect_problem(await api.get("/nowhere"), 404)
    expect_problem(await api.get(f"{V1}/festivals/"), 404)


async def test_a_method_that_a_path_does_not_take_is_told_which_it_takes(api: httpx.AsyncClient) -> None:
    answer = await api.delete(f"{V1}/festivals")
    expect_problem(answer, 405)
    assert answer.headers["allow"] == "GET, POST"


async def test_a_body_is_small_json(api: httpx.AsyncClient) -> None:
    json_type = {"Content-Type": "application/json"}
    large = b'{"id": "rock", "name": "' + b"a" * 20_000 + b'"}'

    async def in_pieces() -> Any:  # an async generator, sent without a length
        for start in range(0, len(large), 1000):
            yield large[start : start + 1000]

    for content in (large, in_pieces()):
        expect_problem(await api.post(f"{V1}/festivals", content=content, headers=json_type), 413)
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/xml"}, {}):
        expect_problem(await api.post(f"{V1}/festivals", content=b"{}", headers=headers), 415)


async def test_requests_are_counted_by_their_route(api: httpx.AsyncClient) -> None:
    await api.get(WALLET)
    await api.get("/nowhere")
    exposed = (await api.get("/metrics")).text
    assert (
        'festivals_http_requests_total{method="GET",path="/api/v1/wallets/{wallet_id}",status="404"} 1.0'
        in exposed
    )
    assert 'festivals_http_requests_total{method="GET",path="__unmatched__",status="404"} 1.0' in exposed
    assert 'festivals_errors_total{type="not_found",operation="get_wallet"} 1.0' in exposed


async def test_what_is_exposed_is_what_the_catalogue_knows(
    environment: Environment, start_api: StartApi, tmp_path: Path
) -> None:
    settings = ApiSettings.read(environment | {"FESTIVALS_METRICS_DIRECTORY": str(tmp_path)})
    async with start_api(build(settings)) as api:
        await api.post(f"{V1}/festivals", json={"id": "rock", "name": "Rock"})
        for _ in range(2):
            await api.get(f"{V1}/festivals/rock")
        told = expect_declared((await api.get("/metrics")).text, API.metrics)

    assert told >= {metric.name for metric in process_metrics.METRICS_BY_WORKER}
    assert told >= {"festivals_http_requests_total", "festivals_db_queries_total", "festivals_cache_hit_ratio"}


async def test_health_and_documentation(api: httpx.AsyncClient) -> None:
    assert (await api.get("/healthz")).json() == {"status": "alive"}
    assert (await api.get("/readyz")).json() == {"database": "ready", "cache": "ready"}
    assert (await api.get("/docs")).status_code == 200
    assert (await api.get("/openapi.json")).json()["info"]["title"] == "Festivals API"
