"""Through port 8080: the API hands on-call's paths on, over real sockets, and never lends its place."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import psutil
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from festivals.api.app import build
from festivals.api.settings import ApiSettings
from festivals.settings import CacheSettings, DatabaseSettings
from steward.oncall.domain.states import Role
from steward.program.serving import bind, serve
from steward.program.settings import Address
from steward.testing.ports import free_port

pytestmark = pytest.mark.slow

TokenOf = Callable[[Role], str]

ALERTS = "/api/v1/monitoring/alerts"
ME = "/api/v1/monitoring/me"
API_TOKEN = "the token of the API"


def outside_address() -> str:
    """Return an address of this machine that is not loopback, by which it is its own stranger."""
    found = [
        one.address
        for addresses in psutil.net_if_addrs().values()
        for one in addresses
        if one.family == socket.AF_INET and not one.address.startswith("127.")
    ]
    if not found:
        pytest.skip("this machine has no address but loopback")
    return found[0]


@dataclass(frozen=True, slots=True)
class Place:
    port: int

    def client(self, host: str = "127.0.0.1") -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://{host}:{self.port}", trust_env=False)


@asynccontextmanager
async def listening(app: ASGIApp, host: str = "127.0.0.1") -> AsyncIterator[Place]:
    address, stopping = Address(host, free_port()), asyncio.Event()
    serving = asyncio.create_task(serve(app, bind(address, prefix="TEST"), stopping))
    yield Place(address.port)
    stopping.set()
    await serving


@asynccontextmanager
async def forwarding(oncall: int) -> AsyncIterator[Place]:
    """Give the API, which everybody can reach and which asks for its token."""
    settings = ApiSettings(
        listen=Address("0.0.0.0", 8080),  # noqa: S104 - the address by which strangers come
        workers=1,
        metrics_directory=None,
        token=API_TOKEN,
        database=DatabaseSettings(address=Address("127.0.0.1", 9)),
        cache=CacheSettings(address=Address("127.0.0.1", 9)),
        oncall=Address("127.0.0.1", oncall),
    )
    api = build(settings)
    async with api.router.lifespan_context(api), listening(api, settings.listen.host) as place:
        yield place


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[Place]:
    async with listening(app) as oncall, forwarding(oncall.port) as place:
        yield place


async def test_the_missions_call_needs_nothing_on_this_machine(api: Place) -> None:
    async with api.client("localhost") as client:
        answer = await client.get(ALERTS)
        assert (answer.status_code, answer.json()["alerts"]) == (200, [])
        assert (await client.get(ME)).json()["via"] == "loopback"
        assert (await client.get("/api/v1/festivals")).status_code == 401, "the API's own paths keep their token"


async def test_a_request_from_outside_needs_a_token(api: Place, token_of: TokenOf) -> None:
    async with api.client(outside_address()) as client:
        assert (await client.get(ALERTS)).status_code == 401
        assert (await client.get(ALERTS, headers={"Authorization": f"Bearer {API_TOKEN}"})).status_code == 401
        authorization = {"Authorization": f"Bearer {token_of(Role.VIEWER)}"}
        assert (await client.get(ALERTS, headers=authorization)).status_code == 200
        assert (await client.get(ME, headers=authorization)).json()["name"] == "a-viewer"
        assert (await client.get("/api/v1/monitoring/audit", headers=authorization)).status_code == 403


@pytest.mark.parametrize(
    "claim",
    [
        {"Host": "localhost"},
        {"Host": "localhost", "Forwarded": "for=127.0.0.1"},
        {"Host": "localhost", "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
        {"Host": "localhost", "X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "http"},
        {"Host": "localhost", "Connection": "forwarded, host"},
        {"Host": "127.0.0.1:8080", "Connection": "close, forwarded"},
    ],
)
async def test_whatever_an_outsider_claims_it_is_not_lent_loopback(api: Place, claim: dict[str, str]) -> None:
    async with api.client(outside_address()) as client:
        assert (await client.get(ALERTS, headers=claim)).status_code == 401


@pytest.mark.parametrize(
    "claim", [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Host": "rebound.example"}]
)
async def test_a_proxy_before_the_api_and_a_rebound_name_take_the_trust(api: Place, claim: dict[str, str]) -> None:
    async with api.client() as client:
        assert (await client.get(ALERTS, headers=claim)).status_code == 401


async def test_another_sites_page_is_refused_through_the_api_too(api: Place) -> None:
    async with api.client("localhost") as browser:
        headers = {"Origin": "http://evil.example"}
        answer = await browser.post(f"{ALERTS}/Down/silence", json={"duration": "2h"}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        b"/api/v1/monitoring/../../../metrics",
        b"/api/v1/monitoring/%2e%2e/%2e%2e/%2e%2e/metrics",
        b"/api/v1/monitoring/..%2f..%2f..%2fmetrics",
        b"/api/v1/monitoring/..\\..\\..\\metrics",
        b"/api/v1/monitoring/./alerts",
    ],
)
async def test_no_path_leads_beyond_the_apis_of_on_call(api: Place, target: bytes) -> None:
    assert await status_of(api, target) == 404


async def test_a_target_that_cannot_be_read_is_no_error_of_ours(api: Place) -> None:
    assert await status_of(api, b"/api/v1/monitoring/\xff\xfe") in {400, 404}
    assert await status_of(api, b"/api/v1/monitoring/alerts?q=\xff") in {200, 400}


async def status_of(place: Place, target: bytes) -> int:
    """Return the status for a target that no client would send as it is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(line.split()[1])


