import gzip
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from steward.instrument import Instruments, metrics_app
from steward.model import Counter, Label

SOLD = Counter("sold_total", "Drinks sold.", (Label.bounded("bar", 500, "a bar"),))


@pytest.fixture
def instruments() -> Instruments:
    instruments = Instruments([SOLD])
    instruments.counter(SOLD).inc(bar="left")
    return instruments


def _client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


def _starlette(app: ASGIApp) -> ASGIApp:
    return Starlette(routes=[Route("/metrics", app)])


def _fastapi(app: ASGIApp) -> ASGIApp:
    application = FastAPI()
    application.router.routes.append(Route("/metrics", app))
    return application


@pytest.mark.parametrize("place", [_starlette, _fastapi, lambda app: app])
async def test_it_answers_with_the_exposition(
    instruments: Instruments, place: Callable[[ASGIApp], ASGIApp]
) -> None:
    async with _client(place(metrics_app(instruments))) as client:
        response = await client.get("/metrics")

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'sold_total{bar="left"} 1.0' in response.text


async def test_it_answers_in_the_format_that_is_asked_for(instruments: Instruments) -> None:
    async with _client(_starlette(metrics_app(instruments))) as client:
        response = await client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert response.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert response.text.endswith("# EOF\n")


async def test_head_has_the_headers_only(instruments: Instruments) -> None:
    async with _client(_starlette(metrics_app(instruments))) as client:
        response = await client.head("/metrics")

    assert response.status_code == 200
    assert int(response.headers["content-length"]) > 0


async def test_other_methods_are_refused(instruments: Instruments) -> None:
    async with _client(_starlette(metrics_app(instruments))) as client:
        response = await client.post("/metrics")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


async def test_a_long_exposition_is_compressed_where_that_is_understood(instruments: Instruments) -> None:
    for number in range(400):
        instruments.counter(SOLD).inc(bar=f"bar-{number}")
    async with _client(metrics_app(instruments)) as client:
        plain = await client.get("/metrics", headers={"Accept-Encoding": "identity"})
        async with client.stream("GET", "/metrics", headers={"Accept-Encoding": "gzip"}) as response:
            raw = b"".join([chunk async for chunk in response.aiter_raw()])

    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2


async def test_a_server_of_its_own_may_announce_start_and_end(instruments: Instruments) -> None:
    received: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await metrics_app(instruments)({"type": "lifespan"}, receive, send)

    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
