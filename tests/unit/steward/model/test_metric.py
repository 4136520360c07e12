import math
from collections.abc import Callable

import pytest

from steward.model import CatalogueError, Counter, Gauge, Histogram, Label, Metric, Unit

METHOD = Label.closed("method", "GET", "POST")
ROUTE = Label.bounded("path", 10, "route template")


def test_series_of_a_histogram_are_counted_with_sum_count_and_infinity() -> None:
    latency = Histogram("shop_latency_seconds", "Latency.", (METHOD, ROUTE), Unit.SECONDS, buckets=(0.1, 1))

    assert latency.combinations == 2 * 10
    assert latency.series_bound == 2 * 10 * (2 + 3)
    assert latency.series_names == (
        "shop_latency_seconds_bucket",
        "shop_latency_seconds_sum",
        "shop_latency_seconds_count",
    )


def test_labels_keep_their_order() -> None:
    assert Counter("shop_orders_total", "Orders.", (ROUTE, METHOD)).label_names == ("path", "method")


def test_metric_without_labels_is_one_series() -> None:
    assert Gauge("shop_open", "Whether it is open.").series_bound == 1


MISTAKES: list[tuple[Callable[[], Metric], str]] = [
    (lambda: Counter("shop_orders", "Orders."), "_total"),
    (lambda: Gauge("shop_orders_total", "Orders."), "_total"),
    (lambda: Counter("shop-orders_total", "Orders."), "name"),
    (lambda: Counter("shop_orders_total", " "), "help"),
    (lambda: Counter("shop_orders_total", "Orders.", (METHOD, METHOD)), "twice"),
    (lambda: Gauge("shop_latency", "Latency.", unit=Unit.SECONDS), "seconds"),
    (lambda: Counter("shop_bytes_sent_total", "Bytes.", unit=Unit.BYTES), "bytes"),
    (lambda: Histogram("shop_latency_seconds", "Latency.", buckets=()), "at least one"),
    (lambda: Histogram("shop_latency_seconds", "Latency.", buckets=(1, 1)), "ascend"),
    (lambda: Histogram("shop_latency_seconds", "Latency.", buckets=(2, 1)), "ascend"),
    (lambda: Histogram("shop_latency_seconds", "Latency.", buckets=(1, math.inf)), "finite"),
]


@pytest.mark.parametrize(("declare", "reason"), MISTAKES)
def test_mistake_is_named_when_it_is_made(declare: Callable[[], Metric], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        declare()


def test_unit_stands_before_total() -> None:
    assert Counter("shop_sent_bytes_total", "Bytes sent.", unit=Unit.BYTES).name == "shop_sent_bytes_total"
