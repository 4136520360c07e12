from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from steward.model import (
    SLO,
    BurnRate,
    CatalogueError,
    Counter,
    Events,
    Histogram,
    Latency,
    Ratio,
    Severity,
    Team,
    Unit,
    Weekly,
    hours,
    minutes,
)


@pytest.fixture
def slo(requests: Counter, team: Team) -> SLO:
    indicator = Ratio(Events(requests), bad=Events(requests, 'status="500"'))
    return SLO("api-availability", "Availability", indicator, 99.9, team, "Visitors can pay.", "slo-availability")


def test_budget_is_what_the_objective_leaves(slo: SLO) -> None:
    assert slo.budget == 0.001
    assert slo.stem == "APIAvailability"


@pytest.mark.parametrize("objective", [0, 100, 100.1, -1])
def test_objective_without_a_budget_is_refused(slo: SLO, objective: float) -> None:
    with pytest.raises(CatalogueError, match="between 0 and 100"):
        replace(slo, objective=objective)


def test_level_that_can_never_fire_is_refused(slo: SLO) -> None:
    with pytest.raises(CatalogueError, match="can never fire"):
        replace(slo, objective=90)


@pytest.mark.parametrize(("long", "short"), [(5, 60), (60, 60), (60 * 24 * 31, 60)])
def test_windows_of_a_level_are_ordered(slo: SLO, long: int, short: int) -> None:
    level = BurnRate("Page", 2, minutes(long), minutes(short), Severity.CRITICAL)

    with pytest.raises(CatalogueError, match="short < long"):
        replace(slo, burn_rates=(level,))


@pytest.mark.parametrize("matchers", ['status="500', 'status="500"} + {a="b"', "status"])
def test_events_are_selected_by_matchers_only(requests: Counter, matchers: str) -> None:
    with pytest.raises(CatalogueError, match="events"):
        Events(requests, matchers)


def test_latency_bound_must_be_a_bucket() -> None:
    latency = Histogram("shop_latency_seconds", "Latency.", unit=Unit.SECONDS, buckets=(0.1, 0.5, 1))

    assert Latency(latency, within=0.5).within == 0.5
    with pytest.raises(CatalogueError, match=r"0\.3 is none of its buckets \(0\.1, 0\.5, 1\)"):
        Latency(latency, within=0.3)


@pytest.mark.parametrize(
    "when",
    [
        lambda: Weekly(7, 0, hours(1)),
        lambda: Weekly(0, 1440, hours(1)),
        lambda: Weekly(0, 23 * 60, hours(2)),
    ],
)
def test_weekly_maintenance_lies_within_one_day(when: Callable[[], Any]) -> None:
    with pytest.raises(CatalogueError, match="weekly maintenance"):
        when()
