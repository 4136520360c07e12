"""What counting adds to a command of redis-py, over a connection whose replies are made up."""

import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from instrumentation import peers
from instrumentation.child import Child, Work
from instrumentation.comparison import Comparison
from instrumentation.otel import traces
from instrumentation.pairs import Added, Pair, Pass
from measure import Measured, in_turn
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection

from steward.instrument import CacheMetrics, Instruments, watch_redis
from steward.model import Counter, Histogram, Label, Unit

CALLS = 50


class _Canned(AbstractConnection):
    """A connection that goes nowhere."""

    def repr_pieces(self) -> list[tuple[str, Any]]:
        return []

    async def connect(self) -> None:
        pass

    async def connect_check_health(self, *_: object, **__: object) -> None:
        pass

    async def disconnect(self, *_: object, **__: object) -> None:
        pass

    async def can_read_destructive(self) -> bool:
        return False

    async def can_read(self, *_: object, **__: object) -> bool:
        return False

    async def send_command(self, *_: object, **__: object) -> None:
        pass

    async def read_response(self, *_: object, **__: object) -> bytes:
        return b"shop 7"

    async def _connect(self) -> None:
        pass

    def _host_error(self) -> str:
        return "nowhere"


def _ours(client: Redis) -> None:
    name = Label.closed("cache_name", "shops")
    operation = Label.closed("operation", "get", "set", "delete")
    metrics = CacheMetrics(
        hits=Counter("cache_hits_total", "Hits.", (name,)),
        misses=Counter("cache_misses_total", "Misses.", (name,)),
        operations=Counter(
            "cache_operations_total", "Commands.", (name, operation, Label.closed("status", "success", "error"))
        ),
        duration=Histogram("cache_operation_duration_seconds", "Their time.", (name, operation), Unit.SECONDS),
    )
    every = (metrics.hits, metrics.misses, metrics.operations, metrics.duration)
    watch_redis(client, cache_name="shops", instruments=Instruments(every), metrics=metrics)


def _otel(client: Redis) -> None:
    module: Any = importlib.import_module("opentelemetry.instrumentation.redis")
    module.RedisInstrumentor.instrument_client(client, tracer_provider=traces())


_WAYS: dict[str, Callable[[Redis], None]] = {peers.OURS: _ours, peers.OTEL: _otel}


def compare(*, rounds: int, calls: int) -> Iterator[Comparison]:
    """Measure GET."""
    with ExitStack() as stack:
        children = {name: stack.enter_context(Child(paired, {"way": name})) for name in _WAYS}
        ways = {name: Added(child.ready(), max(1, calls // CALLS)) for name, child in children.items()}
        title = "redis-py, GET: added to a command"
        ours, *others = in_turn(ways, rounds=rounds, unit="µs", terse=title)
        bare = tuple(one for way in ways.values() for one in way.bare)
        yield Comparison(title, ours, [*others, Measured("the bare command itself, no network", "µs", bare)])


def paired(way: str) -> Work:
    """Be the child: two clients, one of which is watched."""
    bare, watched = (Redis(connection_pool=ConnectionPool(connection_class=_Canned)) for _ in range(2))
    _WAYS[way](watched)
    return Pair(_pass(bare), _pass(watched), calls=CALLS)


def _pass(client: Redis) -> Pass:
    async def run() -> int:
        started = time.thread_time_ns()
        for _ in range(CALLS):
            await client.get("shop:7")
        return time.thread_time_ns() - started

    return run
