"""People and alerts at work on incidents."""

import pytest

from steward.oncall.store.database import Store
from steward.testing.incidents import IncidentDesk
from steward.testing.oncall import MovableClock


@pytest.fixture
def desk(store: Store, clock: MovableClock) -> IncidentDesk:
    return IncidentDesk(store, clock)
