"""Hooks into a redis-py client, blocking or asynchronous, and into its pipelines."""

import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.client import Pipeline as AsyncPipeline
from redis.client import Pipeline

from steward.instrument.cache.account import NO_REPLY, Account, CacheMetrics
from steward.instrument.instruments import Instruments

Client = TypeVar("Client", bound=Redis | AsyncRedis)
Execute = Callable[..., Any]
Awaited = Callable[..., Coroutine[Any, Any, Any]]


def watch_redis(client: Client, *, cache_name: str, instruments: Instruments, metrics: CacheMetrics) -> Client:
    """Count from now on the reads, writes and deletions of `client` and of its pipelines, and return it.

    - GET, GETEX and MGET are `get`; SET and its relatives `set`; DEL and UNLINK `delete`; nothing else is counted.
    - A read is a hit for each key that has a value and a miss for each that has none; one that fails is neither.
    - A command that fails or is cancelled counts with status `error`.
    - A pipeline is one round trip: each of its commands is counted, its time once for each kind among them. When
      the pipeline fails as a whole, so did every command in it.

    Clients of one connection pool can be watched under names of their own: one client for each cache. Pipelines of
    a cluster's client are of another make; it raises TypeError.
    """
    account = Account(cache_name, instruments, metrics)
    if isinstance(client, AsyncRedis):
        _watch_async(client, account)
    elif isinstance(client, Redis):
        _watch_blocking(client, account)
    else:
        given = f"{type(client).__module__}.{type(client).__qualname__}"
        raise TypeError(f"watch_redis: give a redis.Redis or redis.asyncio.Redis; {given} cannot be watched")
    return client


def _watch_blocking(client: Redis, account: Account) -> None:
    client.execute_command = _counted(client.execute_command, account)  # type: ignore[method-assign]
    make_pipeline = client.pipeline

    def pipeline(transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        made = make_pipeline(transaction, shard_hint)
        # What a pipeline that watches keys sends without waiting for `execute`.
        at_once = _counted(made.immediate_execute_command, account)
        made.immediate_execute_command = at_once  # type: ignore[method-assign]
        made.execute = _counted_together(made, account)  # type: ignore[method-assign]
        return made

    client.pipeline = pipeline  # type: ignore[method-assign]


def _counted(execute: Execute, account: Account) -> Execute:
    find, clock = account.operation, time.perf_counter

    def counted(*command: object, **options: object) -> object:
        operation = find(command)
        if operation is None:
            return execute(*command, **options)
        reply: object = NO_REPLY
        started = clock()
        try:
            reply = execute(*command, **options)
        finally:
            account.book(operation, reply, clock() - started)
        return reply

    return counted


def _counted_together(pipeline: Pipeline, account: Account) -> Execute:
    execute = pipeline.execute

    def counted(raise_on_error: bool = True) -> list[Any]:
        sent = list(pipeline.command_stack)
        replies: list[Any] = [NO_REPLY] * len(sent)
        started = time.perf_counter()
        try:
            # Never raising for one command's error, so that the others' replies are seen.
            replies = execute(raise_on_error=False)
        finally:
            account.book_together([command for command, _ in sent], replies, time.perf_counter() - started)
        if raise_on_error:
            pipeline.raise_first_error(sent, replies)  # type: ignore[no-untyped-call]
        return replies

    return counted


def _watch_async(client: AsyncRedis, account: Account) -> None:
    client.execute_command = _awaited(client.execute_command, account)  # type: ignore[method-assign]
    make_pipeline = client.pipeline

    def pipeline(transaction: bool = True, shard_hint: str | None = None) -> AsyncPipeline:
        made = make_pipeline(transaction, shard_hint)
        at_once = _awaited(made.immediate_execute_command, account)
        made.immediate_execute_command = at_once  # type: ignore[method-assign]
        made.execute = _awaited_together(made, account)  # type: ignore[method-assign]
        return made

    client.pipeline = pipeline  # type: ignore[method-assign]


def _awaited(execute: Awaited, account: Account) -> Awaited:
    find, clock = account.operation, time.perf_counter

    async def counted(*command: object, **options: object) -> object:
        operation = find(command)
        if operation is None:
            return await execute(*command, **options)
        reply: object = NO_REPLY
        started = clock()
        try:
            reply = await execute(*command, **options)
        finally:
            account.book(operation, reply, clock() - started)
        return reply

    return counted


def _awaited_together(pipeline: AsyncPipeline, account: Account) -> Awaited:
    execute = pipeline.execute

    async def counted(raise_on_error: bool = True) -> list[Any]:
        sent = list(pipeline.command_stack)
        replies: list[Any] = [NO_REPLY] * len(sent)
        started = time.perf_counter()
        try:
            # Never raising for one command's error, so that the others' replies are seen.
            replies = await execute(raise_on_error=False)
        finally:
            account.book_together([command for command, _ in sent], replies, time.perf_counter() - started)
        if raise_on_error:
            pipeline.raise_first_error(sent, replies)
        return replies

    return counted
