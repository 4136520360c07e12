"""Templates where they are hard to tell: behind prefixes, mounts, hosts and copying middleware."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Host, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware
from steward.model import Counter, Gauge, Histogram, Label

LABELS = (Label.bounded("method", 9, "x"), Label.bounded("path", 50, "x"))
REQUESTS = Counter("requests_total", "Requests.", (*LABELS, Label.bounded("status", 20, "x")))
DURATION = Histogram("duration", "Time.", LABELS)
IN_FLIGHT = Gauge("in_flight", "Now.")


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


async def _plain(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("plain")(scope, receive, send)


class _Copying:
    """A middleware whose application's scope nobody outside sees."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(dict(scope), receive, send)


def _fastapi_app() -> FastAPI:
    app = FastAPI()

    @app.get("/top/{name}")
    async def top(name: str) -> str:
        return name

    inner = APIRouter(prefix="/inner")
    outer = APIRouter()

    @inner.get("/{number}")
    async def deep(number: int) -> int:
        return number

    @inner.post("")
    async def made() -> str:
        return "made"

    outer.include_router(inner, prefix="/middle")
    outer.routes.append(Route("/routed/{x}", _hello))
    outer.routes.append(Mount("/mounted", routes=[Route("/{y}", _hello)]))
    app.include_router(outer, prefix="/outer")
    app.include_router(inner, prefix="/again")
    app.mount("/files", _plain)
    app.mount("/v{version}", _sub_app())
    app.mount("/star", Starlette(routes=[Route("/{x}", _hello), Mount("/more", routes=[Route("/{y}", _hello)])]))
    return app


def _sub_app() -> FastAPI:
    sub = FastAPI()
    one = APIRouter()

    @one.get("/things/{thing}")
    async def things(thing: str) -> str:
        return thing

    sub.include_router(one, prefix="/a")
    sub.include_router(one, prefix="/b")
    return sub


def _starlette_app() -> Starlette:
    return Starlette(
        routes=[
            Route("/top/{name:int}", _hello),
            Route("/top/{word}", _hello, methods=["POST"]),
            Mount("/plain", _plain),
            Mount(
                "/tenants/{tenant}",
                routes=[Route("/users/{user}", _hello), Mount("/deep", Router([Route("/", _hello)]))],
            ),
            Mount(
                "/copied",
                routes=[Route("/{x}", _hello), Route("/y/{z}", _hello)],
                middleware=[Middleware(_Copying)],
            ),
            Mount("/opaque", _Copying(Router([Route("/{x}", _hello)]))),
            Host("{sub}.example", Router([Route("/hosted/{x}", _hello)])),
        ]
    )


def _inside(app: FastAPI | Starlette, instruments: Instruments) -> ASGIApp:
    app.add_middleware(MetricsMiddleware, instruments=instruments, metrics=_METRICS)
    return app


def _outside(app: FastAPI | Starlette, instruments: Instruments) -> ASGIApp:
    return MetricsMiddleware(app, instruments=instruments, metrics=_METRICS)


def _outside_of_a_copy(app: FastAPI | Starlette, instruments: Instruments) -> ASGIApp:
    app.add_middleware(_Copying)
    return MetricsMiddleware(app, instruments=instruments, metrics=_METRICS)


_METRICS = HttpMetrics(requests=REQUESTS, duration=DURATION, in_flight=IN_FLIGHT)
Place = Callable[[FastAPI | Starlette, Instruments], ASGIApp]


