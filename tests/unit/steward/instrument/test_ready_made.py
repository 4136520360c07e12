"""Two lines for any application."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Host, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.instrument import FolderUnusable
from steward.instrument.ready_made import DIRECTORY_VARIABLE, CannotInstrument, instrument
from steward.instrument.traceparent import trace_of
from steward.model import CatalogueError, Counter, Label

Make = Callable[..., Starlette]


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


def _starlette(**options: Any) -> Starlette:
    return Starlette(routes=[Route("/items/{item}", _hello)], **options)


def _fastapi(**options: Any) -> FastAPI:
    app = FastAPI(**options)
    app.add_api_route("/items/{item}", _hello, response_model=None)
    return app


@pytest.fixture(params=[_starlette, _fastapi], ids=["starlette", "fastapi"])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


@pytest.fixture(autouse=True)
def _no_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DIRECTORY_VARIABLE, raising=False)


def _client(app: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def _asked(app: ASGIApp, *urls: str, metrics: str = "/metrics", **headers: str) -> list[str]:
    """Return the lines of the exposition after these requests."""
    async with _client(app) as client:
        for url in urls:
            await client.get(url)
        response = await client.get(metrics, headers=headers)
    assert response.status_code == 200
    return response.text.splitlines()


async def test_requests_are_counted_and_exposed(make: Make) -> None:
    app = make()
    instrument(app)

    lines = await _asked(app, "/items/1", "/items/2", "/nowhere", "/metrics")
    assert 'http_requests_total{method="GET",path="/items/{item}",status="200"} 2.0' in lines
    assert 'http_requests_total{method="GET",path="__unmatched__",status="404"} 1.0' in lines
    assert 'http_request_duration_seconds_count{method="GET",path="/items/{item}"} 2.0' in lines
    assert 'http_response_size_bytes_sum{method="GET",path="/items/{item}"} 10.0' in lines
    assert "http_requests_in_flight 0.0" in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)
    assert not [line for line in lines if 'path="/metrics"' in line]


async def test_names_and_places_can_be_chosen(make: Make) -> None:
    app = make()
    instrument(
        app,
        prefix="shop",
        path="/internal/metrics",
        skip=frozenset({"/items/health"}),
        buckets=(0.5, 60),
        process_metrics=False,
    )

    lines = await _asked(app, "/items/1", "/items/health", "/metrics", metrics="/internal/metrics")
    assert 'shop_http_requests_total{method="GET",path="/items/{item}",status="200"} 1.0' in lines
    assert 'shop_http_requests_total{method="GET",path="__unmatched__",status="404"} 1.0' in lines
    bounds = [
        line.split('le="')[1].split('"')[0] for line in lines if "shop_http_request_duration_seconds_b" in line
    ]
    assert bounds[:3] == ["0.5", "60.0", "+Inf"]
    assert not [line for line in lines if line.startswith("process_")]


async def test_further_metrics_are_the_applications_own(make: Make) -> None:
    class Bar(NamedTuple):
        bar: str

    sold = Counter("sold_total", "Drinks sold.", (Label.bounded("bar", 5, "a bar"),))
    app = make()
    instrument(app, metrics=[sold]).counter(sold, Bar).labels(bar="left").inc(2)

    assert 'sold_total{bar="left"} 2.0' in await _asked(app)


async def test_so_many_paths_are_told_apart() -> None:
    app = Starlette(routes=[Route(f"/{number}", _hello) for number in range(5)])
    instrument(app, at_most=2)

    lines = await _asked(app, *[f"/{number}" for number in range(5)])
    assert 'http_requests_total{method="GET",path="other",status="200"} 3.0' in lines
    assert 'steward_instrument_series_dropped_total{metric="http_requests_total"} 3.0' in lines


async def test_exemplars_name_the_trace(make: Make) -> None:
    app = make()
    instrument(app, exemplar=trace_of)
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with _client(app) as client:
        await client.get("/items/1", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})

    lines = await _asked(app, accept="application/openmetrics-text")
    (line,) = [line for line in lines if line.startswith("http_requests_total{")]
    assert f'# {{trace_id="{trace}",span_id="00f067aa0ba902b7"}} 1.0 ' in line


async def test_a_route_for_every_path_does_not_hide_the_exposition(make: Make) -> None:
    app = make()
    app.router.routes.append(Route("/{rest:path}", _hello))
    app.mount("/", Starlette(routes=[Route("/metrics", _hello)]))
    instrument(app)

    lines = await _asked(app, "/anything", "/your/metrics")
    assert 'http_requests_total{method="GET",path="/{rest}",status="200"} 2.0' in lines


async def test_the_exposition_costs_other_requests_no_look(make: Make) -> None:
    app = make()
    instrument(app)
    app.router.routes.append(Route("/late", _hello))
    await _asked(app)

    assert [getattr(route, "path", "") for route in app.routes][-3:] == ["/items/{item}", "/late", "/metrics"]


async def test_an_application_that_makes_its_middleware_again_gets_no_second_exposition(make: Make) -> None:
    app = make()
    instrument(app)
    for _ in range(2):
        app.middleware_stack = None
        await _asked(app)

    assert [getattr(route, "path", "") for route in app.routes].count("/metrics") == 1


async def test_a_route_for_a_host_does_not_hide_it_either(make: Make) -> None:
    app = make()
    app.router.routes.append(Host("test", Router([Route("/{x}", _hello)])))
    instrument(app)

    assert "http_requests_in_flight 0.0" in await _asked(app)


async def test_an_included_router_does_not_hide_it_either() -> None:
    app, router = _fastapi(), APIRouter()
    router.add_api_route("/{x}", _hello, response_model=None)
    app.include_router(router)
    instrument(app)

    assert "http_requests_in_flight 0.0" in await _asked(app)


async def test_what_guards_the_application_guards_the_exposition(make: Make) -> None:
    class Guard:
        def __init__(self, app: ASGIApp) -> None:
            self._app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await PlainTextResponse("who are you?", status_code=401)(scope, receive, send)

    app = make(middleware=[Middleware(Guard)])
    instrument(app)
    async with _client(app) as client:
        assert (await client.get("/metrics")).status_code == 401


async def test_the_exposition_is_in_no_schema() -> None:
    app = _fastapi()
    instrument(app)
    async with _client(app) as client:
        assert list((await client.get("/openapi.json")).json()["paths"]) == ["/items/{item}"]
    shown = [route for route in app.routes if getattr(route, "include_in_schema", False)]
    assert [getattr(route, "path", "") for route in shown] == ["/items/{item}"]


async def test_an_instrumented_application_in_another_is_counted_by_the_outer_one(make: Make) -> None:
    inner, outer = make(), make()
    instrument(inner)
    outer.mount("/shop", inner)
    instrument(outer)

    lines = await _asked(outer, "/shop/items/1", "/shop/items/2", "/items/1")
    assert 'http_requests_total{method="GET",path="/shop/items/{item}",status="200"} 2.0' in lines
    assert not [line for line in await _asked(outer, metrics="/shop/metrics") if "/items/" in line]


@pytest.mark.parametrize("named", [True, False])
async def test_processes_share_a_folder(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, named: bool
) -> None:
    if named:
        monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path))
    one, other = make(), make()
    for app in (one, other):
        instrument(app, directory=None if named else tmp_path)
    await _asked(one, "/items/1")

    assert 'http_requests_total{method="GET",path="/items/{item}",status="200"} 2.0' in await _asked(
        other, "/items/2"
    )


class TestRefused:
    def test_twice(self, make: Make) -> None:
        app = make()
        instrument(app)
        with pytest.raises(CannotInstrument, match="instrumented already"):
            instrument(app, path="/other")

    async def test_after_the_start(self, make: Make) -> None:
        app = make()
        async with _client(app) as client:
            await client.get("/items/1")
        with pytest.raises(CannotInstrument, match="has started; call instrument"):
            instrument(app)
        async with _client(app) as client:
            assert (await client.get("/metrics")).status_code == 404

    @pytest.mark.parametrize("taken", [Route("/metrics", _hello), Mount("/metrics", Starlette())])
    def test_a_path_that_is_taken(self, make: Make, taken: Route | Mount) -> None:
        app = make()
        app.router.routes.append(taken)
        with pytest.raises(CannotInstrument, match="a route at /metrics already"):
            instrument(app)

    def test_what_is_no_application_of_these(self) -> None:
        async def bare(_scope: Scope, _receive: Receive, _send: Send) -> None:
            return

        with pytest.raises(CannotInstrument, match="takes a Starlette or FastAPI application"):
            instrument(bare)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "options",
        [{"prefix": "my-shop"}, {"buckets": (2, 1)}, {"at_most": 0}, {"path": "metrics"}, {"path": "/{x}"}],
    )
    def test_impossible_options(self, make: Make, options: dict[str, Any]) -> None:
        app = make()
        with pytest.raises((CatalogueError, CannotInstrument)):
            instrument(app, **options)
        # Nothing was done to it.
        instrument(app)

    def test_a_folder_that_cannot_be_written(self, make: Make, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(FolderUnusable):
            instrument(make(), directory=tmp_path / "file")
