from collections.abc import Iterator
from dataclasses import replace

import pytest

from steward.oncall.context import Context
from steward.testing.calendars import CalendarServer, calendar_server
from steward.testing.oncall import SCHEDULES, SHOP


@pytest.fixture
def calendar() -> Iterator[CalendarServer]:
    with calendar_server() as server:
        yield server


@pytest.fixture
def fed(context: Context, calendar: CalendarServer) -> Context:
    """Give a context whose schedule `sre` has that calendar."""
    assert SHOP.oncall is not None
    sre = replace(SCHEDULES[0], calendar=calendar.url)
    oncall = replace(SHOP.oncall, schedules=(sre, *SCHEDULES[1:]))
    return replace(context, catalogue=replace(SHOP, oncall=oncall))
