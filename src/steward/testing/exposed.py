"""What a program exposes, held against what its scrape job declares."""

from collections.abc import Iterable, Iterator

from steward.harvest import Family, read_exposition
from steward.model import Histogram, Metric


def expect_declared(exposition: str, metrics: Iterable[Metric]) -> frozenset[str]:
    """Return the names of the metrics in an exposition, in Prometheus' text format.

    Raises AssertionError at what `metrics` do not declare: a name, a type, a label, a value of a closed label.
    """
    declared = {metric.name: metric for metric in metrics}
    families = read_exposition(exposition)
    wrong = [why for family in families for why in _undeclared(family, declared.get(family.name))]
    if wrong:
        raise AssertionError("\n".join(dict.fromkeys(wrong)))
    return frozenset(family.name for family in families)


def _undeclared(family: Family, metric: Metric | None) -> Iterator[str]:
    if metric is None:
        yield f"{family.name}: not declared"
        return
    if family.kind != metric.kind:
        yield f"{family.name}: a {family.kind}, declared as a {metric.kind}"
    known = {label.name: label for label in metric.labels}
    also = {"le"} if isinstance(metric, Histogram) else set()
    for sample in family.samples:
        given = {name: value for name, value in sample.labels if name not in also}
        if given.keys() != known.keys():
            yield f"{sample.name}: with the labels {', '.join(given)}, declared with {', '.join(known)}"
        for name, value in given.items():
            if name in known and not known[name].allows(value):
                yield f"{sample.name}: {name}={value!r}, which is not declared"
