from collections.abc import Callable
from dataclasses import replace

import pytest

from steward.model import (
    SLO,
    Catalogue,
    Collection,
    Counter,
    Events,
    Histogram,
    Label,
    Latency,
    Links,
    Maintenance,
    Port,
    Ratio,
    ScrapeJob,
    Service,
    Team,
    Unit,
)

STATUS = Label.closed("status", "200", "500")
SHOP = Label.bounded("shop", 5, "the shop's identifier")
REQUESTS = Counter("shop_requests_total", "Requests.", (STATUS, SHOP))
DURATION = Histogram("shop_duration_seconds", "Durations.", (SHOP,), Unit.SECONDS, buckets=(0.5, 1, 5))
SRE = Team("sre", "SRE", "ann", "bob")
LINKS = Links(runbooks="http://books/", dashboards="http://boards/")


@pytest.fixture
def collection() -> Collection:
    return Collection(interval=15)


@pytest.fixture
def availability() -> SLO:
    return SLO(
        "api-availability",
        "API availability",
        Ratio(total=Events(REQUESTS), bad=Events(REQUESTS, 'status=~"5.."')),
        99.9,
        SRE,
        "Visitors cannot pay.",
        "slo-api-availability",
        dashboard="api",
    )


@pytest.fixture
def latency(availability: SLO) -> SLO:
    return replace(
        availability, name="api-latency", title="API latency", indicator=Latency(DURATION, 1), objective=99
    )


@pytest.fixture
def grouped(availability: SLO) -> SLO:
    return replace(availability, name="shop-availability", title="Shop availability", by=("shop",), objective=99.5)


@pytest.fixture
def catalogue(availability: SLO, latency: SLO, grouped: SLO) -> Catalogue:
    return shop(availability, latency, grouped)


@pytest.fixture
def of() -> Callable[..., Catalogue]:
    """Return what makes a catalogue of the given objectives."""
    return shop


def shop(*slos: SLO, maintenance: tuple[Maintenance, ...] = ()) -> Catalogue:
    return Catalogue(
        "shop",
        "Shop",
        services=(Service("api", "The API", ports=(Port(80),)),),
        jobs=(ScrapeJob("api", "api", metrics=(REQUESTS, DURATION)),),
        teams=(SRE,),
        slos=slos,
        maintenance=maintenance,
        links=LINKS,
    )
