from collections.abc import Awaitable, Callable, Iterator

import pytest

from steward.instrument import Instruments
from steward.model.components.instrument_metrics import SERIES_DROPPED
from steward.testing.descriptors import close_forgotten

Exposed = Callable[[Instruments], Awaitable[list[str]]]


@pytest.fixture(autouse=True)
def few_open_files() -> Iterator[None]:
    """Close, after a test, what others like it left open."""
    yield
    close_forgotten()


@pytest.fixture
def exposed() -> Exposed:
    """Return a function that gives the sample lines of an exposition, without what it says of itself."""

    async def samples(instruments: Instruments) -> list[str]:
        body, _ = await instruments.expose()
        lines = body.decode().split("\n")[:-1]
        return [line for line in lines if not line.startswith(("#", SERIES_DROPPED.name))]

    return samples
