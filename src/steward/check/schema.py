"""What a catalogue knows of series: of its metrics, of inventories, of Prometheus itself and of its rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod

from steward.check.shape import ExpressionSubject, Use
from steward.compile.rules import Alerting, Recorded, Rule, RuleFile
from steward.model import Catalogue, Histogram, Inventory, InventoryMetric, Labels, Metric, ScrapeJob, bundled
from steward.promql import PromqlError, parse
from steward.promql.infer import infer
from steward.promql.nodes import Expression
from steward.promql.schema import Part, Schema, SeriesInfo, SeriesKind, Values

_OF_SCRAPES = (
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)
"""What Prometheus writes itself for each target."""
_STATES = frozenset({"pending", "firing"})
_KINDS: dict[str, SeriesKind] = {"counter": "counter", "gauge": "gauge", "histogram": "histogram"}


def schema_of(
    catalogue: Catalogue, files: Iterable[RuleFile] = (), inventories: Iterable[Inventory] = ()
) -> Schema:
    """Return every series that the jobs of a catalogue or more inventories expose, and that its rules make."""
    jobs = frozenset(job.name for job in catalogue.jobs)
    found = [info for job in catalogue.jobs for info in _of_job(job)]
    found += [info for inventory in inventories for info in _of_inventory(inventory, None)]
    found += [SeriesInfo(name, "gauge", labels=_target(jobs), bound=len(jobs)) for name in _OF_SCRAPES]
    return _with_rules(united(found), [rule for file in files for rule in file.rules])


def of_inventories(inventories: Iterable[Inventory]) -> Schema:
    """Return the series of some inventories, scraped by jobs that nothing is known of."""
    given = [info for inventory in inventories for info in _of_inventory(inventory, None)]
    found = given and [SeriesInfo(name, "gauge", labels=_target(None)) for name in _OF_SCRAPES]
    return united([*given, *found])


def opaque_jobs(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the jobs of which it is not known what they expose."""
    return tuple(job.name for job in catalogue.jobs if not job.metrics and job.inventory is None)


def with_recorded(schema: Schema, subjects: Iterable[ExpressionSubject]) -> Schema:
    """Add the series that rules of files record, and their alerts; nothing where nothing is known."""
    if not schema:
        return schema
    known = dict(schema)
    alerts: set[str] = set()
    for subject in subjects:
        if subject.use is Use.RECORDING:
            _add(known, _recorded(subject.name, subject.node, subject.labels, known))
        elif subject.use is Use.ALERT:
            alerts.add(subject.name)
    for info in _of_alerts(frozenset(alerts)).values() if alerts else ():
        _add(known, info)
    return known


def _with_rules(schema: Schema, rules: Sequence[Rule]) -> Schema:
    known = dict(schema)
    for rule in rules:
        if isinstance(rule, Recorded):
            try:
                node = parse(rule.expr)
            except PromqlError:
                _add(known, SeriesInfo(rule.record, complete=False))
                continue
            _add(known, _recorded(rule.record, node, rule.labels, known))
    names = frozenset(rule.alert for rule in rules if isinstance(rule, Alerting))
    return {**known, **_of_alerts(names)}


def _add(known: dict[str, SeriesInfo], info: SeriesInfo) -> None:
    before = known.get(info.name)
    known[info.name] = info if before is None else _both(before, info)


def united(found: Iterable[SeriesInfo]) -> Schema:
    """Return the series by name, those of several jobs as one."""
    known: dict[str, SeriesInfo] = {}
    for info in found:
        _add(known, info)
    return known


def _of_job(job: ScrapeJob) -> Iterator[SeriesInfo]:
    target = _target(frozenset({job.name}))
    for metric in job.metrics:
        yield from _of_metric(metric, target)
    if job.inventory is not None:
        yield from _of_inventory(bundled(job.inventory), frozenset({job.name}))


def _target(jobs: Values) -> dict[str, Values]:
    return {"job": jobs, "instance": None}


