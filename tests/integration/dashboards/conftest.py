"""Something that answers where Prometheus should."""

from collections.abc import AsyncIterator

import pytest

from steward.dashboards.prometheus import Prometheus
from steward.testing.prometheus_stand_in import StandIn, stand_in


@pytest.fixture
async def stand() -> AsyncIterator[StandIn]:
    async with stand_in() as made:
        yield made


@pytest.fixture
async def prometheus(stand: StandIn) -> AsyncIterator[Prometheus]:
    """Give a client of the stand-in."""
    made = Prometheus(stand.url)
    yield made
    await made.close()
