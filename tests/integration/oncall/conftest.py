"""An empty store a test, on SQLite and, where slow tests run, on PostgreSQL: one server a run."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from steward.instrument import Instruments
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.database import Store, connect
from steward.oncall.store.migrate import upgrade
from steward.oncall.store.tables import metadata
from steward.oncall.web.app import create
from steward.testing.oncall import SHOP, MovableClock, fresh_store
from steward.testing.servers import PostgresServer, postgres_server

WEBHOOK_TOKEN = "alertmanager-may-come-in"
TEMPLATE = "oncall_migrated"
OTHERS_LEAVE = b"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
UNGUARDED = b"SET session_replication_role = replica"
"""Without the triggers, which keep the timeline."""
EMPTY = f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY".encode()
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: PostgresServer) -> str:
    """Name of a migrated database that is only copied."""
    administer(postgres, f"CREATE DATABASE {TEMPLATE}")
    store = connect(postgres.url(database=TEMPLATE))
    upgrade(store)
    store.close()
    return TEMPLATE


@pytest.fixture(scope="session")
def emptied() -> list[str]:
    """Addresses of databases that tests have left; making one anew costs a server more than emptying it."""
    return []


@pytest.fixture
def postgres_url(postgres: PostgresServer, template: str, emptied: list[str]) -> Iterator[str]:
    """Address of a migrated, empty database of the test's own."""
    url = emptied.pop() if emptied else new_database(postgres, template)
    yield url
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        for statement in (OTHERS_LEAVE, UNGUARDED, EMPTY):
            connection.execute(statement)
    emptied.append(url)


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> str:
    """Address of a database without tables."""
    return new_database(postgres, "template1")


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = fresh_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    store = connect(postgres_url)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Store:
    """Give an empty store; the test runs once on each database."""
    found = request.getfixturevalue(f"{request.param}_store")
    assert isinstance(found, Store)
    return found


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


def new_database(server: PostgresServer, template: str) -> str:
    """Create a database and return its address."""
    name = f"oncall_{os.getpid()}_{next(_NUMBERS)}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.url(database=name)


def administer(server: PostgresServer, statement: str) -> None:
    with psycopg.connect(server.url("postgresql"), autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def context(sqlite_store: Store, clock: MovableClock) -> Context:
    """Give the parts of a service that runs nowhere, without neighbours; nobody listens to its bell."""
    return Context(
        settings=OnCallSettings(public_url="http://127.0.0.1:8090", webhook_token=WEBHOOK_TOKEN),
        catalogue=SHOP,
        store=sqlite_store,
        clock=clock,
        alertmanagers=Alertmanagers(()),
        prometheus=Prometheus("http://127.0.0.1:9"),
        metrics=OnCallMetrics(Instruments(COUNTED)),
        wake=lambda: None,
    )


@pytest.fixture
async def client(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the application, on this machine; it may do everything."""
    async with client_of(context) as client:
        yield client


def client_of(context: Context) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create(context), client=("127.0.0.1", 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8090")
