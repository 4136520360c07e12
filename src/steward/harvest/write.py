"""The file of an inventory, a metric a line, so that a new version reads well as a difference."""

import json

from steward.model import Inventory, InventoryMetric


def inventory_json(inventory: Inventory) -> str:
    """Write an inventory as `steward.model.read_inventory` reads it; the same inventory gives the same text."""
    lines = ",\n".join(f"    {json.dumps(_metric(metric), ensure_ascii=False)}" for metric in inventory.metrics)
    source, version = (json.dumps(text, ensure_ascii=False) for text in (inventory.source, inventory.version))
    return f'{{\n  "source": {source},\n  "version": {version},\n  "metrics": [\n{lines}\n  ]\n}}\n'


def _metric(metric: InventoryMetric) -> dict[str, object]:
    content: dict[str, object] = {"name": metric.name, "type": metric.kind, "help": metric.help}
    if metric.labels:
        content["labels"] = list(metric.labels)
    if metric.buckets:
        content["buckets"] = list(metric.buckets)
    if metric.values:
        content["values"] = {label: list(values) for label, values in metric.values}
    return content