def _of_metric(metric: Metric, target: Mapping[str, Values]) -> Iterator[SeriesInfo]:
    labels = dict(target) | {
        label.name: None if label.values is None else frozenset(label.values) for label in metric.labels
    }
    if not isinstance(metric, Histogram):
        yield SeriesInfo(metric.name, metric.kind, labels=labels, bound=metric.combinations)
        return
    # As steward.instrument writes them.
    bounds = frozenset({*(str(float(bound)) for bound in metric.buckets), "+Inf"})
    yield from _parts(metric.name, "histogram", labels, ("sum", "count"), metric.combinations)
    yield SeriesInfo(
        f"{metric.name}_bucket",
        "histogram",
        "bucket",
        labels | {"le": bounds},
        metric.combinations * len(bounds),
    )


def _of_inventory(inventory: Inventory, jobs: Values) -> Iterator[SeriesInfo]:
    for metric in inventory.metrics:
        yield from _of_foreign(metric, _target(jobs))


def _of_foreign(metric: InventoryMetric, target: Mapping[str, Values]) -> Iterator[SeriesInfo]:
    closed = {name: frozenset(values) for name, values in metric.values}
    labels: dict[str, Values] = dict(target) | {name: closed.get(name) for name in metric.labels}
    if metric.kind == "histogram":
        yield from _parts(metric.name, "histogram", labels, ("sum", "count"), None)
        bounds = frozenset(metric.buckets) or None
        yield SeriesInfo(f"{metric.name}_bucket", "histogram", "bucket", labels | {"le": bounds})
    elif metric.kind == "summary":
        yield from _parts(metric.name, "summary", labels, ("sum", "count"), None)
        yield SeriesInfo(metric.name, "summary", labels=labels | {"quantile": None})
    else:
        yield SeriesInfo(metric.name, _KINDS.get(metric.kind, "unknown"), labels=labels)


def _parts(
    name: str, kind: SeriesKind, labels: Mapping[str, Values], parts: Iterable[Part], bound: int | None
) -> Iterator[SeriesInfo]:
    for part in parts:
        yield SeriesInfo(f"{name}_{part}", kind, part, labels, bound)


def _recorded(name: str, node: Expression, own: Labels, schema: Schema) -> SeriesInfo:
    inferred = infer(node, schema)
    labels: dict[str, Values] = {}
    complete = not inferred.is_open
    for label, state in inferred.labels.items():
        if inferred.keeps(label):
            labels[label] = state.values | {""} if state.optional and state.values is not None else state.values
            complete = complete and not (state.optional and state.values is None)
    labels |= {label: frozenset({value}) for label, value in own}
    return SeriesInfo(
        name, "unknown", labels=labels, bound=_bound(labels) if complete else None, complete=complete
    )


def _bound(labels: Mapping[str, Values]) -> int | None:
    counts = [len(values) for values in labels.values() if values is not None]
    return prod(count for count in counts if count) if len(counts) == len(labels) else None


def _both(one: SeriesInfo, other: SeriesInfo) -> SeriesInfo:
    """Return what is known of series of the same name from two sources."""
    names = one.labels.keys() | other.labels.keys()
    missing = one.labels.keys() ^ other.labels.keys()
    labels = {name: _values(one, other, name) for name in names}
    return replace(
        one,
        kind=one.kind if one.kind == other.kind else "unknown",
        labels=labels,
        bound=None if one.bound is None or other.bound is None else one.bound + other.bound,
        complete=one.complete and other.complete and all(labels[name] is not None for name in missing),
    )


def _values(one: SeriesInfo, other: SeriesInfo, name: str) -> Values:
    """Return the values of both; the empty one stands for a label that is missing."""
    missing = frozenset({""})
    left, right = one.labels.get(name, missing), other.labels.get(name, missing)
    return None if left is None or right is None else left | right


def _of_alerts(names: frozenset[str]) -> Schema:
    alert: dict[str, Values] = {"alertname": names or None}
    return {
        "ALERTS": SeriesInfo("ALERTS", "gauge", labels=alert | {"alertstate": _STATES}, complete=False),
        "ALERTS_FOR_STATE": SeriesInfo("ALERTS_FOR_STATE", "gauge", labels=alert, complete=False),
    }
