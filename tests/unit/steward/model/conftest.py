"""A small shop whose declarations the tests vary."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from steward.model import (
    Alert,
    Counter,
    Label,
    Severity,
    Team,
    above,
    flow,
    given,
    minutes,
)

STATUS = Label.closed("status", "200", "500")
REQUESTS = Counter("shop_requests_total", "Requests.", (STATUS,))
TEAM = Team("sre", "SRE", "rotation", "head of engineering")
ALERT = Alert(
    "ShopFails",
    Severity.CRITICAL,
    TEAM,
    'sum(rate(shop_requests_total{status="500"}[5m]))',
    above(1),
    summary="Requests fail",
    description="Visitors cannot pay.",
    runbook="shop-fails",
    fires=(given(flow(REQUESTS, 1.2, status="500"), value=1.2),),
    silent=(given(flow(REQUESTS, 0.6, status="500"), value=0.6),),
    lasting=minutes(5),
)


@pytest.fixture
def alert() -> Callable[..., Alert]:
    """Return an alert of the shop with some fields changed."""

    def make(**changes: Any) -> Alert:
        return replace(ALERT, **changes)

    return make


@pytest.fixture
def requests() -> Counter:
    return REQUESTS


@pytest.fixture
def team() -> Team:
    return TEAM
