"""One test for each thing that can become of a request, on Starlette and on FastAPI."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware
from steward.model import OTHER, Across, CatalogueError, Counter, Gauge, Histogram, Label, Unit
from steward.testing.http_semantics import ManualTime

Exposed = Callable[[Instruments], Awaitable[list[str]]]
Endpoint = Callable[[Request], Awaitable[Response]]
Build = Callable[..., ASGIApp]

METHOD = Label.closed("method", "GET", "HEAD", "POST", OTHER)
PATH = Label.bounded("path", 20, "route template")
STATUS = Label.bounded("status", 20, "status code")
REQUESTS = Counter("requests_total", "Requests.", (METHOD, PATH, STATUS))
DURATION = Histogram("duration_seconds", "Time.", (METHOD, PATH), Unit.SECONDS, buckets=(0.1,))
SIZE = Histogram("size_bytes", "Size.", (METHOD, PATH), Unit.BYTES, buckets=(10,))
IN_FLIGHT = Gauge("in_flight", "Requests now.")
METRICS = HttpMetrics(requests=REQUESTS, duration=DURATION, in_flight=IN_FLIGHT, response_size=SIZE)


@pytest.fixture
def instruments() -> Instruments:
    return Instruments([REQUESTS, DURATION, SIZE, IN_FLIGHT])


def _starlette(endpoint: Endpoint, **options: list[str]) -> ASGIApp:
    return Starlette(routes=[Route("/items/{item}", endpoint, **options)])  # type: ignore[arg-type]


def _fastapi(endpoint: Endpoint, **options: list[str]) -> ASGIApp:
    app = FastAPI()

    async def answer(item: str, request: Request) -> Response:
        assert item
        return await endpoint(request)

    app.add_api_route("/items/{item}", answer, response_model=None, **options)  # type: ignore[arg-type]
    return app


@pytest.fixture(params=[_starlette, _fastapi], ids=["starlette", "fastapi"])
def build(request: pytest.FixtureRequest) -> Build:
    made: Build = request.param
    return made


def _watched(app: ASGIApp, instruments: Instruments, **options: Any) -> MetricsMiddleware:
    return MetricsMiddleware(app, instruments=instruments, metrics=METRICS, **options)


def _client(app: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def _only(lines: list[str], name: str) -> str:
    (line,) = [line for line in lines if line.startswith(name)]
    return line.removeprefix(name)


async def _ok(_request: Request) -> Response:
    return Response("hello")


async def test_a_request_is_counted_once_under_its_template(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async with _client(_watched(build(_ok), instruments)) as client:
        await client.get("/items/1")
        await client.get("/items/2?q=x")

    lines = await exposed(instruments)
    assert _only(lines, "requests_total") == '{method="GET",path="/items/{item}",status="200"} 2.0'
    assert 'duration_seconds_count{method="GET",path="/items/{item}"} 2.0' in lines
    assert 'size_bytes_sum{method="GET",path="/items/{item}"} 10.0' in lines
    assert "in_flight 0.0" in lines


async def test_every_path_that_is_no_routes_is_one(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async with _client(_watched(build(_ok), instruments)) as client:
        for path in ("/", "/wp-login.php", "/items", "/%ff/%00"):
            assert (await client.get(path)).status_code == 404

    assert (
        _only(await exposed(instruments), "requests_total")
        == '{method="GET",path="__unmatched__",status="404"} 4.0'
    )


async def test_a_404_of_the_application_keeps_its_route(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async def missing(_request: Request) -> Response:
        return Response(status_code=404)

    async with _client(_watched(build(missing), instruments)) as client:
        await client.get("/items/1")

    assert (
        _only(await exposed(instruments), "requests_total")
        == '{method="GET",path="/items/{item}",status="404"} 1.0'
    )


async def test_a_wrong_method_counts_for_the_route(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async with _client(_watched(build(_ok), instruments)) as client:
        assert (await client.post("/items/1")).status_code == 405

    assert (
        _only(await exposed(instruments), "requests_total")
        == '{method="POST",path="/items/{item}",status="405"} 1.0'
    )


async def test_a_redirect_for_a_slash_is_counted(instruments: Instruments, exposed: Exposed, build: Build) -> None:
    async with _client(_watched(build(_ok), instruments)) as client:
        assert (await client.get("/items/1/")).status_code == 307

    assert (
        _only(await exposed(instruments), "requests_total")
        == '{method="GET",path="__unmatched__",status="307"} 1.0'
    )


@pytest.mark.parametrize("method", ["BREW", "GET\u00a0", "", "X" * 10_000])
async def test_a_method_nobody_declared_is_other_without_a_word(
    instruments: Instruments, exposed: Exposed, build: Build, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "steward")
    async with _client(_watched(build(_ok), instruments)) as client:
        await client.request(method, "/nowhere")

    assert _only(await exposed(instruments), "requests_total").startswith('{method="other",path="__unmatched__"')
    assert not caplog.records


async def test_an_exception_before_the_response_is_a_500(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async def broken(_request: Request) -> Response:
        raise ValueError("broken")

    app = build(broken)
    app.add_middleware(MetricsMiddleware, instruments=instruments, metrics=METRICS)  # type: ignore[attr-defined]
    async with _client(app) as client:
        assert (await client.get("/items/1")).status_code == 500

    lines = await exposed(instruments)
    assert _only(lines, "requests_total") == '{method="GET",path="/items/{item}",status="500"} 1.0'
    assert 'duration_seconds_count{method="GET",path="/items/{item}"} 1.0' in lines
    assert "in_flight 0.0" in lines


async def test_an_exception_after_the_start_leaves_the_status(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async def halves() -> AsyncIterator[str]:
        yield "half"
        raise ValueError("broken")

    async def half(_request: Request) -> Response:
        return StreamingResponse(halves())

    async with _client(_watched(build(half), instruments)) as client:
        await client.get("/items/1")

    lines = await exposed(instruments)
    assert _only(lines, "requests_total") == '{method="GET",path="/items/{item}",status="200"} 1.0'
    assert "in_flight 0.0" in lines


async def test_an_application_that_does_not_answer_is_a_500(instruments: Instruments, exposed: Exposed) -> None:
    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    await _watched(silent, instruments)(_scope("/"), _receive_nothing, _send_nothing)

    assert 'status="500"' in _only(await exposed(instruments), "requests_total")


@pytest.mark.parametrize(("error", "status"), [(ValueError("broken"), "500"), (ClientDisconnect(), "499")])
async def test_what_was_not_begun_has_no_size(
    instruments: Instruments, exposed: Exposed, error: Exception, status: str
) -> None:
    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    with suppress(type(error)):
        await _watched(fails, instruments)(_scope("/"), _receive_nothing, _send_nothing)

    lines = await exposed(instruments)
    assert f'status="{status}"' in _only(lines, "requests_total")
    assert 'duration_seconds_count{method="GET",path="__unmatched__"} 1.0' in lines
    assert not [line for line in lines if line.startswith("size_bytes")]


async def test_a_stream_lasts_to_its_last_byte(instruments: Instruments, exposed: Exposed, build: Build) -> None:
    clock = ManualTime()

    async def parts() -> AsyncIterator[str]:
        for _ in range(3):
            await clock.forward(1)
            yield "part"

    async def stream(_request: Request) -> Response:
        return StreamingResponse(parts())

    async with _client(_watched(build(stream), instruments, clock=clock)) as client:
        await client.get("/items/1")

    lines = await exposed(instruments)
    assert 'duration_seconds_sum{method="GET",path="/items/{item}"} 3.0' in lines
    assert 'size_bytes_sum{method="GET",path="/items/{item}"} 12.0' in lines


async def test_background_tasks_are_in_flight_but_not_in_the_duration(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    clock = ManualTime()

    seen: list[str] = []

    async def afterwards() -> None:
        await clock.forward(60)
        seen.append(_only(await exposed(instruments), "in_flight"))

    async def answer(_request: Request) -> Response:
        await clock.forward(2)
        return Response("done", background=BackgroundTask(afterwards))

    async with _client(_watched(build(answer), instruments, clock=clock)) as client:
        await client.get("/items/1")

    assert seen == [" 1.0"]
    assert 'duration_seconds_sum{method="GET",path="/items/{item}"} 2.0' in await exposed(instruments)


async def test_a_failing_background_task_does_not_change_the_status(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async def afterwards() -> None:
        raise ValueError("broken")

    async def answer(_request: Request) -> Response:
        return Response("done", background=BackgroundTask(afterwards))

    async with _client(_watched(build(answer), instruments)) as client:
        await client.get("/items/1")

    assert 'status="200"' in _only(await exposed(instruments), "requests_total")


async def test_a_cancelled_request_is_a_499(instruments: Instruments, exposed: Exposed, build: Build) -> None:
    arrived = asyncio.Event()

    async def hang(_request: Request) -> Response:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    app = _watched(build(hang), instruments)
    task = asyncio.create_task(app(_scope("/items/1"), _receive_nothing, _send_nothing))
    await arrived.wait()
    assert "in_flight 1.0" in await exposed(instruments)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    lines = await exposed(instruments)
    assert _only(lines, "requests_total") == '{method="GET",path="/items/{item}",status="499"} 1.0'
    assert "in_flight 0.0" in lines


async def test_a_request_that_is_cancelled_after_the_response_keeps_its_status(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    arrived = asyncio.Event()

    async def hang() -> None:
        arrived.set()
        await asyncio.Event().wait()

    async def answer(_request: Request) -> Response:
        return Response("done", background=BackgroundTask(hang))

    app = _watched(build(answer), instruments)
    task = asyncio.create_task(app(_scope("/items/1"), _receive_nothing, _send_nothing))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    lines = await exposed(instruments)
    assert 'status="200"' in _only(lines, "requests_total")
    assert "in_flight 0.0" in lines


async def test_a_client_that_leaves_a_stream_is_a_499(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    gone = asyncio.Event()

    async def endless() -> AsyncIterator[str]:
        while True:
            yield "part"
            gone.set()
            await asyncio.sleep(0)

    async def stream(_request: Request) -> Response:
        return StreamingResponse(endless())

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    await _watched(build(stream), instruments)(_scope("/items/1"), receive, _send_nothing)

    lines = await exposed(instruments)
    assert _only(lines, "requests_total") == '{method="GET",path="/items/{item}",status="499"} 1.0'


async def test_a_client_that_leaves_while_it_sends_is_a_499(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async def reads(request: Request) -> Response:
        return Response(await request.body())

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    app = _watched(build(reads, methods=["POST"]), instruments)
    with suppress(ClientDisconnect, HTTPException):
        await app(_scope("/items/1", "POST"), receive, _send_nothing)

    assert _only(await exposed(instruments), "requests_total") == (
        '{method="POST",path="/items/{item}",status="499"} 1.0'
    )


async def test_a_client_that_leaves_after_the_response_is_no_failure(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async def answer(request: Request) -> Response:
        await request.body()
        return Response("x", background=BackgroundTask(request.is_disconnected))

    messages: list[Message] = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return messages.pop(0)

    await _watched(build(answer), instruments)(_scope("/items/1"), receive, _send_nothing)

    assert 'status="200"' in _only(await exposed(instruments), "requests_total")


async def test_head_has_no_size(instruments: Instruments, exposed: Exposed, build: Build) -> None:
    async with _client(_watched(build(_ok, methods=["GET", "HEAD"]), instruments)) as client:
        await client.head("/items/1")

    assert 'size_bytes_sum{method="HEAD",path="/items/{item}"} 0.0' in await exposed(instruments)


async def test_a_skipped_path_is_not_counted(instruments: Instruments, exposed: Exposed, build: Build) -> None:
    async with _client(_watched(build(_ok), instruments)) as client:
        await client.get("/metrics")

    assert [line for line in await exposed(instruments) if not line.startswith("in_flight")] == []


async def test_other_protocols_pass_untouched(instruments: Instruments, exposed: Exposed) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert receive is _receive_nothing
        assert send is _send_nothing
        seen.append(scope["type"])

    for kind in ("lifespan", "websocket"):
        await _watched(app, instruments)({"type": kind}, _receive_nothing, _send_nothing)

    assert seen == ["lifespan", "websocket"]
    assert await exposed(instruments) == ["in_flight 0.0"]


async def test_a_failure_of_the_accounting_does_not_reach_the_request(
    instruments: Instruments, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    class Odd:
        """A route that cannot even be asked what it is."""

        @property
        def path_format(self) -> str:
            raise ValueError("odd")

    async def answer(request: Request) -> Response:
        request.scope["route"] = Odd()
        return JSONResponse({})

    async with _client(_watched(build(answer), instruments)) as client:
        for _ in range(2):
            assert (await client.get("/items/1")).status_code == 200

    assert [record.message for record in caplog.records if record.name.startswith("steward")] == [
        "a request could not be counted"
    ]


async def test_series_stay_bounded_whatever_is_asked(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    async with _client(_watched(build(_ok), instruments)) as client:
        for number in range(200):
            await client.request(f"M{number}", f"/{number}")
            await client.get(f"/items/{number}")

    assert len([line for line in await exposed(instruments) if line.startswith("requests_total")]) == 2


@pytest.mark.parametrize(("root_path", "path"), [("/proxy", "/proxy/metrics"), ("/proxy", "/metrics")])
async def test_a_skipped_path_may_lie_below_a_root_path(
    instruments: Instruments, exposed: Exposed, build: Build, root_path: str, path: str
) -> None:
    scope = {**_scope(path), "root_path": root_path}
    await _watched(build(_ok), instruments)(scope, _receive_nothing, _send_nothing)

    assert await exposed(instruments) == ["in_flight 0.0"]


async def test_a_scope_that_is_given_twice_is_counted_twice(instruments: Instruments, exposed: Exposed) -> None:
    app = _watched(Router([Route("/items/{item}", _ok)]), instruments)
    scope = _scope("/items/1")
    for _ in range(2):
        await app(scope, _receive_nothing, _send_nothing)

    assert _only(await exposed(instruments), "requests_total").endswith(" 2.0")


async def test_an_instance_inside_another_counts_in_metrics_of_its_own(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    other = HttpMetrics(
        requests=Counter("inner_total", "Requests.", (METHOD, PATH, STATUS)),
        duration=Histogram("inner_seconds", "Time.", (METHOD, PATH), Unit.SECONDS),
        in_flight=Gauge("inner_in_flight", "Requests now."),
    )
    inside = Instruments([other.requests, other.duration, other.in_flight])
    app: ASGIApp = build(_ok)
    for own, metrics in ((instruments, METRICS), (inside, other), (instruments, METRICS), (inside, other)):
        app = MetricsMiddleware(app, instruments=own, metrics=metrics)
    async with _client(app) as client:
        await client.get("/items/1")

    assert _only(await exposed(instruments), "requests_total").endswith(" 1.0")
    assert _only(await exposed(inside), "inner_total").endswith(" 1.0")


async def test_an_exception_that_only_cancels_is_a_499(
    instruments: Instruments, exposed: Exposed, build: Build
) -> None:
    class Cancelled(BaseException):
        """As another event loop's."""

    async def cancelled(_request: Request) -> Response:
        raise Cancelled

    with pytest.raises(Cancelled):
        await _watched(build(cancelled), instruments)(_scope("/items/1"), _receive_nothing, _send_nothing)

    assert 'status="499"' in _only(await exposed(instruments), "requests_total")


