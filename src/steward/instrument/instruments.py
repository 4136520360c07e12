"""The live instruments of a catalogue's metrics."""

import asyncio
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import TypeVar

from steward.instrument.exposition import content_type, render
from steward.instrument.handles import CounterHandle, GaugeHandle, HistogramHandle
from steward.instrument.labels import Values
from steward.instrument.merge import Family, merge
from steward.instrument.notices import Notices
from steward.instrument.scrape import Scrape, ScrapeReader
from steward.instrument.store import Store
from steward.model import Across, CatalogueError, Counter, Gauge, Histogram, Metric

_INITIALISED_UP_TO = 64

Declared = TypeVar("Declared", bound=Metric)


class Instruments:
    """The live instruments of some of a catalogue's metrics, in one process or shared by several.

    With `directory`, every process that is given the same metrics and the same directory counts into it, and each
    one exposes the numbers of all. Processes may be spawned or forked, and killed: what they counted stays, and
    gauges declared `live sum` lose their part the moment they die. Whoever starts the service anew empties the
    directory first; counters go on from what they find there. Without `directory` the numbers are this process's.
    There is no global registry: two instances never share anything but a directory.

    A counter whose every label is closed and has at most 64 combinations is exposed as 0 from the start, because
    `rate()` cannot see a series' first increment otherwise. Other series appear when they are first bound or used.

    Counting never fails for what the world sends: an odd label value is `other`, an impossible amount is left out,
    and each is logged once. Wrong label names are the programmer's mistake and raise CatalogueError.
    """

    def __init__(self, metrics: Iterable[Metric], *, directory: Path | None = None) -> None:
        self._metrics = _by_name(metrics)
        self.notices = Notices()
        """Where those who count say, once each, what went wrong."""
        self._store = Store(self._metrics.values(), directory, self.notices)
        self._counters: dict[str, CounterHandle] = {}
        self._gauges: dict[str, GaugeHandle] = {}
        self._histograms: dict[str, HistogramHandle] = {}
        for metric in self._metrics.values():
            self._equip(metric)
        gauges = [metric for metric in self._metrics.values() if isinstance(metric, Gauge)]
        self._scrape = Scrape(gauges, self.notices)

    def counter(self, metric: Counter) -> CounterHandle:
        """Return the handle of `metric`; raises CatalogueError when it is not one of these instruments."""
        return self._counters[self._known(metric, Counter).name]

    def histogram(self, metric: Histogram) -> HistogramHandle:
        """Return the handle of `metric`; raises CatalogueError when it is not one of these instruments."""
        return self._histograms[self._known(metric, Histogram).name]

    def gauge(self, metric: Gauge) -> GaugeHandle:
        """Return the handle of `metric`; raises CatalogueError as above, and for one asked at each scrape."""
        if self._known(metric, Gauge).across is Across.SCRAPE:
            raise CatalogueError(
                f"gauge {metric.name}: it is asked at each scrape; give `at_scrape` a reader of it"
            )
        return self._gauges[metric.name]

    def at_scrape(self, read: ScrapeReader) -> None:
        """Await `read` at each exposition, for the gauges declared `across=Across.SCRAPE`.

        It has 1 second. If it fails or is late its gauges are absent from that scrape, the rest is unharmed, and
        each kind of failure is logged once.
        """
        self._scrape.add(read)

    async def expose(self, accept: str = "") -> tuple[bytes, str]:
        """Return (body, content type): text format 0.0.4, or OpenMetrics 1.0 when the Accept header asks for it.

        Files are read and text is made in a thread, so that a scrape does not hold up requests.
        """
        asked = await self._scrape.families()
        format_ = content_type(accept)
        return await asyncio.to_thread(self._render, asked, format_), format_

    def total(self, metric: Counter, **labels: str) -> float:
        """Return a counter's value over all processes, summed over the labels not given.

        Raises CatalogueError when a label is not the metric's, or the metric is not one of these instruments.
        """
        names = self._known(metric, Counter).label_names
        if not labels.keys() <= set(names):
            raise CatalogueError(
                f"counter {metric.name}: its labels are {', '.join(names)}; given: {', '.join(labels)}"
            )
        wanted = [(names.index(name), value) for name, value in labels.items()]
        (family,) = merge([metric], self._store.readings(metric))
        return sum(
            number
            for values, (number,) in family.series.items()
            if all(values[position] == value for position, value in wanted)
        )

    def _known(self, metric: Declared, kind: type[Metric]) -> Declared:
        if not isinstance(metric, kind):
            raise CatalogueError(f"metric {metric.name}: it is a {metric.kind}, not a {kind.kind}")
        if self._metrics.get(metric.name) != metric:
            raise CatalogueError(
                f"metric {metric.name}: it is not among those that these instruments were made for"
            )
        return metric

    def _equip(self, metric: Metric) -> None:
        if isinstance(metric, Counter):
            handle = self._counters[metric.name] = CounterHandle(metric, self._store, self.notices)
            for values in _known_beforehand(metric):
                handle.series(values)
        elif isinstance(metric, Histogram):
            self._histograms[metric.name] = HistogramHandle(metric, self._store, self.notices)
        elif isinstance(metric, Gauge):
            self._gauges[metric.name] = GaugeHandle(metric, self._store, self.notices)

    def _render(self, asked: list[Family], format_: str) -> bytes:
        families = {family.metric.name: family for family in merge(self._metrics.values(), self._store.readings())}
        families |= {family.metric.name: family for family in asked}
        return render([family for family in families.values() if family.series], format_)


def _by_name(metrics: Iterable[Metric]) -> dict[str, Metric]:
    named: dict[str, Metric] = {}
    for metric in metrics:
        if named.setdefault(metric.name, metric) != metric:
            raise CatalogueError(f"metric {metric.name}: declared twice, and differently")
    return named


def _known_beforehand(counter: Counter) -> Iterable[Values]:
    """Yield every combination of label values, where they are all declared and few."""
    if counter.combinations > _INITIALISED_UP_TO:
        return ()
    allowed = [label.values for label in counter.labels if label.values is not None]
    return product(*allowed) if len(allowed) == len(counter.labels) else ()
