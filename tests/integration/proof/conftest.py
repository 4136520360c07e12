"""A shop whose alerts are of each kind that there is."""

import pytest

from steward.model import (
    Alert,
    AlertGroup,
    Catalogue,
    Collection,
    Counter,
    Gauge,
    Histogram,
    Label,
    Port,
    ScrapeJob,
    Service,
    Severity,
    Team,
    Unit,
    above,
    below,
    equal,
    flow,
    given,
    level,
    minutes,
    observed,
)

SALES = Counter("shop_sales_total", "Sales.", (Label.closed("status", "paid", "refused"),))
LOST = Counter("shop_lost_total", "Lost goods.")
OPEN = Gauge("shop_open", "Whether it is open.")
STOCK = Gauge("shop_stock", "Goods.")
SPACE = Gauge("shop_space", "Goods that there is space for.")
WAIT = Histogram("shop_wait_seconds", "Waiting.", unit=Unit.SECONDS, buckets=(0.5, 1, 5))
CLERKS = Team("clerks", "Clerks", "Ann", "Bob")
VALUES = (
    "{{ $value }}, {{ $value | humanize }}, {{ $value | humanize1024 }}, {{ $value | humanizePercentage }}, "
    "{{ $value | humanizeDuration }}, {{ $value | printf `%.1f` }}"
).replace("`", '"')


RATIO = Alert(
    "ManyRefused",
    Severity.WARNING,
    CLERKS,
    'sum by (job) (rate(shop_sales_total{status="refused"}[2m]))\n/\n'
    "(sum by (job) (rate(shop_sales_total[2m])) > 0)",
    above(0.1),
    "{{ $value | humanizePercentage }} refused in {{ $labels.job }}",
    VALUES,
    "many-refused",
    fires=(
        given(flow(SALES, 12, status="refused"), flow(SALES, 88, status="paid"), value=0.12, job="tills"),
        given(flow(SALES, 0.4, status="refused"), flow(SALES, 1.6, status="paid"), value=0.2, job="tills"),
    ),
    silent=(given(flow(SALES, 6, status="refused"), flow(SALES, 94, status="paid"), value=0.06, job="tills"),),
    lasting=minutes(2),
    keep_firing=minutes(1),
    dashboard="shop",
    labels=(("service", "till"),),
)
LATENCY = Alert(
    "LongWait",
    Severity.INFO,
    CLERKS,
    "histogram_quantile(0.5, sum by (le) (rate(shop_wait_seconds_bucket[2m])))",
    above(0.5),
    "Waiting for {{ $value | humanizeDuration }}",
    "Open a till.",
    "long-wait",
    fires=(given(observed(WAIT, 4, value=0.4), observed(WAIT, 6, value=0.8), value=0.5 + 0.5 / 6),),
    silent=(given(observed(WAIT, 7, value=0.4), observed(WAIT, 3, value=0.8), value=0.5 * 5 / 7),),
    lasting=minutes(1),
)
DOWN = Alert(
    "TillDown",
    Severity.CRITICAL,
    CLERKS,
    'up{job="tills"}',
    equal(0),
    "{{ $labels.instance }} is down",
    "Press its button.",
    "till-down",
    fires=(given(level("up", 0, job="tills", instance="a"), value=0, job="tills", instance="a"),),
    silent=(
        given(level("up", 1, job="tills", instance="a"), value=1, job="tills", instance="a"),
        given(
            level("up", 1, job="tills", instance="a"),
            level("up", 0, job="lamps", instance="b"),
            value=1,
            job="tills",
            instance="a",
        ),
    ),
    lasting=minutes(1),
)
ABSENT = Alert(
    "TillsAbsent",
    Severity.CRITICAL,
    CLERKS,
    'absent(up{job="tills"})',
    None,
    "No till",
    "Buy one.",
    "tills-absent",
    fires=(given(value=1, job="tills"),),
    silent=(given(level("up", 0, job="tills", instance="a")),),
    lasting=minutes(1),
)
FULL = Alert(
    "StoreFull",
    Severity.WARNING,
    CLERKS,
    "shop_stock / (shop_space > 0)",
    above(0.8),
    "{{ $value | humanizePercentage }} full",
    VALUES,
    "store-full",
    fires=(given(level(STOCK, 88), level(SPACE, 100), value=0.88, job="tills", instance="till:80"),),
    silent=(
        given(level(STOCK, 60), level(SPACE, 100), value=0.6, job="tills", instance="till:80"),
        given(level(STOCK, 60), level(SPACE, 0)),
    ),
    lasting=minutes(2),
    keep_firing=minutes(2),
)
CROWDED = Alert(
    "Crowded",
    Severity.NONE,
    CLERKS,
    "shop_stock",
    above(1_000_000),
    "{{ $value }} goods",
    VALUES,
    "crowded",
    fires=(given(level(STOCK, 1_234_567), value=1_234_567, job="tills", instance="till:80"),),
    silent=(given(level(STOCK, 600_000), value=600_000, job="tills", instance="till:80"),),
)
DROP = Alert(
    "SalesDrop",
    Severity.WARNING,
    CLERKS,
    "sum(rate(shop_sales_total[3m])) / (sum(rate(shop_sales_total[3m] offset 10m)) > 0)",
    below(0.5),
    "{{ $value | humanizePercentage }} of before",
    "See why.",
    "sales-drop",
    fires=(given(flow(SALES, 4, status="paid"), level(OPEN, 1), value=0.4),),
    silent=(
        # What follows is held against it: 4 of 10.
        given(flow(SALES, 10, status="paid"), level(OPEN, 1), value=1),
        given(flow(SALES, 4, status="paid"), level(OPEN, 0)),
    ),
    provided="max(shop_open) > 0",
    lasting=minutes(2),
)
IDLE = Alert(
    "NoSales",
    Severity.WARNING,
    CLERKS,
    "sum(rate(shop_sales_total[2m])) or vector(0)",
    equal(0),
    "Nobody buys",
    "See why.",
    "no-sales",
    fires=(given(flow(SALES, 0, status="paid"), level(OPEN, 1), value=0),),
    silent=(
        given(flow(SALES, 0.5, status="paid"), level(OPEN, 1), value=0.5),
        given(flow(SALES, 0, status="paid"), level(OPEN, 0)),
    ),
    provided="max(shop_open) > 0",
    lasting=minutes(5),
)
ANY = Alert(
    "GoodsLost",
    Severity.INFO,
    CLERKS,
    "sum(rate(shop_lost_total[4m]))",
    above(0),
    "Lost {{ $value | humanize }} a second",
    "Look for them.",
    "goods-lost",
    fires=(given(flow(LOST, 1), value=1),),
    silent=(given(flow(LOST, 0), value=0),),
    lasting=minutes(1),
    keep_firing=minutes(2),
)
ALWAYS = Alert(
    "Watchdog",
    Severity.NONE,
    CLERKS,
    "vector(1)",
    None,
    "All is well",
    "It always fires.",
    "watchdog",
    fires=(given(value=1),),
    silent=(),
)
ALERTS = (RATIO, LATENCY, DOWN, ABSENT, FULL, CROWDED, DROP, IDLE, ANY, ALWAYS)


@pytest.fixture
def shop() -> Catalogue:
    return Catalogue(
        "shop",
        "Shop",
        services=(Service("till", "Till", ports=(Port(80),)),),
        jobs=(ScrapeJob("tills", "till", metrics=(SALES, LOST, OPEN, STOCK, SPACE, WAIT)),),
        collection=Collection(interval=15),
        teams=(CLERKS,),
        alert_groups=(AlertGroup("shop", "Alerts on the shop", ALERTS),),
    )
