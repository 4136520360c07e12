"""The middleware behind a real HTTP server, with clients that misbehave on real connections."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from starlette.routing import Route

from festivals.catalogue import api
from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware, metrics_app
from steward.testing.polling import eventually
from steward.testing.ports import free_port

pytestmark = pytest.mark.slow

Exposed = Callable[[Instruments], Awaitable[list[str]]]

METRICS = HttpMetrics(api.REQUESTS, api.REQUEST_DURATION, api.REQUESTS_IN_FLIGHT, api.RESPONSE_SIZE)
DEADLINE = 10.0


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(api.METRICS)


def _application(instruments: Instruments) -> FastAPI:
    app = FastAPI()

    @app.get("/wallets/{wallet_id}")
    async def wallet(wallet_id: int) -> int:
        return wallet_id

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 1000
                await asyncio.sleep(0.001)

        return StreamingResponse(parts())

    app.router.routes.append(Route("/metrics", metrics_app(instruments)))
    app.add_middleware(MetricsMiddleware, instruments=instruments, metrics=METRICS)
    return app


@pytest.fixture
async def port(instruments: Instruments) -> AsyncIterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(_application(instruments), log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve([listener]))

        async def started() -> bool:
            return server.started

        await _until(started)
        yield int(listener.getsockname()[1])
        server.should_exit = True
        await serving


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not await condition():  # noqa: ASYNC110 - nothing in there tells of itself
            await asyncio.sleep(0.01)


async def _send(port: int, request: bytes, *, read: int = -1) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await (reader.read() if read < 0 else reader.readexactly(read))
    writer.close()
    await writer.wait_closed()
    return answer


async def _eventually(instruments: Instruments, exposed: Exposed, line: str) -> None:
    async def seen() -> bool:
        return line in await exposed(instruments)

    await _until(seen)


async def test_requests_are_counted(instruments: Instruments, exposed: Exposed, port: int) -> None:
    for path in (b"/wallets/1", b"/wallets/2", b"/wallets/x", b"/%2e%2e/etc/passwd"):
        await _send(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    lines = await exposed(instruments)
    assert 'festivals_http_requests_total{method="GET",path="/wallets/{wallet_id}",status="200"} 2.0' in lines
    assert 'festivals_http_requests_total{method="GET",path="/wallets/{wallet_id}",status="422"} 1.0' in lines
    assert 'festivals_http_requests_total{method="GET",path="__unmatched__",status="404"} 1.0' in lines


async def test_the_endpoint_answers_and_is_not_counted(
    instruments: Instruments, exposed: Exposed, port: int
) -> None:
    answer = await _send(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"festivals_http_requests_in_flight 0.0" in answer
    assert not await exposed(instruments)


async def test_a_client_that_leaves_a_stream(instruments: Instruments, exposed: Exposed, port: int) -> None:
    await _send(port, b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", read=5000)

    await _eventually(
        instruments, exposed, 'festivals_http_requests_total{method="GET",path="/stream",status="499"} 1.0'
    )
    assert "festivals_http_requests_in_flight" not in " ".join(await exposed(instruments))


async def test_a_method_that_nobody_knows(instruments: Instruments, exposed: Exposed, port: int) -> None:
    await _send(port, b"PROPFIND /wallets/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (
        'festivals_http_requests_total{method="other",path="/wallets/{wallet_id}",status="405"} 1.0'
        in await exposed(instruments)
    )


SHOP = """
from fastapi import FastAPI
from steward.instrument import instrument

app = FastAPI()
instrument(app, process_metrics=False)


@app.get("/items/{item}")
async def read(item: int) -> int:
    return item
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[int]:
    """Run two workers of an application that needed two lines; returns their port."""
    (tmp_path / "shop.py").write_text(SHOP)
    port = free_port()
    command = ("-m", "uvicorn", "shop:app", "--workers", "2", "--port", str(port), "--log-level", "warning")
    environment = {**os.environ, "STEWARD_METRICS_DIRECTORY": str(tmp_path / "metrics")}
    with subprocess.Popen([sys.executable, *command], cwd=tmp_path, env=environment) as server:
        yield port
        server.terminate()


def test_two_lines_count_in_every_worker(shop: int, tmp_path: Path) -> None:
    def answer(path: str) -> httpx.Response | None:
        try:
            # A connection for each request, so that every worker gets some.
            return httpx.get(f"http://127.0.0.1:{shop}{path}", timeout=DEADLINE)
        except httpx.TransportError:
            return None

    eventually("both workers have a file", lambda: len(list((tmp_path / "metrics").glob("*.slot"))) == 2)
    eventually("the server answers", lambda: answer("/nowhere"))
    for number in range(40):
        assert answer(f"/items/{number}")

    for _ in range(10):
        exposed = answer("/metrics")
        assert exposed is not None
        assert 'http_requests_total{method="GET",path="/items/{item}",status="200"} 40.0' in exposed.text
