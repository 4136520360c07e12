"""Counting what a redis-py client does, as a cache."""

import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from steward.instrument.handles import BoundCounter, BoundHistogram
from steward.instrument.instruments import Instruments
from steward.instrument.shape import expect_labels
from steward.model import Counter, Histogram

_OPERATIONS = {
    "GET": "get",
    "GETEX": "get",
    "MGET": "get",
    "SET": "set",
    "SETEX": "set",
    "PSETEX": "set",
    "SETNX": "set",
    "MSET": "set",
    "MSETNX": "set",
    "DEL": "delete",
    "UNLINK": "delete",
}

Client = TypeVar("Client", bound=Redis)
Command = tuple[object, ...]
"""A command's name and arguments."""
Execute = Callable[..., Coroutine[Any, Any, Any]]

_NO_REPLY = RedisError("no reply")
"""Stands in the place of the reply of a command that was cancelled or whose round trip failed."""


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
        expect_labels(self.hits, "cache_name")
        expect_labels(self.misses, "cache_name")
        expect_labels(self.operations, "cache_name", "operation", "status")
        expect_labels(self.duration, "cache_name", "operation")


def watch_redis(client: Client, *, cache_name: str, instruments: Instruments, metrics: CacheMetrics) -> Client:
    """Count from now on the reads, writes and deletions of `client` and of its pipelines, and return it.

    - GET, GETEX and MGET are `get`; SET and its relatives `set`; DEL and UNLINK `delete`; nothing else is counted.
    - A read is a hit for each key that has a value and a miss for each that has none; one that fails is neither.
    - A command that fails or is cancelled counts with status `error`.
    - A pipeline is one round trip: each of its commands is counted, its time once for each kind among them. When
      the pipeline fails as a whole, so did every command in it.

    Clients of one connection pool can be watched under names of their own: one client for each cache.
    """
    account = _Account(cache_name, instruments, metrics)
    client.execute_command = _watched(client.execute_command, account)  # type: ignore[method-assign]
    make_pipeline = client.pipeline

    def pipeline(transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        return _watched_pipeline(make_pipeline(transaction, shard_hint), account)

    client.pipeline = pipeline  # type: ignore[method-assign]
    return client


def _watched(execute: Execute, account: "_Account") -> Execute:
    async def counted(*command: object, **options: object) -> object:
        if account.operation(command) is None:
            return await execute(*command, **options)
        reply: object = _NO_REPLY
        started = time.perf_counter()
        try:
            reply = await execute(*command, **options)
        finally:
            account.book([command], [reply], time.perf_counter() - started)
        return reply

    return counted


def _watched_pipeline(pipeline: Pipeline, account: "_Account") -> Pipeline:
    execute = pipeline.execute
    # What a pipeline that watches keys sends without waiting for `execute`.
    at_once = _watched(pipeline.immediate_execute_command, account)
    pipeline.immediate_execute_command = at_once  # type: ignore[method-assign]

    async def counted(raise_on_error: bool = True) -> list[Any]:
        sent = list(pipeline.command_stack)
        replies: list[Any] = [_NO_REPLY] * len(sent)
        started = time.perf_counter()
        try:
            # Never raising for one command's error, so that the others' replies are seen.
            replies = await execute(raise_on_error=False)
        finally:
            account.book([command for command, _ in sent], replies, time.perf_counter() - started)
        if raise_on_error:
            pipeline.raise_first_error(sent, replies)
        return replies

    pipeline.execute = counted  # type: ignore[method-assign]
    return pipeline


@dataclass(frozen=True, slots=True)
class _Series:
    success: BoundCounter
    error: BoundCounter
    duration: BoundHistogram


class _Account:
    """Books commands of one cache; what fails here is logged once and never reaches the application."""

    def __init__(self, cache_name: str, instruments: Instruments, metrics: CacheMetrics) -> None:
        self._hits = instruments.counter(metrics.hits).bind(cache_name=cache_name)
        self._misses = instruments.counter(metrics.misses).bind(cache_name=cache_name)
        self._notices = instruments.notices
        operations = instruments.counter(metrics.operations)
        duration = instruments.histogram(metrics.duration)
        self._series = {
            operation: _Series(
                success=operations.bind(cache_name=cache_name, operation=operation, status="success"),
                error=operations.bind(cache_name=cache_name, operation=operation, status="error"),
                duration=duration.bind(cache_name=cache_name, operation=operation),
            )
            for operation in sorted(set(_OPERATIONS.values()))
        }

    def operation(self, command: Command) -> str | None:
        """Return what `command` does, or None for one that is not counted."""
        return _OPERATIONS.get(str(command[0]).upper()) if command else None

    def book(self, commands: Sequence[Command], replies: Sequence[object], seconds: float) -> None:
        """Count commands of one round trip, with their replies; a reply that is an exception is an error."""
        try:
            kinds = set()
            for command, reply in zip(commands, replies, strict=False):
                operation = self.operation(command)
                if operation is not None:
                    kinds.add(operation)
                    self._count(operation, reply)
            for operation in kinds:
                self._series[operation].duration.observe(seconds)
        except Exception as error:  # noqa: BLE001 - whatever it is, the command has been run
            self._notices.once(("cache", type(error)), "a cache command could not be counted", error=error)

    def _count(self, operation: str, reply: object) -> None:
        series = self._series[operation]
        if isinstance(reply, BaseException):
            series.error.inc()
            return
        series.success.inc()
        if operation == "get":
            # A list is the reply to MGET: one value or None for each key.
            for value in reply if isinstance(reply, list) else (reply,):
                (self._misses if value is None else self._hits).inc()
