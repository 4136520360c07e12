"""What a client sees when the database or the cache is away."""

import os
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from redis import Redis

from festivals.api.app import build
from festivals.api.settings import ApiSettings
from festivals.store.database import Database
from festivals.store.festivals import lock_festival
from steward.testing.servers import PostgresServer, redis_server

pytestmark = pytest.mark.slow

Environment = dict[str, str]
StartApi = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]

NOBODY = "127.0.0.1:1"


def app_of(environment: Environment) -> FastAPI:
    return build(ApiSettings.read(environment))


def samples(text: str, name: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if line.startswith(name))
    return {series.removeprefix(name): float(value) for series, _, value in lines if float(value)}


async def test_without_its_database_the_api_says_try_again(environment: Environment, start_api: StartApi) -> None:
    async with start_api(app_of(environment | {"FESTIVALS_DATABASE_ADDRESS": NOBODY})) as api:
        answer = await api.get("/api/v1/festivals")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["content-type"] == "application/problem+json"
        assert "127.0.0.1" not in answer.text
        ready = await api.get("/readyz")
        assert (ready.status_code, ready.json()["detail"]) == (503, "not ready: database")
        assert (await api.get("/healthz")).status_code == 200
        exposed = (await api.get("/metrics")).text
        assert samples(exposed, "festivals_errors_total") == {'{type="database",operation="list_festivals"}': 1.0}
        assert "festivals_wallets_active " not in exposed


async def test_who_waits_too_long_for_a_lock_is_asked_to_try_again(
    database: Database, api: httpx.AsyncClient
) -> None:
    await api.post("/api/v1/festivals", json={"id": "rock", "name": "Rock"})
    async with database.transaction() as connection:
        await lock_festival(connection, "rock")
        answer = await api.post("/api/v1/festivals/rock/open")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    errors = samples((await api.get("/metrics")).text, "festivals_errors_total")
    assert errors == {'{type="timeout",operation="open_festival"}': 1.0}
    assert (await api.post("/api/v1/festivals/rock/open")).status_code == 200


async def test_connections_that_the_database_cut_are_replaced(
    environment: Environment, api: httpx.AsyncClient, postgres: PostgresServer
) -> None:
    assert (await api.get("/api/v1/festivals")).status_code == 200
    with psycopg.connect(postgres.url("postgresql"), autocommit=True) as administrator:
        cut = administrator.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
            [environment["FESTIVALS_DATABASE_NAME"]],
        ).fetchone()
    assert cut == (1,)
    assert (await api.get("/api/v1/festivals")).status_code == 200


async def test_without_its_cache_the_api_reads_the_database(environment: Environment, start_api: StartApi) -> None:
    async with start_api(app_of(environment | {"FESTIVALS_REDIS_ADDRESS": NOBODY})) as api:
        await api.post("/api/v1/festivals", json={"id": "rock", "name": "Rock"})
        for _ in range(3):
            assert (await api.get("/api/v1/festivals/rock")).status_code == 200
        assert (await api.post("/api/v1/festivals/rock/open")).json()["status"] == "open"
        assert (await api.get("/api/v1/festivals/rock")).json()["status"] == "open"
        ready = await api.get("/readyz")
        assert (ready.status_code, ready.json()["errors"][0]["location"]) == (503, "cache")
        errors = samples((await api.get("/metrics")).text, "festivals_errors_total")
        assert set(errors) == {'{type="cache",operation="cache_get"}'}


async def test_a_cache_that_hangs_costs_one_request_its_patience(
    environment: Environment, start_api: StartApi, tmp_path: Path
) -> None:
    with redis_server(tmp_path) as redis:
        address = {"FESTIVALS_REDIS_ADDRESS": f"{redis.host}:{redis.port}"}
        async with start_api(app_of(environment | address)) as api:
            await api.post("/api/v1/festivals", json={"id": "rock", "name": "Rock"})
            await api.get("/api/v1/festivals/rock")
            os.kill(redis.pid, signal.SIGSTOP)
            try:
                answers = [(await api.get("/api/v1/festivals/rock")).status_code for _ in range(50)]
                commands = samples((await api.get("/metrics")).text, "festivals_cache_operations_total")
            finally:
                os.kill(redis.pid, signal.SIGCONT)
    assert answers == [200] * 50
    in_vain = commands['{cache_name="festivals",operation="get",status="error"}']
    assert 1 <= in_vain < 25, "not every one waited"


async def test_a_cache_that_holds_nonsense_is_read_past(environment: Environment, api: httpx.AsyncClient) -> None:
    host, _, port = environment["FESTIVALS_REDIS_ADDRESS"].partition(":")
    await api.post("/api/v1/festivals", json={"id": "rock", "name": "Rock"})
    with Redis(host=host, port=int(port)) as redis:
        redis.set("festivals:festivals:rock", b"{")
    assert (await api.get("/api/v1/festivals/rock")).json()["name"] == "Rock"
