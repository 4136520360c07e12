from collections.abc import Callable
from dataclasses import replace

import pytest

from steward.model import (
    PYTHON,
    Alert,
    AlertGroup,
    Catalogue,
    CatalogueError,
    Counter,
    Label,
    Maintenance,
    Metric,
    Native,
    Once,
    Port,
    ScrapeJob,
    Secret,
    Service,
    Team,
    hours,
)

ORDERS = Counter("shop_orders_total", "Orders.")
AT_TILL, AT_STALL = (replace(ORDERS, labels=(Label.closed(name, "1", "2"),)) for name in ("till", "stall"))
SHOP = Service("shop", "Shop", ports=(Port(80),))


def test_metrics_of_several_jobs_stand_once_in_their_order() -> None:
    returns = Counter("shop_returns_total", "Returns.")
    jobs = (ScrapeJob("a", "shop", metrics=(ORDERS,)), ScrapeJob("b", "shop", metrics=(returns, ORDERS)))

    assert Catalogue("shop", "Shop", services=(SHOP,), jobs=jobs).metrics == (ORDERS, returns)


def test_jobs_may_expose_a_metric_with_further_labels() -> None:
    assert _scraping((ORDERS,), (AT_TILL,), (ORDERS,)).metrics == (ORDERS, AT_TILL)


def test_needs_without_a_circle_are_fine_in_any_order() -> None:
    services = (
        Service("shop", "Shop", needs=("schema", "cache")),
        Service("schema", "Schema", needs=("database",)),
        Service("cache", "Cache"),
        Service("database", "Database"),
    )

    assert Catalogue("shop", "Shop", services=services).services == services


def test_secrets_of_several_services_stand_once() -> None:
    password = Secret("password", "PASSWORD")
    services = (Service("a", "A", secrets=(password,)), Service("b", "B", secrets=(password,)))

    assert Catalogue("shop", "Shop", services=services).secrets == (password,)


MISTAKES: list[tuple[Callable[[], Catalogue], str]] = [
    (lambda: Catalogue("shop", "Shop", services=(SHOP, SHOP)), "declared 2 times"),
    (lambda: Catalogue("shop", "Shop", services=(SHOP,), jobs=(ScrapeJob("a", "shop"),) * 2), "declared 2 times"),
    (lambda: Catalogue("shop", "Shop", jobs=(ScrapeJob("a", "shop"),)), "no service is called 'shop'"),
    (lambda: Catalogue("shop", "Shop", services=(SHOP,), jobs=(ScrapeJob("a", "shop", "admin"),)), "no port"),
    (lambda: Catalogue("shop", "Shop", services=(Service("a", "A", needs=("b",)),)), "no service is called 'b'"),
    (
        lambda: Catalogue(
            "shop", "Shop", services=(SHOP, Service("other", "Other", ports=(Port(81, published=80),)))
        ),
        "port 80: both shop and other",
    ),
    (
        lambda: Catalogue(
            "shop", "Shop", services=(Service("a", "A", needs=("b",)), Service("b", "B", needs=("a",)))
        ),
        "circle",
    ),
    (
        lambda: Catalogue(
            "shop",
            "Shop",
            services=(SHOP,),
            jobs=(
                ScrapeJob("a", "shop", metrics=(ORDERS,)),
                ScrapeJob("b", "shop", metrics=(Counter(ORDERS.name, "Something else."),)),
            ),
        ),
        "declared twice, and differently",
    ),
    (lambda: _scraping((AT_TILL,), (AT_STALL,)), "metric shop_orders_total: declared twice, and differently"),
    (lambda: _scraping((ORDERS,), (AT_TILL,), (AT_STALL,)), "declared twice, and differently"),
    (lambda: _scraping((ORDERS, AT_TILL)), "scrape job 0: metric shop_orders_total: declared 2 times"),
    (
        lambda: Catalogue(
            "shop",
            "Shop",
            services=(
                Service("a", "A", secrets=(Secret("password", "X"),)),
                Service("b", "B", secrets=(Secret("password", "Y"),)),
            ),
        ),
        "secret password",
    ),
    (
        lambda: Catalogue(
            "shop", "Shop", services=(SHOP,), jobs=(ScrapeJob("a", "shop", token=Secret("token", "TOKEN")),)
        ),
        "its token token is not among the secrets of the service prometheus",
    ),
    (lambda: _standing_in(*[]), "no service is called 'absent'"),
    (
        lambda: _standing_in(Service("absent", "Absent", ports=(Port(81),), native=Native(PYTHON))),
        "cannot stand in for absent, which runs natively itself",
    ),
    (lambda: _standing_in(Service("absent", "Absent")), "cannot stand in for absent, which has no port"),
]


def _scraping(*exposed: tuple[Metric, ...]) -> Catalogue:
    jobs = tuple(ScrapeJob(str(number), "shop", metrics=metrics) for number, metrics in enumerate(exposed))
    return Catalogue("shop", "Shop", services=(SHOP,), jobs=jobs)


def _standing_in(*absent: Service) -> Catalogue:
    here = Service("here", "Here", native=Native(PYTHON, stands_in_for="absent"))
    return Catalogue("shop", "Shop", services=(here, *absent))


@pytest.mark.parametrize(("declare", "reason"), MISTAKES)
def test_parts_that_do_not_agree(declare: Callable[[], Catalogue], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        declare()


def test_owner_must_be_a_team_of_the_catalogue(alert: Callable[..., Alert], team: Team) -> None:
    group = AlertGroup("shop", "The shop.", (alert(),))

    assert Catalogue("shop", "Shop", teams=(team,), alert_groups=(group,)).alerts == group.alerts
    with pytest.raises(CatalogueError, match="alert ShopFails: its team sre"):
        Catalogue("shop", "Shop", alert_groups=(group,))


def test_alert_stands_in_one_group(alert: Callable[..., Alert], team: Team) -> None:
    groups = tuple(AlertGroup(name, "The shop.", (alert(),)) for name in ("shop", "stalls"))

    with pytest.raises(CatalogueError, match="alert ShopFails: declared 2 times"):
        Catalogue("shop", "Shop", teams=(team,), alert_groups=groups)


def test_maintenance_names_objectives_that_exist() -> None:
    night = Maintenance("upgrade", Once(0, hours(1)), ("api-availability",), "PostgreSQL 16")

    with pytest.raises(CatalogueError, match="no SLO is called api-availability"):
        Catalogue("shop", "Shop", maintenance=(night,))
