"""A small shop with objectives, to try compilers of objectives on."""

from dataclasses import replace

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
COLLECTION = Collection(interval=15)
AVAILABILITY = SLO(
    "api-availability",
    "API availability",
    Ratio(total=Events(REQUESTS), bad=Events(REQUESTS, 'status=~"5.."')),
    99.9,
    SRE,
    "Visitors cannot pay.",
    "slo-api-availability",
    dashboard="api",
)
LATENCY = replace(
    AVAILABILITY, name="api-latency", title="API latency", indicator=Latency(DURATION, 1), objective=99
)
GROUPED = replace(AVAILABILITY, name="shop-availability", title="Shop availability", by=("shop",), objective=99.5)
"""Each shop has a budget of its own."""


def shop_with(*slos: SLO, maintenance: tuple[Maintenance, ...] = ()) -> Catalogue:
    """Return a catalogue of these objectives."""
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
