"""The inventories that come with steward."""

import pytest

from steward.cli.metrics import bundled_names
from steward.harvest import inventory_json
from steward.model import Inventory, bundled

EXPORTERS = ["alertmanager", "node-exporter", "postgres-exporter", "prometheus", "redis-exporter"]


def test_every_program_that_could_be_harvested_is_there() -> None:
    assert list(bundled_names()) == EXPORTERS


@pytest.fixture(params=EXPORTERS)
def inventory(request: pytest.FixtureRequest) -> Inventory:
    return bundled(str(request.param))


def test_inventory_names_its_source_and_a_version(inventory: Inventory) -> None:
    assert inventory.source in EXPORTERS
    assert inventory.version[0].isdigit()


def test_metrics_are_sorted_and_each_is_there_once(inventory: Inventory) -> None:
    names = [metric.name for metric in inventory.metrics]

    assert names == sorted(set(names))


def test_histograms_have_buckets_up_to_infinity_and_nothing_else_has(inventory: Inventory) -> None:
    for metric in inventory.metrics:
        assert (metric.buckets[-1:] == ("+Inf",)) is (metric.kind == "histogram"), metric.name


def test_writing_it_again_changes_nothing(inventory: Inventory) -> None:
    from importlib.resources import files

    place = files("steward.model").joinpath("inventories", f"{inventory.source}.json")
    assert place.read_text(encoding="utf-8") == inventory_json(inventory)
