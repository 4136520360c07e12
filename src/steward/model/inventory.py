"""Inventories: the metrics that somebody else's program exposes, harvested from it and kept as data.

`steward metrics import` writes them. A file holds the program, its version, and of each metric its name, type,
help, label names and buckets.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from steward.model.errors import CatalogueError

FOLDER = "inventories"

InventoryKind = Literal["counter", "gauge", "histogram", "summary", "untyped"]


@dataclass(frozen=True, slots=True)
class InventoryMetric:
    """One metric of an exporter."""

    name: str
    """Of the family: without `_bucket`, `_sum` and `_count`."""
    kind: InventoryKind
    help: str
    labels: tuple[str, ...]
    """Every label that was seen on it, `le` and `quantile` left out."""
    buckets: tuple[str, ...] = ()
    """The values of `le` as they are written."""
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Labels whose values are known to be all there can be."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one version of a program exposes."""

    source: str
    version: str
    metrics: tuple[InventoryMetric, ...]


def read_inventory(text: str) -> Inventory:
    """Read an inventory's file; raises CatalogueError."""
    try:
        content = json.loads(text)
        metrics = tuple(
            InventoryMetric(
                one["name"],
                one["type"],
                one.get("help", ""),
                tuple(one.get("labels", ())),
                tuple(one.get("buckets", ())),
                tuple((label, tuple(values)) for label, values in one.get("values", {}).items()),
            )
            for one in content["metrics"]
        )
        return Inventory(content["source"], content["version"], metrics)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(f"inventory: not what `steward metrics import` writes: {error!r}") from None


@lru_cache
def bundled(name: str) -> Inventory:
    """Return an inventory that comes with steward, e.g. `node-exporter`; raises CatalogueError."""
    place = files("steward.model").joinpath(FOLDER, f"{name}.json")
    if not place.is_file():
        raise CatalogueError(f"no inventory is called {name!r}")
    return read_inventory(place.read_text(encoding="utf-8"))
