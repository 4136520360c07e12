"""What is known of series."""

import pytest

from steward.check.schema import of_inventories, opaque_jobs, schema_of
from steward.compile.rules import Recorded, RuleFile, RuleGroup
from steward.model import (
    Catalogue,
    Counter,
    Gauge,
    Histogram,
    Inventory,
    InventoryMetric,
    Label,
    Port,
    ScrapeJob,
    Service,
    Unit,
)
from steward.promql.schema import Schema

STATUS = Label.closed("status", "ok", "failed")
PATH = Label.bounded("path", 10, "route template")
SHOP = Catalogue(
    "shop",
    "Shop",
    services=(Service("shop", "The shop", ports=(Port(80),)), Service("till", "A till", ports=(Port(81),))),
    jobs=(
        ScrapeJob(
            "shop",
            "shop",
            metrics=(
                Counter("orders_total", "Orders.", (STATUS, PATH)),
                Histogram("wait_seconds", "Waiting.", (PATH,), Unit.SECONDS, buckets=(0.5, 1)),
                Gauge("open", "Open tills."),
            ),
        ),
        ScrapeJob("till", "till"),
    ),
)
RULES = RuleFile(
    "rules/shop.yml",
    "Rules",
    (
        RuleGroup(
            "shop",
            (
                Recorded("job:orders:rate5m", "sum by (job, status) (rate(orders_total[5m]))"),
                Recorded("orders:failed:rate5m", 'job:orders:rate5m{status="failed"}', (("team", "shop"),)),
            ),
        ),
    ),
)


@pytest.fixture
def schema() -> Schema:
    return schema_of(SHOP, [RULES])


def test_a_counter_has_its_labels_and_those_of_its_target(schema: Schema) -> None:
    info = schema["orders_total"]

    assert (info.kind, info.bound, info.complete) == ("counter", 20, True)
    assert info.labels == {
        "status": frozenset({"ok", "failed"}),
        "path": None,
        "job": frozenset({"shop"}),
        "instance": None,
    }


def test_a_histogram_has_parts_and_no_series_of_its_own(schema: Schema) -> None:
    assert "wait_seconds" not in schema
    assert schema["wait_seconds_bucket"].labels["le"] == frozenset({"0.5", "1.0", "+Inf"})
    assert [schema[f"wait_seconds_{part}"].bound for part in ("bucket", "sum", "count")] == [30, 10, 10]


def test_every_job_has_what_prometheus_says_of_targets(schema: Schema) -> None:
    assert schema["up"].labels["job"] == frozenset({"shop", "till"})


def test_recording_rules_see_those_before_them(schema: Schema) -> None:
    assert schema["job:orders:rate5m"].labels == {
        "job": frozenset({"shop"}),
        "status": frozenset({"ok", "failed"}),
    }
    assert schema["orders:failed:rate5m"].labels["status"] == frozenset({"failed"})
    assert schema["orders:failed:rate5m"].labels["team"] == frozenset({"shop"})
    assert schema["orders:failed:rate5m"].complete


def test_a_job_without_metrics_and_inventory_is_not_known() -> None:
    assert opaque_jobs(SHOP) == ("till",)


def test_an_inventory_alone_knows_no_jobs() -> None:
    pump = Inventory("pump", "1", (InventoryMetric("flow_total", "counter", "Flow.", ("valve",)),))

    schema = of_inventories([pump])

    assert schema["flow_total"].labels == {"valve": None, "job": None, "instance": None}
    assert of_inventories([]) == {}