async def test_when_on_call_is_away_the_api_says_so(app: FastAPI) -> None:
    async with listening(app) as oncall:
        port = oncall.port
    async with forwarding(port) as api, api.client("localhost") as client:
        answer = await client.get(ALERTS)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.headers["retry-after"] == "5"
        exposed = (await client.get("/metrics")).text
    assert "monitoring" not in exposed, "on-call's answers are no part of the API's availability"


async def test_an_answer_that_is_no_http_is_a_bad_gateway() -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"I am no server of yours\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server, forwarding(server.sockets[0].getsockname()[1]) as api, api.client() as client:
        answer = await client.get(ALERTS)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "application/problem+json")


@dataclass(slots=True)
class Mirror:
    """Answers with headers of its own, and keeps what it was asked."""

    scope: Scope | None = None
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.body = scope, (await receive())["body"]
        headers = [
            (b"content-type", b"text/calendar"),
            (b"x-own", b"1"),
            (b"x-own", b"2"),
            (b"set-cookie", b"steward-oncall=x"),
            (b"connection", b"x-hop"),
            (b"x-hop", b"1"),
        ]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"BEGIN:VCALENDAR"})


async def test_what_is_passed_on_and_what_is_not() -> None:
    mirror = Mirror()
    async with listening(mirror) as oncall, forwarding(oncall.port) as api, api.client("localhost") as client:
        sent = {
            "Authorization": "Bearer x",
            "Content-Type": "application/json",
            "Cookie": "steward-oncall=x",
            "TE": "trailers",
            "Keep-Alive": "timeout=5",
            "Connection": "x-mine",
            "X-Mine": "1",
            "Accept-Language": "de",
        }
        answer = await client.post("/api/v1/monitoring/a%2Fb?q=%20x&q=2", content=b"[1]", headers=sent)
        assert mirror.scope is not None
        asked = [(name.decode(), value.decode()) for name, value in mirror.scope["headers"]]
    assert mirror.scope["raw_path"] == b"/api/v1/monitoring/a%2Fb"
    assert mirror.scope["query_string"] == b"q=%20x&q=2"
    assert mirror.body == b"[1]"
    assert dict(asked).items() >= {
        ("authorization", "Bearer x"),
        ("content-type", "application/json"),
        ("accept-language", "de"),
        ("host", f"localhost:{api.port}"),
        ("forwarded", "for=127.0.0.1"),
    }
    assert not {name for name, _ in asked} & {"cookie", "te", "keep-alive", "x-mine"}
    assert len(asked) == len(dict(asked)), "each header once"
    assert (answer.status_code, answer.text) == (201, "BEGIN:VCALENDAR")
    assert answer.headers["content-type"] == "text/calendar"
    assert answer.headers.get_list("x-own") == ["1", "2"]
    assert not {"set-cookie", "x-hop"} & answer.headers.keys()
    assert len(answer.headers.get_list("date")) == 1


@pytest.mark.parametrize(
    ("method", "headers", "size", "status"),
    [
        ("OPTIONS", {}, 0, 405),
        ("POST", {"Content-Type": "text/plain"}, 2, 415),
        ("POST", {"Content-Type": "application/json"}, 256 * 1024 + 1, 413),
    ],
)
async def test_what_is_refused_before_on_call_is_asked(
    method: str, headers: dict[str, str], size: int, status: int
) -> None:
    mirror = Mirror()
    async with listening(mirror) as oncall, forwarding(oncall.port) as api, api.client() as client:
        answer = await client.request(method, ALERTS, content=b"x" * size, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert mirror.scope is None
