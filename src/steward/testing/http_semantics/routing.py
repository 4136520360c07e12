"""Cases about the path label."""

import tempfile
from pathlib import Path

from fastapi import APIRouter
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.testing.http_semantics.case import At, Case, Trial, hello

_ITEM = At("/items/{item}", hello)


async def _path_parameters(trial: Trial) -> None:
    client = trial.client(trial.app(_ITEM))
    for path in ("/items/1", "/items/2", "/items/%F0%9F%8D%BA"):
        await client.get(path)
    await trial.counted(("GET", "/items/{item}", 200, 3))


async def _not_found(trial: Trial) -> None:
    client = trial.client(trial.app(_ITEM))
    paths = ("/", "/wp-login.php", "/items", "/items/1/2")
    for path in paths:
        await client.get(path)
    await _one_series(trial, 404, len(paths), paths)


async def _method_not_allowed(trial: Trial) -> None:
    await trial.client(trial.app(_ITEM)).request("POST", "/items/1")
    await trial.counted(("POST", "/items/{item}", 405, 1))


async def _slash_redirect(trial: Trial) -> None:
    client = trial.client(trial.app(_ITEM))
    paths = ("/items/1/", "/items/2/")
    for path in paths:
        await client.get(path)
    await _one_series(trial, 307, len(paths), paths)


async def _included_router(trial: Trial) -> None:
    app = trial.fastapi(_ITEM)
    app.include_router(_users(), prefix="/v1")
    app.include_router(_users(), prefix="/v2")
    client = trial.client(app)
    for path in ("/v1/users/1", "/v2/users/2", "/v2/users/3"):
        await client.get(path)
    await trial.counted(("GET", "/v1/users/{user}", 200, 1), ("GET", "/v2/users/{user}", 200, 2))


async def _nested_router(trial: Trial) -> None:
    app = trial.fastapi()
    middle = APIRouter(prefix="/shops/{shop}")
    middle.include_router(_users(), prefix="/staff")
    app.include_router(middle, prefix="/api")
    await trial.client(app).get("/api/shops/7/staff/users/1")
    await trial.counted(("GET", "/api/shops/{shop}/staff/users/{user}", 200, 1))


async def _mounted_application(trial: Trial) -> None:
    app = trial.app(_ITEM)
    app.mount("/tenants/{tenant}", trial.app(At("/users/{user}", hello)))
    client = trial.client(app)
    for path in ("/tenants/a/users/1", "/tenants/b/users/2", "/items/1"):
        await client.get(path)
    await trial.counted(("GET", "/items/{item}", 200, 1), ("GET", "/tenants/{tenant}/users/{user}", 200, 2))


async def _mounted_twice(trial: Trial) -> None:
    app, inner = trial.app(), trial.app(At("/users/{user}", hello))
    app.mount("/v1", inner)
    app.mount("/v2", inner)
    client = trial.client(app)
    for path in ("/v1/users/1", "/v2/users/2", "/v2/users/3"):
        await client.get(path)
    await trial.counted(("GET", "/v1/users/{user}", 200, 1), ("GET", "/v2/users/{user}", 200, 2))


async def _mounted_files(trial: Trial) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.css", "b.css"):
            (Path(folder) / name).write_text(name)
        app = trial.app(_ITEM)
        app.mount("/static", StaticFiles(directory=folder))
        client = trial.client(app)
        paths = ("/static/a.css", "/static/b.css")
        for path in paths:
            await client.get(path)
        await _one_series(trial, 200, len(paths), paths, under="/static")


async def _host(trial: Trial) -> None:
    app = trial.app(_ITEM)
    app.router.routes.append(Host("{shop}.example", Router([Route("/tills/{till}", hello)])))
    client = trial.client(app)
    for shop in ("a", "b"):
        await client.get("/tills/1", headers={"host": f"{shop}.example"})
    await trial.counted(("GET", "/tills/{till}", 200, 2))


async def _answered_before_routing(trial: Trial) -> None:
    app = trial.app(
        _ITEM,
        middleware=[Middleware(CORSMiddleware, allow_origins=["http://shop"]), Middleware(_Guard)],
    )
    client = trial.client(app)
    await client.get("/items/1")
    await client.request(
        "OPTIONS", "/items/2", headers={"origin": "http://shop", "access-control-request-method": "GET"}
    )
    await trial.counted(("GET", "/items/{item}", 401, 1), ("OPTIONS", "/items/{item}", 200, 1))


