from collections.abc import Callable

import pytest

from steward.model import Catalogue, CatalogueError, Counter, Port, ScrapeJob, Secret, Service

ORDERS = Counter("shop_orders_total", "Orders.")
SHOP = Service("shop", "Shop", ports=(Port(80),))


def test_metrics_of_several_jobs_stand_once_in_their_order() -> None:
    returns = Counter("shop_returns_total", "Returns.")
    jobs = (ScrapeJob("a", "shop", metrics=(ORDERS,)), ScrapeJob("b", "shop", metrics=(returns, ORDERS)))

    assert Catalogue("shop", "Shop", services=(SHOP,), jobs=jobs).metrics == (ORDERS, returns)


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
]


@pytest.mark.parametrize(("declare", "reason"), MISTAKES)
def test_parts_that_do_not_agree(declare: Callable[[], Catalogue], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        declare()
