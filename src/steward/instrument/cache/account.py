"""Books a cache's commands under what they do, and reads as hits and misses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from redis.exceptions import RedisError

from steward.instrument.handles import BoundCounter, BoundHistogram
from steward.instrument.instruments import Instruments
from steward.instrument.shape import expect_labels
from steward.model import Counter, Histogram

_READ = "get"
_COMMANDS = {
    _READ: ("GET", "GETEX", "MGET"),
    "set": ("SET", "SETEX", "PSETEX", "SETNX", "MSET", "MSETNX"),
    "delete": ("DEL", "UNLINK"),
}

Command = tuple[object, ...]
"""A command's name and arguments."""

NO_REPLY = RedisError("no reply")
"""Stands in the place of the reply of a command that was cancelled or whose round trip failed."""


class CacheLabels(NamedTuple):
    """The labels of the counters of hits and misses."""

    cache_name: str


class OperationLabels(NamedTuple):
    """The labels of the counter of operations."""

    cache_name: str
    operation: str
    status: str


class DurationLabels(NamedTuple):
    """The labels of the histogram of their durations."""

    cache_name: str
    operation: str


@dataclass(frozen=True, slots=True)
class CacheMetrics:
    """The metrics that a cache's commands are counted in."""

    hits: Counter
    """With label cache_name."""
    misses: Counter
    """With label cache_name."""
    operations: Counter
    """With labels cache_name, operation (`get`, `set`, `delete`), status (`success`, `error`)."""
    duration: Histogram
    """Seconds, with labels cache_name, operation."""

    def __post_init__(self) -> None:
        expect_labels(self.hits, *CacheLabels._fields)
        expect_labels(self.misses, *CacheLabels._fields)
        expect_labels(self.operations, *OperationLabels._fields)
        expect_labels(self.duration, *DurationLabels._fields)


@dataclass(frozen=True, slots=True)
class Operation:
    """The series of the commands that do the same to one cache."""

    success: BoundCounter
    error: BoundCounter
    duration: BoundHistogram
    reads: bool
    """Whether its replies are hits and misses."""


class Account:
    """The series of one cache; what fails here is logged once and never reaches the application."""

    def __init__(self, cache_name: str, instruments: Instruments, metrics: CacheMetrics) -> None:
        self._hits = instruments.counter(metrics.hits, CacheLabels).labels(cache_name)
        self._misses = instruments.counter(metrics.misses, CacheLabels).labels(cache_name)
        self._notices = instruments.notices
        operations = instruments.counter(metrics.operations, OperationLabels)
        duration = instruments.histogram(metrics.duration, DurationLabels)
        self._operations: dict[object, Operation] = {}
        for name, commands in _COMMANDS.items():
            operation = Operation(
                success=operations.labels(cache_name, name, "success"),
                error=operations.labels(cache_name, name, "error"),
                duration=duration.labels(cache_name, name),
                reads=name == _READ,
            )
            self._operations |= dict.fromkeys(commands, operation)

    def operation(self, command: Command) -> Operation | None:
        """Return what `command` does, or None for one that is not counted."""
        if not command:
            return None
        name = command[0]
        return self._operations.get(name) or self._operations.get(str(name).upper())

    def book(self, operation: Operation, reply: object, seconds: float) -> None:
        """Count a command with its reply; a reply that is an exception is an error."""
        try:
            self._count(operation, reply)
            operation.duration.observe(seconds)
        except Exception as error:  # noqa: BLE001 - whatever it is, the command has been run
            self._uncounted(error)

    def book_together(self, commands: Iterable[Command], replies: Iterable[object], seconds: float) -> None:
        """Count the commands of one round trip, its time once for each operation among them."""
        try:
            timed: dict[int, Operation] = {}
            for command, reply in zip(commands, replies, strict=False):
                operation = self.operation(command)
                if operation is not None:
                    timed[id(operation)] = operation
                    self._count(operation, reply)
            for operation in timed.values():
                operation.duration.observe(seconds)
        except Exception as error:  # noqa: BLE001 - whatever it is, the commands have been run
            self._uncounted(error)

    def _count(self, operation: Operation, reply: object) -> None:
        if isinstance(reply, BaseException):
            operation.error.inc()
            return
        operation.success.inc()
        if not operation.reads:
            return
        if isinstance(reply, list):  # to MGET: one value or None for each key
            missed = reply.count(None)
            self._misses.inc(missed)
            self._hits.inc(len(reply) - missed)
        elif reply is None:
            self._misses.inc()
        else:
            self._hits.inc()

    def _uncounted(self, error: Exception) -> None:
        self._notices.once(("cache", type(error)), "a cache command could not be counted", error=error)
