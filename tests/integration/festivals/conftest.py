"""The platform on a real PostgreSQL and a real Redis: servers once a run, an empty migrated database a test."""

import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from redis import Redis

from festivals.api.app import build
from festivals.api.settings import ApiSettings
from festivals.catalogue.jobs import API_COUNTED
from festivals.services.composition import Services
from festivals.settings import CacheSettings, DatabaseSettings
from festivals.store.cache import Cache, clients
from festivals.store.database import Database, connect
from festivals.store.migrate import main as migrate
from festivals.telemetry.business import BusinessMetrics
from steward.instrument import Instruments
from steward.testing import ports
from steward.testing.polling import eventually
from steward.testing.servers import PostgresServer, RedisServer, postgres_server, redis_server

Environment = dict[str, str]
Processes = Callable[[Environment], AbstractContextManager[tuple[subprocess.Popen[bytes], str]]]
StartProcess = Callable[[Environment, Path], subprocess.Popen[bytes]]
StartApi = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]

TEMPLATE = "migrated"
SECONDS = 30
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: PostgresServer) -> str:
    """Name of a migrated database that nobody uses but as a template."""
    _administer(postgres, f"CREATE DATABASE {TEMPLATE}")
    assert migrate(_settings(postgres, TEMPLATE)) == 0
    return TEMPLATE


@pytest.fixture
def empty_database(postgres: PostgresServer) -> Environment:
    """Give the settings of a database without tables."""
    return _temporary(postgres, "template1")


@pytest.fixture
def environment(postgres: PostgresServer, redis: RedisServer, template: str) -> Environment:
    """Give the settings of a migrated database and the cache, as the programs read them."""
    with Redis(host=redis.host, port=redis.port) as cache:
        cache.flushall()
    return _temporary(postgres, template) | {"FESTIVALS_REDIS_ADDRESS": f"{redis.host}:{redis.port}"}


@pytest.fixture
async def database(environment: Environment) -> AsyncIterator[Database]:
    store = connect(DatabaseSettings.read(environment), "festivals-test")
    yield store
    await store.close()


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(API_COUNTED)


@pytest.fixture
async def services(
    database: Database, environment: Environment, instruments: Instruments
) -> AsyncIterator[Services]:
    cache = Cache(clients(CacheSettings.read(environment)), lambda _operation: None)
    yield Services.on(database, cache, BusinessMetrics(instruments))
    await cache.close()


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of `app`, which runs in this process."""
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://api") as client,
    ):
        yield client


@pytest.fixture
async def api(environment: Environment) -> AsyncIterator[httpx.AsyncClient]:
    async with running(build(ApiSettings.read(environment))) as client:
        yield client


@pytest.fixture
def start_api() -> StartApi:
    """Return `running`, for tests that build an API of their own."""
    return running


@pytest.fixture
def free_port() -> int:
    return ports.free_port()


@pytest.fixture
def start_process() -> StartProcess:
    """Return a function that starts `python -m festivals.api` with settings and a log."""
    return _start


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    """Return a context manager that runs the API's processes, giving their supervisor and the URL."""

    @contextmanager
    def running_processes(settings: Environment) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        port = ports.free_port()
        supervisor = _start(settings | {"FESTIVALS_PORT": str(port)}, tmp_path / "api.log")
        try:
            _await_ready(f"http://127.0.0.1:{port}")
            yield supervisor, f"http://127.0.0.1:{port}"
        finally:
            supervisor.terminate()
            try:
                supervisor.wait(SECONDS)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()

    return running_processes


def _start(settings: Environment, log: Path) -> subprocess.Popen[bytes]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FESTIVALS_")}
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "festivals.api"], env=inherited | settings, stdout=output, stderr=output
        )


def _await_ready(url: str) -> None:
    def ready() -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
        return False

    eventually("the API is ready", ready, SECONDS)


def _temporary(postgres: PostgresServer, template: str) -> Environment:
    name = f"test_{next(_NUMBERS)}"
    _administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    # Never dropped: that would take longer than making it, and the server goes away anyhow.
    return _settings(postgres, name)


def _administer(postgres: PostgresServer, statement: str) -> None:
    with psycopg.connect(postgres.url("postgresql"), autocommit=True) as connection:
        connection.execute(statement)


def _settings(postgres: PostgresServer, database: str) -> Environment:
    return {
        "FESTIVALS_DATABASE_ADDRESS": f"{postgres.host}:{postgres.port}",
        "FESTIVALS_DATABASE_NAME": database,
        "FESTIVALS_DATABASE_USER": postgres.user,
    }
