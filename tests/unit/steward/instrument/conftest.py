from collections.abc import Awaitable, Callable

import pytest

from steward.instrument import Instruments

Exposed = Callable[[Instruments], Awaitable[list[str]]]


@pytest.fixture
def exposed() -> Exposed:
    """Return a function that gives the sample lines of an exposition."""

    async def samples(instruments: Instruments) -> list[str]:
        body, _ = await instruments.expose()
        return [line for line in body.decode().splitlines() if not line.startswith("#")]

    return samples
