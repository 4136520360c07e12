"""An alert's examples, held against its threshold by `steward check`."""

from dataclasses import replace

import pytest

from steward.check.everything import catalogue_findings
from steward.model import (
    Accepted,
    Alert,
    AlertGroup,
    Catalogue,
    Gauge,
    Port,
    ScrapeJob,
    Service,
    Severity,
    Team,
    above,
    given,
    level,
)

QUEUE = Gauge("shop_queue", "People who wait.")
TEAM = Team("shop", "Shop", "ann", "bob")
BUSY = Alert(
    "ShopBusy",
    Severity.WARNING,
    TEAM,
    "max(shop_queue)",
    above(10),
    "{{ $value }} wait",
    "Open a till.",
    "shop-busy",
    fires=(given(level(QUEUE, 12), value=12),),
    silent=(given(level(QUEUE, 6), value=6),),
)


def told(alert: Alert) -> list[tuple[str, str | None]]:
    """Return what `steward check` says of the alert's examples: the mend, and the reason it is accepted for."""
    catalogue = Catalogue(
        "shop",
        "Shop",
        services=(Service("shop", "The shop", ports=(Port(80),)),),
        jobs=(ScrapeJob("shop", "shop", metrics=(QUEUE,)),),
        teams=(TEAM,),
        alert_groups=(AlertGroup("shop", "The shop", (alert,)),),
    )
    found = catalogue_findings(catalogue, {}, "infrastructure")
    return [(one.mend, one.accepted) for one in found if one.check in {"far-example", "accept-unused"}]


def test_examples_near_the_threshold_are_left_alone() -> None:
    assert told(BUSY) == []


@pytest.mark.parametrize(
    ("fires", "silent", "mend"),
    [
        (25, 6, "give a firing example with a value below 20"),
        (12, 1, "give a silent example with a value above 5"),
    ],
)
def test_an_example_far_from_the_threshold_is_told(fires: float, silent: float, mend: str) -> None:
    alert = replace(
        BUSY,
        fires=(given(level(QUEUE, fires), value=fires),),
        silent=(given(level(QUEUE, silent), value=silent),),
    )

    assert told(alert) == [(mend, None)]


def test_what_cannot_be_nearer_is_accepted_with_a_reason() -> None:
    alert = replace(
        BUSY,
        fires=(given(level(QUEUE, 25), value=25),),
        accepts=(Accepted("far-example", "nobody queues for less"),),
    )

    assert told(alert) == [("give a firing example with a value below 20", "nobody queues for less")]
