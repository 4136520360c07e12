"""The alerts of a catalogue and the pages they link."""

from steward.check.runbooks import Served, served, subject_of, worst
from steward.model import (
    SLO,
    Alert,
    AlertGroup,
    Catalogue,
    Counter,
    Events,
    Ratio,
    Severity,
    Team,
    equal,
    given,
    level,
)

TEAM = Team("sre", "SRE", "rotation", "lead")
BACKEND = Team("backend", "Backend", "on-call", "lead")
DOWN = Alert(
    "ShopDown",
    Severity.CRITICAL,
    TEAM,
    "up",
    equal(0),
    "down",
    "down",
    "shop-down",
    fires=(given(level("up", 0), value=0),),
    silent=(given(level("up", 1), value=1),),
)
REQUESTS = Counter("shop_requests_total", "Requests.")
PROMISE = SLO(
    "shop-availability", "Shop", Ratio(Events(REQUESTS), Events(REQUESTS)), 99, BACKEND, "Works.", "slo-shop"
)
CATALOGUE = Catalogue(
    "shop",
    "Shop",
    teams=(TEAM, BACKEND),
    alert_groups=(AlertGroup("shop", "Shop", (DOWN,)),),
    slos=(PROMISE,),
)


def test_alerts_of_objectives_link_the_page_of_their_objective() -> None:
    assert served(CATALOGUE) == (
        Served("ShopDown", "shop-down", Severity.CRITICAL, "sre"),
        Served("ShopAvailabilityBurnRatePage", "slo-shop", Severity.CRITICAL, "backend"),
        Served("ShopAvailabilityBurnRateTicket", "slo-shop", Severity.WARNING, "backend"),
        Served("ShopAvailabilityBurnRateInfo", "slo-shop", Severity.INFO, "backend"),
        Served("ShopAvailabilityBudgetSpike", "slo-shop", Severity.CRITICAL, "backend"),
        Served("ShopAvailabilityDataAbsent", "slo-shop", Severity.WARNING, "backend"),
    )


def test_worst_is_the_most_urgent() -> None:
    assert worst(served(CATALOGUE)[3:4]) is Severity.INFO
    assert worst(served(CATALOGUE)[2:4]) is Severity.WARNING
    assert worst(served(CATALOGUE)) is Severity.CRITICAL


def test_subject_knows_which_alerts_lead_to_a_page() -> None:
    assert [one.alert for one in subject_of(CATALOGUE, ()).served_by("shop-down")] == ["ShopDown"]
