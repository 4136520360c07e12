"""metrics.md: every metric of the catalogue as a table for people."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from steward.compile.heading import GENERATED
from steward.model import Catalogue, Histogram, Label, Metric, ScrapeJob

_SHOWN_VALUES = 12
"""A label with more values than this is shown by their number."""


def metrics_md(catalogue: Catalogue) -> bytes:
    """Compile one table per scrape job; a metric that several jobs expose is described at the first."""
    lines = [f"<!-- {GENERATED} -->", f"# Metrics of {catalogue.title}"]
    described: dict[Metric, str] = {}
    for job in catalogue.jobs:
        if job.metrics:
            lines += ["", f"## Job `{job.name}`", *_table(job, described), *_references(job, described)]
            described = dict.fromkeys(job.metrics, job.name) | described
    return ("\n".join(lines) + "\n").encode()


def _table(job: ScrapeJob, described: Mapping[Metric, str]) -> Iterator[str]:
    rows = [metric for metric in job.metrics if metric not in described]
    if not rows:
        return
    yield from ("", "| metric | type | labels | what it says |", "|---|---|---|---|")
    for metric in rows:
        yield f"| `{metric.name}` | {metric.kind} | {_labels(metric)} | {_meaning(metric)} |"


def _references(job: ScrapeJob, described: Mapping[Metric, str]) -> Iterator[str]:
    repeated = [metric for metric in job.metrics if metric in described]
    for first, metrics in groupby(repeated, key=described.__getitem__):
        yield from ("", f"As described at `{first}`: " + ", ".join(f"`{metric.name}`" for metric in metrics) + ".")


def _labels(metric: Metric) -> str:
    return "<br>".join(f"`{label.name}`: {_values(label)}" for label in metric.labels) or "none"


def _values(label: Label) -> str:
    if label.values is None:
        return f"{label.meaning}, up to {label.at_most}"
    if len(label.values) > _SHOWN_VALUES:
        return f"one of {len(label.values)}, {label.values[0]} to {label.values[-1]}"
    return ", ".join(label.values)


def _meaning(metric: Metric) -> str:
    if not isinstance(metric, Histogram):
        return metric.help
    return f"{metric.help} Buckets: {', '.join(f'{bound:g}' for bound in metric.buckets)}."
