from collections.abc import Callable

import pytest

from steward.model import SLO, Catalogue, Collection
from steward.testing.shop import AVAILABILITY, COLLECTION, GROUPED, LATENCY, shop_with


@pytest.fixture
def collection() -> Collection:
    return COLLECTION


@pytest.fixture
def availability() -> SLO:
    return AVAILABILITY


@pytest.fixture
def latency() -> SLO:
    return LATENCY


@pytest.fixture
def grouped() -> SLO:
    return GROUPED


@pytest.fixture
def catalogue() -> Catalogue:
    return shop_with(AVAILABILITY, LATENCY, GROUPED)


@pytest.fixture
def of() -> Callable[..., Catalogue]:
    """Return what makes a catalogue of the given objectives."""
    return shop_with
