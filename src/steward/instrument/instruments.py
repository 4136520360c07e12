"""The live instruments of a catalogue's metrics."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from itertools import product
from pathlib import Path
from typing import ParamSpec, TypeVar, overload

from steward.instrument.bridge import Bridge, Collector
from steward.instrument.exposer import Exposer
from steward.instrument.handles import (
    Bound,
    BoundCounter,
    BoundGauge,
    BoundHistogram,
    Context,
    Family,
    SeriesOf,
    make_counter,
    make_gauge,
    make_histogram,
)
from steward.instrument.labels import LabelGate, Values
from steward.instrument.notices import Notices
from steward.instrument.process import ProcessMetrics
from steward.instrument.reading import FolderReading, OwnReading, Reading
from steward.instrument.scrape import Scrape, ScrapeReader
from steward.instrument.store import Store
from steward.model import Across, CatalogueError, Counter, Gauge, Histogram, Metric
from steward.model.components.instrument_metrics import SERIES_DROPPED

_INITIALISED_UP_TO = 64

P = ParamSpec("P")
Declared = TypeVar("Declared", bound=Metric)


class Instruments:
    """The live instruments of some of a catalogue's metrics, in one process or shared by several.

    With `directory`, every process that is given the same metrics and the same directory counts into it, and each
    one exposes the numbers of all. Processes may be spawned or forked, and killed: what they counted stays, and
    gauges declared `live sum` lose their part the moment they die. Whoever starts the service anew empties the
    directory first; counters go on from what they find there. Without `directory` the numbers are this process's.
    There is no global registry: two instances never share anything but a directory.

    A counter whose every label is closed and has at most 64 combinations is exposed as 0 from the start, because
    `rate()` cannot see a series' first increment otherwise. Other series appear when they are first used.

    Counting never fails for what the world sends: an odd label value is `other`, an impossible amount is left out,
    and each is logged once; `steward_instrument_series_dropped_total` tells how often the former happened. Wrong
    label names are the programmer's mistake and raise CatalogueError where a handle is asked for.

    `process_metrics` exposes what is known of the processes themselves as well; see `ProcessMetrics`.
    """

    def __init__(
        self, metrics: Iterable[Metric], *, directory: Path | None = None, process_metrics: bool = False
    ) -> None:
        self._metrics = _by_name((*metrics, SERIES_DROPPED))
        self.notices = Notices()
        """Where those who count say, once each, what went wrong."""
        self._store = Store(self._metrics.values(), directory, self.notices)
        self._counters: dict[str, SeriesOf[BoundCounter]] = {}
        self._gauges: dict[str, SeriesOf[BoundGauge]] = {}
        self._histograms: dict[str, SeriesOf[BoundHistogram]] = {}
        counted = Context(SERIES_DROPPED, self._store, self.notices)
        self._dropped = SeriesOf(counted, make_counter(counted), LabelGate(SERIES_DROPPED, self.notices))
        for metric in self._metrics.values():
            self._equip(metric)
        gauges = [metric for metric in self._metrics.values() if isinstance(metric, Gauge)]
        self._scrape = Scrape(gauges, self.notices, self._drop)
        reading = self._read(directory)
        self._processes = self._watch_processes(reading) if process_metrics else None
        self._bridge = (
            Bridge((), self.notices, self._metrics.values()) if self._processes is None else self._processes.bridge
        )
        self._exposer = Exposer(self._metrics.values(), reading, ask=self._scrape.answers, further=self._further)

    @overload
    def counter(self, metric: Counter) -> BoundCounter: ...
    @overload
    def counter(self, metric: Counter, labels: Callable[P, Values]) -> Family[P, BoundCounter]: ...
    def counter(
        self, metric: Counter, labels: Callable[P, Values] | None = None
    ) -> BoundCounter | Family[P, BoundCounter]:
        """Return `metric`'s one series, or with `labels`, the NamedTuple of its labels' names, the family of them.

        Raises CatalogueError when it is not one of these instruments, or its labels are others.
        """
        return _handle(self._counters[self._known(metric, Counter).name], labels)

    @overload
    def histogram(self, metric: Histogram) -> BoundHistogram: ...
    @overload
    def histogram(self, metric: Histogram, labels: Callable[P, Values]) -> Family[P, BoundHistogram]: ...
    def histogram(
        self, metric: Histogram, labels: Callable[P, Values] | None = None
    ) -> BoundHistogram | Family[P, BoundHistogram]:
        """Return `metric`'s one series, or the family of them; see `counter`."""
        return _handle(self._histograms[self._known(metric, Histogram).name], labels)

    @overload
    def gauge(self, metric: Gauge) -> BoundGauge: ...
    @overload
    def gauge(self, metric: Gauge, labels: Callable[P, Values]) -> Family[P, BoundGauge]: ...
    def gauge(
        self, metric: Gauge, labels: Callable[P, Values] | None = None
    ) -> BoundGauge | Family[P, BoundGauge]:
        """Return `metric`'s one series, or the family of them; see `counter`.

        Raises CatalogueError as well for a gauge that is asked at each scrape.
        """
        if self._known(metric, Gauge).across is Across.SCRAPE:
            raise CatalogueError(
                f"gauge {metric.name}: it is asked at each scrape; give `at_scrape` a reader of it"
            )
        return _handle(self._gauges[metric.name], labels)

    def at_scrape(self, read: ScrapeReader) -> None:
        """Await `read` at each exposition, for the gauges declared `across=Across.SCRAPE`.

        It has 1 second. If it fails or is late its gauges are absent from that scrape, the rest is unharmed, and
        each kind of failure is logged once.
        """
        self._scrape.add(read)

    def bridge(self, collector: Collector) -> None:
        """Expose what `collector` of prometheus_client collects as well, e.g. another library's registry.

        It is asked at each scrape, in a thread. What it says is this process's alone, so it is for services of one
        process. A family whose name is taken is left out, and so is a collector that fails; each is logged once.
        """
        self._bridge.add(collector)

    async def expose(self, accept: str = "") -> tuple[bytes, str]:
        """Return (body, content type): text 0.0.4, or OpenMetrics 1.0 where the Accept header asks for it."""
        return await self._exposer.expose(accept)

    async def stream(self, accept: str = "") -> tuple[AsyncIterator[bytes], str]:
        """Return the same in pieces, between any two of which others get their turn.

        Raises OSError, before the first piece, when the numbers of the other processes cannot be read.
        """
        return await self._exposer.stream(accept)

    def total(self, metric: Counter, /, **labels: str) -> float:
        """Return a counter's value over all processes, summed over the labels not given.

        Raises CatalogueError when a label is not the metric's, or the metric is not one of these instruments.
        """
        names = self._known(metric, Counter).label_names
        if not labels.keys() <= set(names):
            raise CatalogueError(
                f"counter {metric.name}: its labels are {', '.join(names)}; given: {', '.join(labels)}"
            )
        return self._exposer.total(metric, labels)

    def _read(self, directory: Path | None) -> Reading:
        if directory is None:
            return OwnReading(self._store)
        return FolderReading(directory, tuple(self._metrics.values()), self._store.fingerprint)

    async def _further(self, format_: str) -> bytes:
        if self._processes is not None:
            return await self._processes.text(format_)
        return await asyncio.to_thread(self._bridge.text, format_) if self._bridge.collectors else b""

    def _watch_processes(self, reading: Reading) -> ProcessMetrics:
        holders = reading.holders if isinstance(reading, FolderReading) else None
        return ProcessMetrics(self.notices, holders=holders, ours=self._metrics.values())

    def _known(self, metric: Declared, kind: type[Metric]) -> Declared:
        if not isinstance(metric, kind):
            raise CatalogueError(f"metric {metric.name}: it is a {metric.kind}, not a {kind.kind}")
        if self._metrics.get(metric.name) != metric:
            raise CatalogueError(
                f"metric {metric.name}: it is not among those that these instruments were made for"
            )
        return metric

    def _drop(self, metric: Metric) -> None:
        self._dropped.of((metric.name,)).inc()

    def _gate(self, metric: Metric) -> LabelGate:
        shared = self._store.folder is not None
        elsewhere = (lambda: self._exposer.known(metric)) if shared else None
        return LabelGate(metric, self.notices, dropped=partial(self._drop, metric), elsewhere=elsewhere)

    def _equip(self, metric: Metric) -> None:
        if metric == SERIES_DROPPED:
            self._counters[metric.name] = self._dropped
            return
        context = Context(metric, self._store, self.notices)
        gate = self._gate(metric)
        if metric.labels:
            self._dropped.of((metric.name,))
        if isinstance(metric, Counter):
            series = self._counters[metric.name] = SeriesOf(context, make_counter(context), gate)
            for values in _known_beforehand(metric):
                series.of(values)
        elif isinstance(metric, Histogram):
            self._histograms[metric.name] = SeriesOf(context, make_histogram(context, metric), gate)
        elif isinstance(metric, Gauge):
            self._gauges[metric.name] = SeriesOf(context, make_gauge(context, metric), gate)


def _handle(series: SeriesOf[Bound], labels: Callable[P, Values] | None) -> Bound | Family[P, Bound]:
    if labels is not None:
        return Family(series, labels)
    metric = series.context.metric
    if metric.labels:
        names = ", ".join(metric.label_names)
        raise CatalogueError(f"metric {metric.name}: it has the labels {names}; give a NamedTuple of them as well")
    return series.of(())


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
