"""What a folder tells of itself, to whoever knows nothing of the programs that count in it.

While a service is updated worker by worker, its old and its new processes share the folder with two sets of
metrics. What both declare alike is added up; where they differ, the set that was started last is right.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from steward.instrument import manifest
from steward.instrument.bridge import names_of
from steward.instrument.exemplars import Exemplar, Place
from steward.instrument.exposer import Exposer
from steward.instrument.exposition import filled, header, series_lines
from steward.instrument.labels import Values
from steward.instrument.layout import Doubles
from steward.instrument.manifest import Manifest, ManifestUnreadable
from steward.instrument.notices import Notices
from steward.instrument.process import ProcessMetrics
from steward.instrument.reading import FolderReading, SlotFile
from steward.model import Across, Gauge, Histogram, Metric

WORKERS = Gauge(
    "steward_instrument_sidecar_workers",
    "Living processes whose numbers the sidecar reads.",
    across=Across.SCRAPE,
)


@dataclass(frozen=True, slots=True)
class Share:
    """One set of metrics of a folder, as far as it agrees with the sets that were started later."""

    fingerprint: str
    metrics: tuple[Metric, ...]


def united(manifests: Sequence[Manifest], notices: Notices) -> tuple[tuple[Metric, ...], tuple[Share, ...]]:
    """Return the metrics of all sets, by name, and what each set counts of them; `manifests` are newest first.

    A metric that a newer set declares with other labels, buckets or kind, or whose name stands for another one
    there, is left out of the older set and reported once.
    """
    declared: dict[str, Metric] = {}
    taken = set(names_of(WORKERS))
    shares: list[Share] = []
    for one in manifests:
        for metric in one.metrics:
            if taken.isdisjoint(names_of(metric)):
                declared[metric.name] = metric
        taken.update(chain.from_iterable(map(names_of, declared.values())))
        agreed = tuple([metric for metric in one.metrics if _alike(declared.get(metric.name), metric)])
        shares.append(Share(one.fingerprint, agreed))
        for metric in one.metrics:
            if metric in agreed:
                continue
            notices.once(
                ("declared", metric.name, one.fingerprint),
                "metric %s: processes that were started earlier, with %s.json, declare it otherwise;"
                " what they count in it is left out",
                metric.name,
                one.fingerprint,
            )
    return tuple(sorted(declared.values(), key=lambda metric: metric.name)), tuple(shares)


class SetsReading:
    """The numbers of every process of a folder, whichever of the sets it counts."""

    def __init__(self, folder: Path, metrics: Sequence[Metric], shares: Iterable[Share]) -> None:
        self._names = [metric.name for metric in metrics]
        self._sets = [(share, FolderReading(folder, share.metrics, share.fingerprint)) for share in shares]
        self._parts: dict[SlotFile, SetPart] = {}

    def refresh(self) -> Iterator[None]:
        """Look which files there are, and what was added to each; raises OSError."""
        return chain.from_iterable(reading.refresh() for _, reading in self._sets)

    @property
    def parts(self) -> "Sequence[SetPart]":
        """What each process has counted, those of the newest set first."""
        files = chain.from_iterable(reading.parts for _, reading in self._sets)
        self._parts = {file: self._parts.get(file) or SetPart(file, self._names) for file in files}
        return list(self._parts.values())

    def exemplars(self) -> Iterator[tuple[Place, Exemplar]]:
        """Yield the exemplars of each process."""
        for _, reading in self._sets:
            yield from reading.exemplars()

    def holders(self) -> list[tuple[int | str, int]]:
        """Return (what to call it, process id) of each living process, once for each; as of the last look.

        It is called by the number of its slot. The numbers of two sets are the same, so in those of an older one
        the name of the set goes before.
        """
        living = [(share, reading.holders()) for share, reading in self._sets]
        called: dict[int, int | str] = {}
        for position, (share, holders) in enumerate(one for one in living if one[1]):
            for number, pid in holders:
                called.setdefault(pid, f"{share.fingerprint}-{number}" if position else number)
        return [(worker, pid) for pid, worker in called.items()]


class SetPart:
    """What one process has counted, as if it knew the metrics of all sets."""

    def __init__(self, file: SlotFile, names: Iterable[str]) -> None:
        self._file = file
        self.places: Mapping[str, Mapping[Values, int]] = {name: file.places.get(name, {}) for name in names}
        """Where each series' numbers begin; nowhere, for what its set does not declare or declares otherwise."""

    @property
    def alive(self) -> bool:
        """Whether the process lives."""
        return self._file.alive

    @property
    def numbers(self) -> Doubles:
        """Where its numbers are."""
        return self._file.numbers


class FolderExposer:
    """The exposition of a folder, by what lies in it alone.

    Looks at each scrape which sets of metrics there are. Never writes, and never takes a slot. Gauges that are
    asked at each scrape are absent: only the programs themselves can be asked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._notices = Notices()
        self._read: dict[Path, tuple[int, Manifest]] = {}
        self._order: tuple[str, ...] | None = None
        self._exposer: Exposer

    async def stream(self, accept: str = "") -> tuple[AsyncIterator[bytes], str]:
        """Return the exposition in pieces, and its content type; raises OSError for a folder closed to us."""
        manifests = sorted(self._manifests(), key=lambda one: (one.used, one.fingerprint), reverse=True)
        order = tuple(one.fingerprint for one in manifests)
        if order != self._order:
            self._exposer = self._made(manifests)
            self._order = order
        return await self._exposer.stream(accept)

    def _manifests(self) -> Iterator[Manifest]:
        try:
            paths = manifest.files(self._folder)
        except FileNotFoundError:
            self._nothing("does not exist yet")
            return
        if not paths:
            self._nothing("holds no declarations of metrics yet")
        for path in paths:
            try:
                changed = path.stat().st_mtime_ns
                known = self._read.get(path)
                if known is None or known[0] != changed:
                    known = self._read[path] = (changed, manifest.read(path))
            except FileNotFoundError:
                continue
            except (OSError, ManifestUnreadable) as error:
                self._notices.once(("manifest", path), "a set of metrics is left out: %s", error)
                continue
            yield known[1]

    def _nothing(self, why: str) -> None:
        self._notices.once(
            ("nothing", why), "%s %s; there are no metrics until a process counts there", self._folder, why
        )

    def _made(self, manifests: Sequence[Manifest]) -> Exposer:
        metrics, shares = united(manifests, self._notices)
        reading = SetsReading(self._folder, metrics, shares)
        processes = ProcessMetrics(self._notices, holders=reading.holders, ours=[*metrics, WORKERS], python=False)

        async def further(format_: str) -> bytes:
            workers = header(WORKERS, format_) + filled(series_lines(WORKERS, ()), [float(len(reading.holders()))])
            return await processes.text(format_) + workers.encode()

        return Exposer(metrics, reading, further=further)


def _alike(one: Metric | None, other: Metric) -> bool:
    """Tell whether numbers of one metric can be added to those of the other; their words may differ."""
    return one is not None and _shape(one) == _shape(other)


def _shape(metric: Metric) -> tuple[object, ...]:
    buckets = metric.buckets if isinstance(metric, Histogram) else ()
    across = metric.across if isinstance(metric, Gauge) else None
    return metric.kind, metric.label_names, buckets, across
