from collections.abc import Awaitable, Callable, Iterator

import pytest

from steward.instrument import Instruments
from steward.testing.descriptors import close_forgotten
from steward.testing.servers import PostgresServer, RedisServer, postgres_server, redis_server

Exposed = Callable[[Instruments], Awaitable[list[str]]]


@pytest.fixture(autouse=True)
def few_open_files() -> Iterator[None]:
    """Close, after a test, what others like it left open."""
    yield
    close_forgotten()


@pytest.fixture
def exposed() -> Exposed:
    """Return a function that gives the sample lines of an exposition, without those of 0."""

    async def samples(instruments: Instruments) -> list[str]:
        body, _ = await instruments.expose()
        lines = body.decode().splitlines()
        return [line for line in lines if not line.startswith("#") and not line.endswith(" 0.0")]

    return samples


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Run a PostgreSQL for the tests of a module."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Run a Redis for one test, which may take it down."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server
