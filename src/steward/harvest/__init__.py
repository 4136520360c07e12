"""Inventories from what programs expose: read an exposition, keep the names, types, labels and buckets.

Pure: texts in, inventories and texts out. `steward metrics` fetches and writes.
"""

from steward.harvest.errors import NotAnExposition
from steward.harvest.exposition import Family, Sample, read_exposition
from steward.harvest.inventory import build_versions, harvested
from steward.harvest.unite import united
from steward.harvest.write import inventory_json

__all__ = [
    "Family",
    "NotAnExposition",
    "Sample",
    "build_versions",
    "harvested",
    "inventory_json",
    "read_exposition",
    "united",
]
