from steward.compile.reference import metrics_md
from steward.model import Catalogue, Counter, Histogram, Label, Port, ScrapeJob, Service, Unit

METHOD = Label.closed("method", "GET", "POST")
MANY = Label.closed("status", *(str(number) for number in range(200, 213)))
ROUTE = Label.bounded("path", 8, "route")
LATENCY = Histogram("shop_latency_seconds", "Latency.", unit=Unit.SECONDS, buckets=(0.5, 10))
ORDER_LABELS = "`method`: GET, POST<br>`status`: one of 13, 200 to 212<br>`path`: route, up to 8"

CATALOGUE = Catalogue(
    "shop",
    "Shop",
    services=(Service("shop", "Shop", ports=(Port(80),)),),
    jobs=(
        ScrapeJob(
            "front",
            "shop",
            metrics=(
                Counter("shop_orders_total", "Orders.", (METHOD, MANY, ROUTE)),
                LATENCY,
            ),
        ),
        ScrapeJob("exporter", "shop", path="/other"),
        ScrapeJob("back", "shop", metrics=(Counter("shop_latency_checks_total", "Checks."), LATENCY)),
    ),
)


def test_each_metric_is_a_row_below_the_first_job_that_exposes_it() -> None:
    lines = metrics_md(CATALOGUE).decode().splitlines()

    assert lines[1:] == [
        "# Metrics of Shop",
        "",
        "## Job `front`",
        "",
        "| metric | type | labels | what it says |",
        "|---|---|---|---|",
        f"| `shop_orders_total` | counter | {ORDER_LABELS} | Orders. |",
        "| `shop_latency_seconds` | histogram | none | Latency. Buckets: 0.5, 10. |",
        "",
        "## Job `back`",
        "",
        "| metric | type | labels | what it says |",
        "|---|---|---|---|",
        "| `shop_latency_checks_total` | counter | none | Checks. |",
        "",
        "As described at `front`: `shop_latency_seconds`.",
    ]
