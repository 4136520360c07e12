"""What 100,000 requests of strangers leave behind."""

import random

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import Message, Scope

from steward.instrument import Instruments, MetricsMiddleware
from steward.instrument.ready_made import http_metrics

pytestmark = pytest.mark.slow

REQUESTS = 100_000
ALPHABET = 'abc/%{}"\\\n\u00fc\u20ac\U0001f37a .-_~'


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


async def _receive() -> Message:
    raise AssertionError


async def _send(_message: Message) -> None:
    return


def _scope(stranger: random.Random) -> Scope:
    word = "".join(stranger.choices(ALPHABET, k=8))
    return {
        "type": "http",
        "method": stranger.choice(("GET", "POST", "get", word)),
        "path": stranger.choice(("/", "/items/", "/shops/1/items/", f"/shops/{word}/items/")) + word,
        "root_path": "",
        "headers": [(b"host", word.encode(errors="replace"))],
    }


async def test_the_number_of_series_stays_the_same() -> None:
    metrics = http_metrics()
    assert metrics.response_size is not None
    instruments = Instruments([metrics.requests, metrics.duration, metrics.in_flight, metrics.response_size])
    router = Router(
        [Route("/items/{item}", _hello), Mount("/shops/{shop}", routes=[Route("/items/{item}", _hello)])]
    )
    app = MetricsMiddleware(router, instruments=instruments, metrics=metrics)
    stranger = random.Random(20)
    lines: list[int] = []
    for number in range(REQUESTS):
        if number in {REQUESTS // 50, REQUESTS - 1}:
            body, _ = await instruments.expose()
            lines.append(body.count(b"\n"))
        await app(_scope(stranger), _receive, _send)

    early, late = lines
    assert early == late
    body, _ = await instruments.expose()
    counted = [line for line in body.decode().splitlines() if line.startswith("http_requests_total{")]
    assert sum(float(line.rpartition(" ")[2]) for line in counted) == REQUESTS
    assert {line.split('path="')[1].split('"')[0] for line in counted} == {
        "/items/{item}",
        "/shops/{shop}/items/{item}",
        "__unmatched__",
    }
