"""What instruments tell of the processes that count, declared here so that a catalogue can watch it.

A job's metrics are those that its program counts, and one of these two.
"""

from dataclasses import replace

from steward.model.label import Label
from steward.model.metric import Across, Counter, Gauge, Metric, Unit

WORKER = Label.bounded("worker", 64, "number of the place that a process holds among those of its program")
GENERATION = Label.closed("generation", "0", "1", "2", meaning="a younger one is looked through more often")

CPU = Counter(
    "process_cpu_seconds_total",
    "Processor time that the process has used, its own and the kernel's.",
    (),
    Unit.SECONDS,
)
RESIDENT_MEMORY = Gauge(
    "process_resident_memory_bytes",
    "Memory that the process holds, what it shares with others included.",
    unit=Unit.BYTES,
    across=Across.SCRAPE,
)
VIRTUAL_MEMORY = Gauge(
    "process_virtual_memory_bytes",
    "Memory that the process may address, most of which it never touches.",
    unit=Unit.BYTES,
    across=Across.SCRAPE,
)
OPEN_FILES = Gauge("process_open_fds", "Files and connections that are open.", across=Across.SCRAPE)
MOST_FILES = Gauge("process_max_fds", "Files and connections that may be open.", across=Across.SCRAPE)
START_TIME = Gauge(
    "process_start_time_seconds",
    "When the process started, in seconds since 1970.",
    unit=Unit.SECONDS,
    across=Across.SCRAPE,
)
PYTHON = Gauge(
    "python_info",
    "Always 1; the labels tell which Python it is.",
    (
        Label.bounded("implementation", 2, "e.g. CPython"),
        Label.bounded("major", 2, "of the version"),
        Label.bounded("minor", 4, "of the version"),
        Label.bounded("patchlevel", 8, "of the version"),
        Label.bounded("version", 8, "the whole version"),
    ),
    across=Across.SCRAPE,
)
OBJECTS_COLLECTED = Counter(
    "python_gc_objects_collected_total", "Objects that the garbage collector freed.", (GENERATION,)
)
OBJECTS_UNCOLLECTABLE = Counter(
    "python_gc_objects_uncollectable_total", "Objects that the garbage collector could not free.", (GENERATION,)
)
COLLECTIONS = Counter("python_gc_collections_total", "Times the garbage collector looked.", (GENERATION,))

_OF_A_PROCESS: tuple[Metric, ...] = (CPU, RESIDENT_MEMORY, VIRTUAL_MEMORY, OPEN_FILES, MOST_FILES, START_TIME)

METRICS = (*_OF_A_PROCESS, PYTHON, OBJECTS_COLLECTED, OBJECTS_UNCOLLECTABLE, COLLECTIONS)
"""Of a program that is one process."""

METRICS_BY_WORKER = (*(replace(metric, labels=(WORKER,)) for metric in _OF_A_PROCESS), PYTHON)
"""Of a program whose processes share a folder: whichever is asked tells of all of them."""
