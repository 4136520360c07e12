"""Collectors of prometheus_client as a part of our exposition; the only importer of that library."""

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import generate_latest
from prometheus_client.core import Metric as ClientFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from steward.instrument.exposition import OPENMETRICS
from steward.instrument.notices import Notices
from steward.model import Metric

__all__ = [
    "Bridge",
    "ClientFamily",
    "Collector",
    "CollectorRegistry",
    "GCCollector",
    "PlatformCollector",
    "ProcessCollector",
    "names_of",
]

_END = b"# EOF\n"


class Bridge:
    """Makes text of what collectors of prometheus_client say, to stand beside the text of our own metrics.

    Any collector will do: one of the client's, of another library, or a whole `CollectorRegistry`. Prometheus
    refuses a scrape in which a name stands twice, so a family is left out when its name, or that of one of its
    samples, is that of a metric in `ours` or of a family before it. A collector that fails is left out of that
    scrape, and so is a family that cannot be written. Each of these is logged once.
    """

    def __init__(self, collectors: Iterable[Collector], notices: Notices, ours: Iterable[Metric] = ()) -> None:
        self.collectors = list(collectors)
        self._notices = notices
        self._ours = frozenset(name for metric in ours for name in names_of(metric))

    def add(self, collector: Collector) -> None:
        """Ask `collector` as well from now on, after those before it."""
        self.collectors.append(collector)

    def text(self, format_: str) -> bytes:
        """Return the exposition in a format that `content_type` returned; of OpenMetrics without `# EOF`.

        It takes as long as the collectors take: call it in a thread.
        """
        taken = set(self._ours)
        parts: list[bytes] = []
        for collector in self.collectors:
            for family in self._collected(collector):
                names = {family.name, *(sample.name for sample in family.samples)}
                if taken.isdisjoint(names):
                    taken |= names
                    parts.append(self._written(family, format_))
                else:
                    self._twice(collector, family)
        return b"".join(parts)

    def _collected(self, collector: Collector) -> Sequence[ClientFamily]:
        try:
            return list(collector.collect())
        except Exception as error:  # noqa: BLE001 - anybody's code; the rest of the scrape must not suffer
            self._notices.once(
                ("collector", type(collector), type(error)),
                "collector %s failed; what it collects is absent",
                type(collector).__qualname__,
                error=error,
            )
            return ()

    def _written(self, family: ClientFamily, format_: str) -> bytes:
        try:
            if format_ == OPENMETRICS:
                text: bytes = generate_openmetrics(_One(family))  # type: ignore[no-untyped-call]
                return text.removesuffix(_END)
            return generate_latest(_One(family))
        except Exception as error:  # noqa: BLE001 - as above
            self._notices.once(
                ("family", family.name), "metric %s cannot be written and is absent", family.name, error=error
            )
            return b""

    def _twice(self, collector: Collector, family: ClientFamily) -> None:
        self._notices.once(
            ("twice", family.name),
            "metric %s of collector %s is left out: another has its name; give one of the two another name",
            family.name,
            type(collector).__qualname__,
        )


class _One(Collector):
    def __init__(self, family: ClientFamily) -> None:
        self._family = family

    def collect(self) -> Iterator[ClientFamily]:
        """Yield the family."""
        yield self._family


def names_of(metric: Metric) -> Iterator[str]:
    """Yield every name that stands in an exposition for `metric`: of the family and of its samples."""
    yield metric.name
    yield metric.name.removesuffix("_total")
    yield from metric.series_names