async def _counted(app: ASGIApp, instruments: Instruments, method: str, url: str) -> tuple[str, str]:
    """Return (path, status) under which a second request of the same kind was counted."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for _ in range(2):
            await client.request(method, url)
    body, _ = await instruments.expose()
    (line,) = [line for line in body.decode().splitlines() if line.startswith("requests_total")]
    assert line.endswith(" 2.0")
    labels = dict(part.split("=", 1) for part in line[line.index("{") + 1 : line.rindex("}")].split(",", 2))
    return labels["path"].strip('"'), labels["status"].strip('"')


FASTAPI_CASES = [
    ("GET", "/top/me", "/top/{name}", "200"),
    ("POST", "/top/me", "/top/{name}", "405"),
    ("GET", "/outer/middle/inner/7", "/outer/middle/inner/{number}", "200"),
    ("GET", "/outer/middle/inner/seven", "/outer/middle/inner/{number}", "422"),
    ("GET", "/again/inner/7", "/again/inner/{number}", "200"),
    ("POST", "/again/inner", "/again/inner", "200"),
    ("PUT", "/again/inner", "/again/inner", "405"),
    ("GET", "/outer/routed/7", "/outer/routed/{x}", "200"),
    ("GET", "/outer/mounted/7", "/outer/mounted/{y}", "200"),
    ("GET", "/openapi.json", "/openapi.json", "200"),
    ("GET", "/files/a/b.css", "/files/{path}", "200"),
    ("GET", "/v2/a/things/7", "/v{version}/a/things/{thing}", "200"),
    ("GET", "/v3/b/things/7", "/v{version}/b/things/{thing}", "200"),
    ("GET", "/v2/c/things/7", "__unmatched__", "404"),
    ("GET", "/star/7", "/star/{x}", "200"),
    ("GET", "/star/more/7", "/star/more/{y}", "200"),
    ("GET", "/nowhere", "__unmatched__", "404"),
]
STARLETTE_CASES = [
    ("GET", "/top/7", "/top/{name}", "200"),
    ("POST", "/top/seven", "/top/{word}", "200"),
    ("PUT", "/top/7", "/top/{name}", "405"),
    ("GET", "/plain/a/b", "/plain/{path}", "200"),
    ("GET", "/tenants/t1/users/u1", "/tenants/{tenant}/users/{user}", "200"),
    ("GET", "/tenants/t1/deep/", "/tenants/{tenant}/deep/", "200"),
    ("GET", "/tenants/t1/nothing", "__unmatched__", "404"),
    ("GET", "/copied/y/7", "/copied/y/{z}", "200"),
    ("GET", "/opaque/7", "/opaque/{path}", "200"),
    ("GET", "http://a.example/hosted/7", "/hosted/{x}", "200"),
    ("GET", "/nowhere", "__unmatched__", "404"),
]


@pytest.mark.parametrize("place", [_inside, _outside, _outside_of_a_copy])
@pytest.mark.parametrize(("method", "url", "template", "status"), FASTAPI_CASES)
async def test_fastapi(place: Place, method: str, url: str, template: str, status: str) -> None:
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])

    assert await _counted(place(_fastapi_app(), instruments), instruments, method, url) == (template, status)


@pytest.mark.parametrize("place", [_inside, _outside, _outside_of_a_copy])
@pytest.mark.parametrize(("method", "url", "template", "status"), STARLETTE_CASES)
async def test_starlette(place: Place, method: str, url: str, template: str, status: str) -> None:
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])

    assert await _counted(place(_starlette_app(), instruments), instruments, method, url) == (template, status)


@pytest.mark.parametrize("app", [_fastapi_app, _starlette_app])
async def test_two_copies_of_a_mount_or_router_are_told_apart(app: Callable[[], FastAPI | Starlette]) -> None:
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])
    transport = httpx.ASGITransport(_outside(app(), instruments))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for url in ("/v2/a/things/7", "/v2/b/things/7", "/copied/7", "/copied/y/7", "/tenants/a/users/1"):
            await client.get(url)

    body, _ = await instruments.expose()
    paths = {
        line.split('path="')[1].split('"')[0] for line in body.decode().splitlines() if "requests_total{" in line
    }
    expected = (
        {"/v{version}/a/things/{thing}", "/v{version}/b/things/{thing}", "__unmatched__"}
        if app is _fastapi_app
        else {"/copied/{x}", "/copied/y/{z}", "/tenants/{tenant}/users/{user}", "__unmatched__"}
    )
    assert paths == expected


@pytest.mark.parametrize("app", [_fastapi_app, _starlette_app])
async def test_an_answer_before_any_routing_counts_for_the_route_meant(
    app: Callable[[], FastAPI | Starlette],
) -> None:
    async def refuse(_request: Request, _call_next: RequestResponseEndpoint) -> Response:
        return PlainTextResponse("no", status_code=401)

    application = app()
    application.add_middleware(BaseHTTPMiddleware, dispatch=refuse)
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])

    counted = await _counted(_outside(application, instruments), instruments, "GET", "/top/7")

    assert counted == ("/top/{name}", "401")


@pytest.mark.parametrize(
    ("url", "template"), [("/v2/a/things/7", "/v{version}/a/things/{thing}"), ("/top/7", "/top/{name}")]
)
async def test_a_root_path_is_not_part_of_the_template(url: str, template: str) -> None:
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])
    transport = httpx.ASGITransport(_outside(_fastapi_app(), instruments), root_path="/proxy")
    async with httpx.AsyncClient(transport=transport, base_url="http://test/proxy") as client:
        assert (await client.get(url)).status_code == 200

    body, _ = await instruments.expose()
    assert f'requests_total{{method="GET",path="{template}",status="200"}} 1.0' in body.decode()


async def test_an_application_without_routes_has_no_templates() -> None:
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])
    app = MetricsMiddleware(_plain, instruments=instruments, metrics=_METRICS)

    assert await _counted(app, instruments, "GET", "/anything") == ("__unmatched__", "200")
