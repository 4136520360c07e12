"""Families as text, in the two formats that Prometheus reads; the only importer of prometheus_client."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import generate_latest
from prometheus_client.core import Metric as ClientMetric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from steward.instrument.merge import Family, Numbers
from steward.model import Histogram

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_OPENMETRICS_TYPE = "application/openmetrics-text"
_TEXT_TYPES = ("text/plain", "text/*", "*/*")


def content_type(accept: str) -> str:
    """Return the format that an Accept header asks for: OpenMetrics where it is wanted no less than plain text."""
    qualities: dict[str, float] = {}
    for media_range in accept.lower().split(","):
        media_type, *parameters = [part.strip() for part in media_range.split(";")]
        qualities[media_type] = max(qualities.get(media_type, 0.0), _quality(parameters))
    wanted = qualities.get(_OPENMETRICS_TYPE, 0.0)
    text = next((qualities[name] for name in _TEXT_TYPES if name in qualities), 0.0)
    return OPENMETRICS if wanted > 0 and wanted >= text else TEXT


def render(families: Iterable[Family], format_: str) -> bytes:
    """Return the exposition of `families` in a format that `content_type` returned."""
    collector = _Families(families)
    if format_ == OPENMETRICS:
        rendered: bytes = generate_openmetrics(collector)  # type: ignore[no-untyped-call]
        return rendered
    return generate_latest(collector)


class _Families(Collector):
    def __init__(self, families: Iterable[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[ClientMetric]:
        """Yield each family as prometheus_client knows it."""
        for family in self._families:
            metric = family.metric
            client = ClientMetric(metric.name.removesuffix("_total"), metric.help, metric.kind, metric.unit.value)
            for values, numbers in family.series.items():
                labels = dict(zip(metric.label_names, values, strict=True))
                if isinstance(metric, Histogram):
                    _add_histogram(client, metric, labels, numbers)
                else:
                    client.add_sample(metric.name, labels, numbers[0])
            yield client


def _add_histogram(client: ClientMetric, metric: Histogram, labels: dict[str, str], numbers: Numbers) -> None:
    *counts, total = numbers
    cumulative = list(accumulate(counts))
    for bound, count in zip((*metric.buckets, float("inf")), cumulative, strict=True):
        le = str(floatToGoString(bound))  # type: ignore[no-untyped-call]
        client.add_sample(f"{metric.name}_bucket", {**labels, "le": le}, count)
    client.add_sample(f"{metric.name}_count", labels, cumulative[-1])
    client.add_sample(f"{metric.name}_sum", labels, total)


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
