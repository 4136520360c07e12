"""What the operating system and the interpreter know of the processes that count."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from steward.instrument.bridge import (
    Bridge,
    ClientFamily,
    Collector,
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)
from steward.instrument.notices import Notices
from steward.model import Metric

Holders = Callable[[], Iterable[tuple[int | str, int]]]
"""Asked at each scrape: (what to call the worker, its process id) of every living process that counts."""

WORKER = "worker"
"""The label that tells the processes of one service apart."""

_LOCKS = Path("/proc/locks")


class ProcessMetrics:
    """The standard process metrics, beside those of the catalogue.

    Of one process, without `holders`: `process_cpu_seconds_total`, `process_resident_memory_bytes`,
    `process_virtual_memory_bytes`, `process_open_fds`, `process_max_fds`, `process_start_time_seconds`,
    `python_info` and `python_gc_*`, as every Python client names them.

    Of several that share a folder, with `holders`: whichever process answers tells of all, so the process metrics
    carry the label `worker`, which is the number of the slot that the process holds. There are never more values
    of it than there were processes at one time; the next holder of a slot begins its counter anew, as after any
    restart. `python_gc_*` are absent, since a process knows those of itself alone. `python_info` tells of the
    interpreter of the process that answers; `python=False` leaves it out.

    What may not be read of a process, or of one that has just ended, is left out; so are processes of another
    container, unless the containers share their process ids.
    """

    def __init__(
        self,
        notices: Notices,
        *,
        holders: Holders | None = None,
        ours: Iterable[Metric] = (),
        python: bool = True,
    ) -> None:
        self._workers = None if holders is None else WorkerProcesses(holders)
        collectors: list[Collector] = [self._workers or ProcessCollector(registry=None)]
        if python:
            collectors.append(PlatformCollector(registry=None))
            if self._workers is None:
                collectors.append(_garbage())
        self.bridge = Bridge(collectors, notices, ours)
        """What they are written by; further collectors can be added to it."""

    async def text(self, format_: str) -> bytes:
        """Return the exposition in a format that `content_type` returned; of OpenMetrics without `# EOF`.

        `holders` is asked here, the rest is read in a thread: a process with ten thousand open files takes 8 ms
        to count them.
        """
        if self._workers is not None:
            self._workers.look()
        return await asyncio.to_thread(self.bridge.text, format_)


class WorkerProcesses(Collector):
    """The process metrics of every holder, told apart by the label `worker`."""

    def __init__(self, holders: Holders) -> None:
        self._holders = holders
        self._held: tuple[tuple[int | str, int], ...] = ()
        self._known: dict[int, ProcessCollector] = {}

    def look(self) -> None:
        """Ask who the holders are."""
        self._held = tuple(self._holders())

    def collect(self) -> Iterator[ClientFamily]:
        """Yield each family with the samples of all that were holders at the last look."""
        families: dict[str, ClientFamily] = {}
        living: dict[int, ProcessCollector] = {}
        locking = _locking()
        for worker, pid in self._held:
            if locking is not None and pid not in locking:
                continue
            # Kept from scrape to scrape: each of them reads the time of the machine's start when it is made.
            collector = living[pid] = self._known.get(pid) or _process(pid)
            for family in collector.collect():
                whole = families.setdefault(
                    family.name, ClientFamily(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    whole.add_sample(sample.name, {**sample.labels, WORKER: str(worker)}, sample.value)
        self._known = living
        yield from families.values()


def _locking() -> frozenset[int] | None:
    """Return the ids of all processes that hold a lock by `flock`, None where it cannot be known.

    A process writes its own id into its slot. In another container that is the id of some other process, which
    holds no slot.
    """
    try:
        lines = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    fields = [line.split() for line in lines]
    return frozenset(int(field[4]) for field in fields if field[1] == "FLOCK")


def _process(pid: int) -> ProcessCollector:
    return ProcessCollector(pid=lambda: pid, registry=None)


def _garbage() -> Collector:
    # It puts itself into a registry only where the interpreter has such numbers.
    registry = CollectorRegistry()
    GCCollector(registry=registry)
    return registry
