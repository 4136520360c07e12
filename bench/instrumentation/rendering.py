"""A hundred thousand series as text: how long that takes, and how long it holds the event loop."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import Literal, TypeAlias

from instrumentation import families, peers
from instrumentation.child import Answer, Child, ChildFailed, Work
from instrumentation.comparison import Comparison
from measure import in_turn
from prometheus_client import generate_latest, make_asgi_app
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from starlette.types import ASGIApp, Message

from steward.instrument import metrics_app

Format: TypeAlias = Literal["text", "OpenMetrics"]
_ACCEPT: Mapping[Format, str] = {
    "text": "text/plain;version=0.0.4",
    "OpenMetrics": "application/openmetrics-text;version=1.0.0",
}
_PARSERS = {"text": parse_text, "OpenMetrics": parse_openmetrics}

_LIMIT = 1 / 15
_LIMIT_OF_SEVERAL = 1 / 20
_LONGEST_HOLD = 20.0
"""Milliseconds."""
_PROCESSES = 8


def compare(*, rounds: int, lines: int) -> Iterator[Comparison]:
    """Measure one process, several, and the event loop."""
    series = f"{families.counted(lines):,} series"
    yield _first(lines, series, rounds)
    with ExitStack() as stack:
        children = {
            name: stack.enter_context(Child(one_process, {"library": name, "lines": lines}))
            for name in (peers.OURS, peers.CLIENT)
        }
        for child in children.values():
            child.ready()
        for format_ in _ACCEPT:
            ways = {name: partial(_milliseconds, child, format_) for name, child in children.items()}
            title = f"{series} rendered, {format_}"
            for render in ways.values():
                render()
            ours, *others = in_turn(ways, rounds=rounds, unit="ms", terse=title)
            _expect_equal(
                {name: child.ask(do="write", format_=format_) for name, child in children.items()}, format_
            )
            yield Comparison(f"{title}, parsed equal", ours, others, {peers.CLIENT: _LIMIT})
        yield from _holds(children, series, rounds)
    yield _several(lines, rounds)


def _first(lines: int, series: str, rounds: int) -> Comparison:
    def first(library: str) -> float:
        with Child(one_process, {"library": library, "lines": lines}) as child:
            return _milliseconds(child.ready(), "text")

    title = f"{series} rendered, the first time"
    ways = {name: partial(first, name) for name in (peers.OURS, peers.CLIENT)}
    ours, *others = in_turn(ways, rounds=min(3, rounds), unit="ms", terse=title)
    return Comparison(title, ours, others)


def _holds(children: Mapping[str, Child], series: str, rounds: int) -> Iterator[Comparison]:
    for encoding in ("identity", "gzip"):
        sizes: dict[str, int] = {}

        def longest(child: Child, name: str, encoding: str = encoding, sizes: dict[str, int] = sizes) -> float:
            answer = child.ask(do="serve", encoding=encoding)
            sizes[name] = answer["bytes"]
            return float(answer["milliseconds"])

        ways = {name: partial(longest, child, name) for name, child in children.items()}
        told = f"event loop held while {series} are served, {encoding}"
        ours, *others = in_turn(ways, rounds=rounds, unit="ms", terse=told)
        weights = " and ".join(f"{size / 2**20:.2f} MiB" for size in sizes.values())
        yield Comparison(f"{told} ({weights})", ours, others, ceiling=_LONGEST_HOLD)


def _several(lines: int, rounds: int) -> Comparison:
    with ExitStack() as stack:
        groups = {name: _group(name, lines, stack) for name in (peers.OURS, peers.CLIENT)}
        numbers = count()

        def render(name: str) -> float:
            first, second, *_ = groups[name]
            # Warm is what is asked again and again, while some of what others hold changes.
            second.ask(do="touch", number=next(numbers) // len(groups))
            return _milliseconds(first, "text")

        for name in groups:
            groups[name][0].ask(do="render", format_="text")
        title = f"{_PROCESSES} processes with {families.counted(lines):,} series each, warm"
        ways = {name: partial(render, name) for name in groups}
        ours, *others = in_turn(ways, rounds=rounds, unit="ms", terse=title)
        _expect_equal({name: group[0].ask(do="write", format_="text") for name, group in groups.items()}, "text")
        return Comparison(f"{title}, parsed equal", ours, others, {peers.CLIENT: _LIMIT_OF_SEVERAL})


def _group(name: str, lines: int, stack: ExitStack) -> list[Child]:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    arguments = {"library": name, "lines": lines, "folder": folder}
    environment = {"PROMETHEUS_MULTIPROC_DIR": folder}
    group = [stack.enter_context(Child(one_process, arguments, environment)) for _ in range(_PROCESSES)]
    return [child.ready() for child in group]


def _milliseconds(child: Child, format_: Format) -> float:
    return float(child.ask(do="render", format_=format_)["milliseconds"])


def _expect_equal(files: Mapping[str, Answer], format_: Format) -> None:
    """Raise ChildFailed unless both expositions hold the same samples of the families that both have."""
    read = {}
    for name, answer in files.items():
        file = Path(answer["file"])
        parsed = _PARSERS[format_](file.read_text())  # type: ignore[no-untyped-call]
        read[name] = {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in parsed
            for sample in family.samples
            if sample.name.startswith("shop_")
        }
        file.unlink()
    if read[peers.OURS] != read[peers.CLIENT]:
        differing = sorted(map(str, read[peers.OURS].items() ^ read[peers.CLIENT].items()))
        raise ChildFailed(f"{format_}: the expositions differ in {len(differing)} samples, e.g. {differing[:4]}")


class _Ours:
    def __init__(self, lines: int, folder: Path | None) -> None:
        self._instruments, self.touch = families.ours(lines, folder)
        self.app = metrics_app(self._instruments)

    async def render(self, format_: Format) -> bytes:
        body, _ = await self._instruments.expose(_ACCEPT[format_])
        return body


class _Client:
    def __init__(self, lines: int, folder: Path | None) -> None:
        self._registry, self.touch = families.client(lines, folder)
        self.app: ASGIApp = make_asgi_app(self._registry)

    async def render(self, format_: Format) -> bytes:
        if format_ == "text":
            return generate_latest(self._registry)
        rendered: bytes = generate_openmetrics(self._registry)  # type: ignore[no-untyped-call]
        return rendered


def one_process(library: str, lines: int, folder: str | None = None) -> Work:
    """Be the child: many series, which can be changed, rendered and served."""
    make = _Ours if library == peers.OURS else _Client
    path = Path(folder) if folder else None
    filled = make(lines, path)
    rounds = count()

    async def work(do: str, format_: Format = "text", encoding: str = "", number: int = 0) -> Answer:
        if do == "touch":
            filled.touch(number)
            return {}
        if do == "serve":
            return await _serve(filled.app, encoding)
        if do == "write":
            with tempfile.NamedTemporaryFile("wb", delete=False) as file:
                file.write(await filled.render(format_))
            return {"file": file.name}
        if path is None:
            filled.touch(next(rounds))
        started = time.process_time_ns()
        await filled.render(format_)
        return {"milliseconds": (time.process_time_ns() - started) / 1e6}

    return work


async def _serve(app: ASGIApp, encoding: str) -> Answer:
    """Serve once, beside a task that wants its turn all the time; return the bytes sent and its longest wait.

    The wait is the processor time that the process took meanwhile: what other processes do to it is not counted.
    """
    done = asyncio.Event()
    asked: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]
    longest = 0
    size = 0

    async def want_turns() -> None:
        nonlocal longest
        before = time.process_time_ns()
        while not done.is_set():
            await asyncio.sleep(0)
            now = time.process_time_ns()
            longest = max(longest, now - before)
            before = now

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal size
        size += len(message.get("body", b""))

    wanting = asyncio.create_task(want_turns())
    await asyncio.sleep(0)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/metrics",
        "raw_path": b"/metrics",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"accept", b"text/plain;version=0.0.4"), (b"accept-encoding", encoding.encode())],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8_080),
    }
    await app(scope, receive, send)
    await asyncio.sleep(0)
    done.set()
    await wanting
    return {"milliseconds": longest / 1e6, "bytes": size}
