"""Two harvests of the same version: what either has seen."""

from steward.model import CatalogueError, Inventory, InventoryMetric


def united(old: Inventory, new: Inventory) -> Inventory:
    """Return both together; raises CatalogueError where they are not of the same source and version.

    An exporter shows only what its target has at the moment, so a second harvest may know more labels.
    """
    if (old.source, old.version) != (new.source, new.version):
        raise CatalogueError(
            f"an inventory of {old.source} {old.version} cannot be united with one of {new.source} {new.version}"
        )
    metrics = {metric.name: metric for metric in old.metrics}
    for metric in new.metrics:
        metrics[metric.name] = _both(metrics[metric.name], metric) if metric.name in metrics else metric
    return Inventory(new.source, new.version, tuple(metrics[name] for name in sorted(metrics)))


def _both(old: InventoryMetric, new: InventoryMetric) -> InventoryMetric:
    if old.kind != new.kind:
        raise CatalogueError(f"metric {old.name}: it was a {old.kind} and is now a {new.kind}")
    return InventoryMetric(
        new.name,
        new.kind,
        new.help,
        tuple(sorted({*old.labels, *new.labels})),
        tuple(sorted({*old.buckets, *new.buckets}, key=float)),
        # Not harvested but written by hand, so only the old one has them.
        old.values,
    )