@pytest.mark.parametrize(
    ("headers", "size"),
    [([(b"Content-Length", b"7")], "7.0"), ([], "0.0"), ([(b"content-length", b"many")], "0.0")],
)
async def test_a_file_that_the_server_sends_has_the_size_announced(
    instruments: Instruments, exposed: Exposed, headers: list[tuple[bytes, bytes]], size: str
) -> None:
    async def sends(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.pathsend", "path": "/map"})

    await _watched(sends, instruments)(_scope("/"), _receive_nothing, _send_nothing)

    assert f'size_bytes_sum{{method="GET",path="__unmatched__"}} {size}' in await exposed(instruments)


async def test_an_exemplar_goes_with_the_count_and_the_duration(instruments: Instruments, build: Build) -> None:
    app = _watched(build(_ok), instruments, exemplar=lambda scope: {"item": scope["path"]})
    async with _client(app) as client:
        await client.get("/items/7")
    body, _ = await instruments.expose("application/openmetrics-text")

    with_exemplar = [line for line in body.decode().splitlines() if ' # {item="/items/7"} ' in line]
    assert [line.partition("{")[0] for line in with_exemplar] == ["requests_total", "duration_seconds_bucket"]


async def test_a_request_without_exemplar_or_with_one_that_fails_is_counted(
    instruments: Instruments, exposed: Exposed, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    def half(scope: Scope) -> None:
        if scope["path"] == "/items/2":
            raise ValueError("no exemplar")

    async with _client(_watched(build(_ok), instruments, exemplar=half)) as client:
        for number in (1, 2, 2):
            await client.get(f"/items/{number}")

    assert _only(await exposed(instruments), "requests_total").endswith(" 3.0")
    assert [record.message for record in caplog.records if record.name.startswith("steward")] == [
        "a request has no exemplar"
    ]


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        (
            {"requests": Counter("r_total", "x", (METHOD, PATH))},
            "r_total: this hook counts with method, path, status",
        ),
        (
            {"duration": Histogram("d", "x", (PATH,))},
            "metric d: this hook counts with method, path; .* labels: path",
        ),
        ({"response_size": Histogram("s", "x")}, "metric s: this hook counts with method, path; .* labels: none"),
        ({"in_flight": Gauge("g", "x", across=Across.MAX)}, "gauge g: this hook counts up and down"),
    ],
)
def test_metrics_of_another_shape_are_refused(replaced: dict[str, Counter | Gauge | Histogram], said: str) -> None:
    shape = {"requests": REQUESTS, "duration": DURATION, "in_flight": IN_FLIGHT, **replaced}
    with pytest.raises(CatalogueError, match=said):
        HttpMetrics(**shape)  # type: ignore[arg-type]


def _scope(path: str, method: str = "GET") -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "scheme": "http",
        "headers": [],
        "server": ("test", 80),
        "client": ("test", 1),
    }


async def _receive_nothing() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def _send_nothing(_message: Message) -> None:
    return
