"""From an exposition to an inventory, two inventories to one, and an inventory to its file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.harvest import build_versions, harvested, inventory_json, read_exposition, united
from steward.model import CatalogueError, Inventory, InventoryMetric, read_inventory

TEXT = """\
# TYPE pump_seconds histogram
# HELP pump_seconds Seconds.
pump_seconds_bucket{pump="a",le="10"} 1
pump_seconds_bucket{pump="a",le="0.5"} 1
pump_seconds_bucket{pump="a",le="+Inf"} 2
pump_seconds_sum{pump="a"} 3
pump_seconds_count{pump="a"} 2
# TYPE pump_rotation summary
pump_rotation{quantile="0.9"} 4
pump_rotation_sum 5
pump_rotation_count 6
# TYPE pump_litres_total counter
pump_litres_total{pump="a"} 1
pump_litres_total{liquid="b"} 1
pump_other{x="1"} 1
"""


def harvest(text: str) -> Inventory:
    return harvested("pump", "1.2", read_exposition(text))


def test_inventory_holds_types_labels_and_buckets_sorted_by_name() -> None:
    assert harvest(TEXT) == Inventory(
        "pump",
        "1.2",
        (
            InventoryMetric("pump_litres_total", "counter", "", ("liquid", "pump")),
            InventoryMetric("pump_other", "untyped", "", ("x",)),
            InventoryMetric("pump_rotation", "summary", "", ()),
            InventoryMetric("pump_seconds", "histogram", "Seconds.", ("pump",), ("0.5", "10", "+Inf")),
        ),
    )


def test_openmetrics_gives_the_names_and_types_that_prometheus_stores() -> None:
    text = (
        '# TYPE litres counter\nlitres_total{p="a"} 1\nlitres_created{p="a"} 1\n'
        '# TYPE pump info\npump_info{model="x"} 1\n# TYPE on stateset\non{on="y"} 1\n'
        '# TYPE deep gaugehistogram\ndeep_bucket{le="1"} 1\ndeep_gcount 1\n# EOF\n'
    )

    assert [(metric.name, metric.kind, metric.labels) for metric in harvest(text).metrics] == [
        ("deep_bucket", "untyped", ("le",)),
        ("deep_gcount", "untyped", ()),
        ("litres_created", "gauge", ("p",)),
        ("litres_total", "counter", ("p",)),
        ("on", "gauge", ("on",)),
        ("pump_info", "gauge", ("model",)),
    ]


def test_version_is_that_of_the_program_not_of_its_runtime() -> None:
    text = 'go_build_info{version="x"} 1\npump_exporter_build_info{version="1.2",branch="main"} 1\n'

    assert build_versions(read_exposition(text)) == ("1.2",)
    assert build_versions(read_exposition("a 1\n")) == ()


def test_harvests_of_one_version_are_united() -> None:
    old = Inventory("pump", "1", (InventoryMetric("a", "gauge", "old", ("x",), (), (("x", ("1", "2")),)),))
    new = Inventory(
        "pump", "1", (InventoryMetric("b", "counter", "", ()), InventoryMetric("a", "gauge", "new", ("y",)))
    )

    assert united(old, new).metrics == (
        InventoryMetric("a", "gauge", "new", ("x", "y"), (), (("x", ("1", "2")),)),
        InventoryMetric("b", "counter", "", ()),
    )


@pytest.mark.parametrize(
    "other",
    [
        Inventory("pump", "2", ()),
        Inventory("valve", "1", ()),
        Inventory("pump", "1", (InventoryMetric("a", "counter", "", ()),)),
    ],
)
def test_what_does_not_belong_together_is_not_united(other: Inventory) -> None:
    with pytest.raises(CatalogueError):
        united(Inventory("pump", "1", (InventoryMetric("a", "gauge", "", ()),)), other)


NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
METRICS = st.builds(
    InventoryMetric,
    NAMES,
    st.sampled_from(["counter", "gauge", "histogram", "summary", "untyped"]),
    st.text(max_size=20),
    st.lists(NAMES, unique=True).map(tuple),
    st.just(("1", "+Inf")) | st.just(()),
    st.lists(st.tuples(NAMES, st.lists(st.text(max_size=5)).map(tuple)), unique_by=lambda one: one[0]).map(tuple),
)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=10), st.text(max_size=10), st.lists(METRICS).map(tuple))
def test_file_is_read_back_as_it_was(source: str, version: str, metrics: tuple[InventoryMetric, ...]) -> None:
    inventory = Inventory(source, version, metrics)

    assert read_inventory(inventory_json(inventory)) == inventory
