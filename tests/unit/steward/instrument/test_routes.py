"""Templates where they are hard to tell: behind prefixes, mounts, hosts and copying middleware."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Host, Match, Mount, Route, Router
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


class _Hiding:
    """A middleware whose application's routes nobody sees."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


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
    app.router.routes.append(Route("/plain/{x}", _hello))
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
            Mount("/int{number:int}", routes=[Route("/{x:path}", _hello)]),
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
    ("GET", "/plain/7", "/plain/{x}", "200"),
    ("POST", "/plain/7", "/plain/{x}", "405"),
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
    ("GET", "/int7/a/b", "/int{number}/{x}", "200"),
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


async def _paths(app: ASGIApp, instruments: Instruments, *urls: str) -> dict[str, float]:
    """Return how many of the requests were counted under each path."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for url in urls:
            await client.get(url)
    body, _ = await instruments.expose()
    lines = [line for line in body.decode().splitlines() if line.startswith("requests_total{")]
    counted: dict[str, float] = defaultdict(float)
    for line in lines:
        counted[line.split('path="')[1].split('"')[0]] += float(line.rpartition(" ")[2])
    return counted


class _Noting(Route):
    """A route that notes for which paths it was asked whether it matches."""

    def __init__(self, path: str, asked: list[str]) -> None:
        super().__init__(path, _hello)
        self._asked = asked

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        self._asked.append(scope["path"])
        return super().matches(scope)


async def test_a_mount_with_parameters_takes_one_walk_for_all_of_their_values() -> None:
    asked: list[str] = []
    app = Starlette(routes=[Mount("/tenants/{tenant}", routes=[_Noting("/users/{user}", asked)])])
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])
    urls = [f"/tenants/{number}/users/{number}" for number in range(20)]

    assert await _paths(_outside(app, instruments), instruments, *urls) == {"/tenants/{tenant}/users/{user}": 20}
    assert asked == urls


async def test_a_route_that_is_added_later_is_found_and_remembered() -> None:
    asked: list[str] = []
    mounted = Router([Route("/a/{x}", _hello)])
    app = Starlette(routes=[Mount("/mounted", mounted)])
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])
    watched = _outside(app, instruments)
    await _paths(watched, instruments, "/mounted/a/1")
    mounted.routes.append(_Noting("/b/{x}", asked))
    urls = ["/mounted/b/1", "/mounted/b/2"]

    assert await _paths(watched, instruments, *urls, "/mounted/a/2") == {"/mounted/a/{x}": 2, "/mounted/b/{x}": 2}
    assert asked == urls


async def test_mounts_in_each_other_may_have_parameters_of_one_name() -> None:
    inner = Mount("/in/{name}", routes=[Route("/{name}", _hello)])
    app = Starlette(routes=[Mount("/out/{name}", routes=[inner])])
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])

    assert await _paths(_outside(app, instruments), instruments, "/out/1/in/2/3") == {
        "/out/{name}/in/{name}/{name}": 1
    }


async def test_a_router_that_is_also_mounted_out_of_sight_is_not_taken_for_the_one_in_sight() -> None:
    inner = Router([Route("/{x}", _hello)])
    app = Starlette(routes=[Mount("/hidden", _Hiding(inner)), Mount("/seen", inner)])
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])

    assert await _paths(_outside(app, instruments), instruments, "/hidden/1", "/seen/1", "/hidden/2") == {
        "/hidden/{path}": 2,
        "/seen/{x}": 1,
    }


async def test_routes_that_nobody_can_see_are_looked_for_once() -> None:
    class Watched(list[BaseRoute]):
        looks = 0

        def __iter__(self) -> Iterator[BaseRoute]:
            self.looks += 1
            return super().__iter__()

    app = Starlette()
    routes = app.router.routes = Watched([Mount("/hidden", _Hiding(Router([Route("/{x}", _hello)])))])
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])
    asked = 50
    await _paths(_outside(app, instruments), instruments, *["/hidden/1"] * asked)

    routing_and_searching = 2 * asked
    assert routes.looks <= routing_and_searching + 3


async def test_one_endpoint_of_two_plain_routes_in_fastapi() -> None:
    app = FastAPI()
    for path in ("/a/{x}", "/b/{x}"):
        app.router.routes.append(Route(path, _hello))
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])

    assert await _paths(_outside(app, instruments), instruments, "/a/1", "/b/1", "/b/2") == {
        "/a/{x}": 1,
        "/b/{x}": 2,
    }


@pytest.mark.parametrize(("place", "template"), [("/", "/{path}"), ("/shop", "/shop/{path}")])
async def test_the_files_of_a_frontend_are_one(tmp_path: Path, place: str, template: str) -> None:
    for name in ("a.css", "b.css"):
        (tmp_path / name).write_text(name)
    (tmp_path / "index.html").write_text("home")
    app = _fastapi_app()
    app.frontend(place, directory=tmp_path)
    instruments = Instruments([REQUESTS, DURATION, IN_FLIGHT])
    urls = [f"{place.rstrip('/')}/{name}" for name in ("a.css", "b.css", "nothing.css", "")]

    assert await _paths(_outside(app, instruments), instruments, *urls, "/top/me") == {
        template: 4,
        "/top/{name}": 1,
    }
