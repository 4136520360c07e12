import json

import pytest

from steward.model import CatalogueError, InventoryMetric, bundled, read_inventory


def test_inventory_is_read_as_it_was_harvested() -> None:
    text = json.dumps(
        {
            "source": "pump_exporter",
            "version": "1.2.3",
            "metrics": [
                {"name": "pump_litres_total", "type": "counter", "help": "Litres.", "labels": ["pump"]},
                {"name": "pump_state", "type": "gauge", "values": {"state": ["on", "off"]}},
            ],
        }
    )

    inventory = read_inventory(text)

    assert (inventory.source, inventory.version) == ("pump_exporter", "1.2.3")
    assert inventory.metrics == (
        InventoryMetric("pump_litres_total", "counter", "Litres.", ("pump",)),
        InventoryMetric("pump_state", "gauge", "", (), values=(("state", ("on", "off")),)),
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": "a", "version": "1", "metrics": [{}]}'])
def test_what_is_no_inventory_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError, match="steward metrics import"):
        read_inventory(text)


def test_unknown_inventory_is_refused_by_name() -> None:
    with pytest.raises(CatalogueError, match="'pump'"):
        bundled("pump")
