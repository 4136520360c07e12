import gzip
import logging
import shutil
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from steward.instrument import Instruments, metrics_app
from steward.model import Counter, Label

SOLD = Counter("sold_total", "Drinks sold.", (Label.bounded("bar", 50_000, "a bar"),))


class Bar(NamedTuple):
    bar: str


@pytest.fixture
def instruments() -> Instruments:
    instruments = Instruments([SOLD])
    instruments.counter(SOLD, Bar).labels("left").inc()
    return instruments


def _client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


def _starlette(app: ASGIApp) -> ASGIApp:
    return Starlette(routes=[Route("/metrics", app)])


def _fastapi(app: ASGIApp) -> ASGIApp:
    application = FastAPI()
    application.router.routes.append(Route("/metrics", app))
    return application


def _fill(instruments: Instruments, number: int = 400) -> None:
    for one in range(number):
        instruments.counter(SOLD, Bar).labels(f"bar-{one}").inc()


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
    assert response.headers["vary"] == "Accept, Accept-Encoding"
    assert response.text.endswith("# EOF\n")


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text"])
async def test_head_has_the_headers_of_get_and_no_body(instruments: Instruments, accept: str) -> None:
    async with _client(_starlette(metrics_app(instruments))) as client:
        head = await client.head("/metrics", headers={"Accept": accept})
        get = await client.get("/metrics", headers={"Accept": accept})

    assert head.status_code == 200
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
async def test_other_methods_are_refused(instruments: Instruments, method: str) -> None:
    async with _client(_starlette(metrics_app(instruments))) as client:
        response = await client.request(method, "/metrics")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("accepted", "number"),
    [("gzip", 12_000), ("GZIP", 400), ("deflate, gzip;q=0.5, *;q=0", 400), ("br;q=1.0,gzip;q=0.001", 400)],
)
async def test_a_long_exposition_is_compressed_where_that_is_understood(
    instruments: Instruments, accepted: str, number: int
) -> None:
    _fill(instruments, number)
    async with _client(metrics_app(instruments)) as client:
        plain = await client.get("/metrics", headers={"Accept-Encoding": "identity"})
        async with client.stream("GET", "/metrics", headers={"Accept-Encoding": accepted}) as response:
            raw = b"".join([chunk async for chunk in response.aiter_raw()])

    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip;q=0.0", "gzip; q=0.000", "x-gzip2"])
async def test_it_is_not_compressed_where_that_is_not_understood(instruments: Instruments, accepted: str) -> None:
    _fill(instruments)
    async with _client(metrics_app(instruments)) as client:
        response = await client.get("/metrics", headers={"Accept-Encoding": accepted})

    assert "content-encoding" not in response.headers
    assert 'sold_total{bar="bar-399"} 1.0' in response.text


async def test_a_short_one_is_not_compressed(instruments: Instruments) -> None:
    async with _client(metrics_app(instruments)) as client:
        response = await client.get("/metrics", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in response.headers


async def test_it_is_sent_in_pieces(instruments: Instruments) -> None:
    _fill(instruments, 12_000)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    for headers in ([], [(b"accept-encoding", b"gzip")]):
        sent.clear()
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "asgi": {"spec_version": "2.4"}}
        await metrics_app(instruments)(scope, receive, send)
        bodies = [message["body"] for message in sent[1:]]
        assert len(bodies) > 3
        whole = b"".join(bodies)
        text = zlib.decompress(whole, 16 + zlib.MAX_WBITS) if headers else whole
        assert text.count(b"\nsold_total{") == 12_001


async def test_a_folder_that_is_gone_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    instruments = Instruments([SOLD], directory=tmp_path / "shared")
    shutil.rmtree(tmp_path / "shared")
    async with _client(metrics_app(instruments)) as client:
        for method in ("GET", "HEAD"):
            with caplog.at_level(logging.ERROR):
                response = await client.request(method, "/metrics")
            assert response.status_code == 500

    assert "the metrics cannot be read" in caplog.text


async def test_a_server_of_its_own_may_announce_start_and_end(instruments: Instruments) -> None:
    received: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await metrics_app(instruments)({"type": "lifespan"}, receive, send)

    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_whoever_wants_another_protocol_is_not_answered(instruments: Instruments) -> None:
    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await metrics_app(instruments)({"type": "websocket", "path": "/", "headers": []}, receive, send)


class _Breaking:
    async def stream(self, accept: str) -> tuple[AsyncIterator[bytes], str]:
        async def pieces() -> AsyncIterator[bytes]:
            yield f"# {accept}\n".encode()
            raise RuntimeError("in the middle")

        return pieces(), "text/plain"


async def test_an_exposition_that_breaks_off_is_not_taken_for_a_whole_one() -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        async with _client(metrics_app(_Breaking())) as client:
            await client.get("/metrics")