async def _copied_scope(trial: Trial) -> None:
    app = trial.app(_ITEM, middleware=[Middleware(_Copying)])
    client = trial.client(app)
    for path in ("/items/1", "/items/2"):
        await client.get(path)
    await trial.counted(("GET", "/items/{item}", 200, 2))


async def _root_path(trial: Trial) -> None:
    app = trial.app(_ITEM)
    app.mount("/shop", trial.app(At("/users/{user}", hello)))
    client = trial.client(app)
    for path in ("/proxy/items/1", "/proxy/shop/users/1"):
        await client.get(path, root_path="/proxy")
    await trial.counted(("GET", "/items/{item}", 200, 1), ("GET", "/shop/users/{user}", 200, 1))


async def _metrics_endpoint(trial: Trial) -> None:
    client = trial.client(trial.app(_ITEM))
    for _ in range(2):
        await client.get("/metrics")
    await client.get("/items/1")
    await trial.counted(("GET", "/items/{item}", 200, 1))


async def _nested_twice(trial: Trial) -> None:
    inner = trial.app(At("/users/{user}", hello))
    wrapped = trial.subject.wrap(inner)
    app = trial.app(_ITEM)
    app.mount("/shop", wrapped)
    client = trial.client(app)
    for path in ("/shop/users/1", "/items/1"):
        await client.get(path)
    await trial.counted(("GET", "/items/{item}", 200, 1), ("GET", "/shop/users/{user}", 200, 1))


async def _one_series(trial: Trial, status: int, number: int, raw: tuple[str, ...], *, under: str = "") -> None:
    """Expect `number` requests under one path label that is none of the `raw` ones."""
    counted = (await trial.subject.seen()).requests
    labels = ", ".join(sorted({one.path for one in counted})) or "none"
    matching = sum(one.number for one in counted if one.status == str(status))
    trial.check(f"expected {number} requests with status {status}; counted {matching:g}", holds=matching == number)
    trial.check(
        f"expected one path label for {', '.join(raw)}; there are {labels}",
        holds=len({one.path for one in counted}) == 1 and not {one.path for one in counted} & set(raw),
    )
    trial.check(
        f"expected a path label that begins with {under}; there are {labels}",
        holds=all(one.path.startswith(under) for one in counted),
    )


def _users() -> APIRouter:
    router = APIRouter()
    router.add_api_route("/users/{user}", hello, response_model=None)
    return router


class _Copying:
    """A middleware whose application's changes to the scope nobody outside sees."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(dict(scope), receive, send)


class _Guard:
    """A middleware that lets nobody in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await PlainTextResponse("who are you?", status_code=401)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


ROUTING = (
    Case("path-parameters", "Path parameters", "The route's template, not the path.", _path_parameters),
    Case("not-found", "A path that is no route's", "Counted as 404, all such paths in one series.", _not_found),
    Case("method-not-allowed", "A method the route does not have", "405, with the route.", _method_not_allowed),
    Case("slash-redirect", "A redirect for a slash", "307, not under the path asked for.", _slash_redirect),
    Case(
        "included-router",
        "FastAPI's include_router",
        "The template begins with the prefix; each inclusion is told apart.",
        _included_router,
        ("fastapi",),
    ),
    Case("nested-router", "Routers in routers", "The template has every prefix.", _nested_router, ("fastapi",)),
    Case(
        "mounted-application",
        "A mounted application",
        "The mount's template and the route's.",
        _mounted_application,
    ),
    Case("mounted-twice", "One application mounted twice", "Each mount is told apart.", _mounted_twice),
    Case("mounted-files", "Mounted static files", "One series for the mount, not one a file.", _mounted_files),
    Case("host", "Routes for a host", "The template, whatever the host.", _host),
    Case(
        "answered-before-routing",
        "A middleware that answers itself, e.g. a guard or CORS",
        "Counted under the route that was meant.",
        _answered_before_routing,
    ),
    Case("copied-scope", "A middleware that copies the scope", "The template.", _copied_scope),
    Case("root-path", "Behind a proxy's root path", "The template without the root path.", _root_path),
    Case("metrics-endpoint", "The exposition itself", "Not counted.", _metrics_endpoint),
    Case(
        "nested-middleware",
        "An instrumented application mounted in another",
        "Counted once, by the outer one.",
        _nested_twice,
    ),
)
