"""An inventory from families: what kind of metric each is, and which labels it was seen with."""

from collections.abc import Iterable, Iterator

from steward.harvest.exposition import Family
from steward.harvest.lines import Sample
from steward.model import Inventory, InventoryMetric
from steward.model.inventory import InventoryKind

_KINDS: dict[str, InventoryKind] = {
    "counter": "counter",
    "gauge": "gauge",
    "histogram": "histogram",
    "summary": "summary",
    "info": "gauge",
    "stateset": "gauge",
}
"""Prometheus stores an info and a stateset as gauges of 1 and 0; what is not here has no type for it."""
_BUILD_INFO = "_build_info"
_OF_THE_RUNTIME = frozenset({"go_build_info"})


def harvested(source: str, version: str, families: Iterable[Family]) -> Inventory:
    """Return the inventory of one exposition, its metrics sorted by name."""
    metrics = (metric for family in families for metric in _metrics(family))
    return Inventory(source, version, tuple(sorted(metrics, key=lambda metric: metric.name)))


def build_versions(families: Iterable[Family]) -> tuple[str, ...]:
    """Return the versions that series such as `pump_exporter_build_info` name, each once."""
    return tuple(
        dict.fromkeys(
            version
            for family in families
            for sample in family.samples
            if sample.name.endswith(_BUILD_INFO) and sample.name not in _OF_THE_RUNTIME
            if (version := dict(sample.labels).get("version"))
        )
    )


def _metrics(family: Family) -> Iterator[InventoryMetric]:
    """Yield a family's metrics: itself, and what Prometheus sees beside it, e.g. OpenMetrics' `_created`."""
    beside: dict[str, list[Sample]] = {}
    own: list[Sample] = []
    for sample in family.samples:
        apart = sample.name.endswith("_created") and sample.name != family.name
        (beside.setdefault(sample.name, []) if apart or family.kind == "gaugehistogram" else own).append(sample)
    if own:
        yield _metric(_name(family, own), family, own)
    for name, samples in sorted(beside.items()):
        kind: InventoryKind = "gauge" if name.endswith("_created") else "untyped"
        yield InventoryMetric(name, kind, family.help, _labels(samples))


def _metric(name: str, family: Family, samples: list[Sample]) -> InventoryMetric:
    kind = _KINDS.get(family.kind, "untyped")
    hidden = {"histogram": {"le"}, "summary": {"quantile"}}.get(kind, set())
    labels = tuple(label for label in _labels(samples) if label not in hidden)
    buckets = _buckets(samples) if kind == "histogram" else ()
    return InventoryMetric(name, kind, family.help, labels, buckets)


def _name(family: Family, samples: list[Sample]) -> str:
    """Return the name that Prometheus knows: OpenMetrics announces a counter without `_total`."""
    return samples[0].name if family.kind in {"counter", "info"} else family.name


def _labels(samples: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(sorted({label for sample in samples for label, _ in sample.labels}))


def _buckets(samples: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(
        sorted({value for sample in samples for label, value in sample.labels if label == "le"}, key=float)
    )
