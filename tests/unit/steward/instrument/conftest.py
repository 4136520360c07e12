from collections.abc import Awaitable, Callable

import pytest

from steward.instrument import Instruments
from steward.model.components.instrument_metrics import SERIES_DROPPED

Exposed = Callable[[Instruments], Awaitable[list[str]]]


@pytest.fixture
def exposed() -> Exposed:
    """Return a function that gives the sample lines of an exposition, without what it says of itself."""

    async def samples(instruments: Instruments) -> list[str]:
        body, _ = await instruments.expose()
        lines = body.decode().split("\n")[:-1]
        return [line for line in lines if not line.startswith(("#", SERIES_DROPPED.name))]

    return samples
