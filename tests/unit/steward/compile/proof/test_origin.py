from steward.compile.proof.origin import origin_of
from steward.model import Catalogue, Counter, Port, ScrapeJob, Service

SALES = Counter("shop_sales_total", "Sales.")
SHOP = Catalogue(
    "shop",
    "Shop",
    services=(
        Service("till", "Till", ports=(Port(80),)),
        Service("node-exporter", "Host", ports=(Port(9100),)),
    ),
    jobs=(
        ScrapeJob("tills", "till", metrics=(SALES,)),
        ScrapeJob("host", "node-exporter", inventory="node-exporter"),
    ),
)


def test_a_metric_of_ours_comes_from_the_job_that_exposes_it() -> None:
    labels = origin_of(SHOP).complete("shop_sales_total", (("status", "paid"),))

    assert labels == (("instance", "till:80"), ("job", "tills"), ("status", "paid"))


def test_a_metric_of_an_exporter_comes_from_the_job_with_its_inventory() -> None:
    labels = origin_of(SHOP).complete("node_memory_MemTotal_bytes", ())

    assert labels == (("instance", "node-exporter:9100"), ("job", "host"))


def test_what_an_example_says_stays() -> None:
    labels = origin_of(SHOP).complete("up", (("instance", "a"), ("job", "tills")))

    assert labels == (("instance", "a"), ("job", "tills"))
    assert origin_of(SHOP).complete("up", (("job", "tills"),)) == (("instance", "till:80"), ("job", "tills"))


def test_a_series_that_nobody_exposes_gets_no_labels() -> None:
    assert origin_of(SHOP).complete("up", ()) == ()
    assert origin_of(SHOP).complete("unknown", (("a", "b"),)) == (("a", "b"),)
