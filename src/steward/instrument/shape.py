"""The shape that a hook needs the metrics it feeds to have."""

from steward.model import OTHER, Across, CatalogueError, Gauge, Label, Metric


def expect_labels(metric: Metric, *names: str) -> None:
    """Raise CatalogueError unless `metric` has exactly the labels `names`, in whatever order."""
    if set(metric.label_names) != set(names):
        wanted, has = ", ".join(names) or "no labels", ", ".join(metric.label_names) or "none"
        raise CatalogueError(f"metric {metric.name}: this hook counts with {wanted}; the metric's labels: {has}")


def expect_summed(gauge: Gauge) -> None:
    """Raise CatalogueError unless `gauge` has no labels and is the sum of what the processes say."""
    expect_labels(gauge)
    if gauge.across not in {Across.LIVE_SUM, Across.SUM}:
        raise CatalogueError(f"gauge {gauge.name}: this hook counts up and down; declare it `live sum`")


def label_of(metric: Metric, name: str) -> Label:
    """Return the label of `metric` called `name`, which it has."""
    (label,) = [label for label in metric.labels if label.name == name]
    return label


def allowed(label: Label, value: str) -> str:
    """Return `value`, or `other` where the label does not declare it."""
    return value if label.allows(value) else OTHER
