from dataclasses import replace
from datetime import UTC, datetime

import pytest

from festivals.domain.errors import Conflict
from festivals.domain.festival import Festival, FestivalStatus, Settlement

NOW = datetime(2026, 7, 4, 12, tzinfo=UTC)
PLANNED = Festival("rock", "Rock", "EUR", FestivalStatus.PLANNED, NOW)
OPEN = replace(PLANNED, status=FestivalStatus.OPEN)
CLOSED = replace(PLANNED, status=FestivalStatus.CLOSED)


def test_a_festival_opens_once() -> None:
    assert PLANNED.opened(NOW) == replace(OPEN, opened_at=NOW)
    for festival in (OPEN, CLOSED):
        with pytest.raises(Conflict, match="only a planned one"):
            festival.opened(NOW)


def test_only_an_open_festival_closes() -> None:
    assert OPEN.closed(NOW) == replace(CLOSED, closed_at=NOW)
    for festival in (PLANNED, CLOSED):
        with pytest.raises(Conflict, match="only an open one"):
            festival.closed(NOW)


def test_revenue_is_what_was_bought_and_not_given_back() -> None:
    settlement = Settlement("rock", 1000, 300, 100, 800, 3, NOW)
    assert settlement.revenue_cents == 200
