"""A hundred thousand paths, methods and label values that nobody foresaw."""

import gc
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import Message

from festivals.catalogue import api
from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware
from steward.model import Counter, Gauge, Histogram, Label
from steward.model.components.instrument_metrics import SERIES_DROPPED

pytestmark = pytest.mark.slow

METRICS = HttpMetrics(api.REQUESTS, api.REQUEST_DURATION, api.REQUESTS_IN_FLIGHT, api.RESPONSE_SIZE)
KIND = Label.closed("kind", "known", "also known")
WHO = Label.bounded("who", 20, "anybody")
COUNTER = Counter("seen_total", "x", (KIND, WHO))
GAUGE = Gauge("now", "x", (KIND, WHO))
HISTOGRAM = Histogram("took", "x", (KIND, WHO), buckets=(1, 2))
TOTAL, SETTLED = 100_000, 20_000
GROWTH = 4 * 1024 * 1024
"""Bytes of memory that 80,000 further values may cost; each of them kept would be more than twice that."""


class Labels(NamedTuple):
    kind: str
    who: str


def _texts(seed: int) -> Iterator[str]:
    source = random.Random(seed)
    while True:
        yield "".join(source.choices(string.printable, k=source.randrange(1, 30)))


def _resident() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss


async def _series(instruments: Instruments) -> set[str]:
    body, _ = await instruments.expose()
    return {line.rpartition(" ")[0] for line in body.decode().splitlines() if not line.startswith("#")}


async def test_label_values(tmp_path: Path) -> None:
    instruments = Instruments([COUNTER, GAUGE, HISTOGRAM], directory=tmp_path)
    counter, gauge = instruments.counter(COUNTER, Labels), instruments.gauge(GAUGE, Labels)
    histogram = instruments.histogram(HISTOGRAM, Labels)
    texts = _texts(1)
    settled, resident = set[str](), 0

    for number in range(TOTAL):
        if number == SETTLED:
            settled, resident = await _series(instruments), _resident()
        kind, who = next(texts), next(texts)
        counter.labels(kind, who).inc()
        gauge.labels("known", who).inc()
        histogram.labels(kind, "always the same").observe(1)

    assert _resident() - resident < GROWTH
    assert await _series(instruments) == settled
    assert len(settled) <= 21 + 21 + 5 + 3
    assert instruments.total(COUNTER) == TOTAL
    assert instruments.total(SERIES_DROPPED, metric="seen_total") == TOTAL


async def _answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("well")


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_: Message) -> None:
    pass


async def test_paths_and_methods() -> None:
    instruments = Instruments(api.METRICS)
    shop = Mount("/shops/{shop}", routes=[Route("/items/{item}", _answer)])
    app = Starlette(routes=[Route("/wallets/{wallet_id}", _answer), shop])
    counted = MetricsMiddleware(app, instruments=instruments, metrics=METRICS)
    texts = _texts(2)
    settled, resident = set[str](), 0

    for number in range(TOTAL):
        if number == SETTLED:
            settled, resident = await _series(instruments), _resident()
        path = ("/", "/wallets/", "/shops/1/items/", f"/shops/{next(texts)}/items/")[number % 4] + next(texts)
        method = next(texts) if number % 3 else ("GET", "get")[number % 2]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "root_path": "",
            "headers": [],
            "query_string": b"",
        }
        await counted(scope, _receive, _send)

    assert _resident() - resident < GROWTH
    assert await _series(instruments) == settled
    assert instruments.total(api.REQUESTS) == TOTAL
    paths = {line.split('path="')[1].split('"')[0] for line in settled if line.startswith(api.REQUESTS.name)}
    assert paths == {"/wallets/{wallet_id}", "/shops/{shop}/items/{item}", "__unmatched__"}
