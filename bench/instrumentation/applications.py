"""The application that requests are sent to: forty templated routes, in Starlette and in FastAPI."""

import time
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

ROUTES = 40

Framework: TypeAlias = Literal["Starlette", "FastAPI"]
Build: TypeAlias = Callable[..., Starlette]
"""Makes a bare application; FastAPI's takes `telemetry`."""

SILENT = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI's own telemetry switched off, which costs something even where nobody configured it."""


def starlette() -> Starlette:
    """Return a bare Starlette application."""

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse({"item": request.path_params["item_id"]})

    return Starlette(routes=[Route(template, answer) for template in _templates()])


def fastapi(telemetry: Any = SILENT) -> FastAPI:  # noqa: ANN401 - FastAPI's TypedDict, or None
    """Return a bare FastAPI application."""
    app = FastAPI(telemetry=telemetry, openapi_url=None)

    async def answer(item_id: str) -> dict[str, str]:
        return {"item": item_id}

    for template in _templates():
        app.get(template)(answer)
    return app


BUILDS: dict[Framework, Build] = {"Starlette": starlette, "FastAPI": fastapi}


class Requests:
    """Requests for every route in turn, made before the clock runs, given to an application without a server."""

    def __init__(self, app: ASGIApp, *, exposed_at: str = "") -> None:
        """Take the application, and where it exposes what it counted, which is looked at once."""
        self._app = app
        self._exposed_at = exposed_at
        self._is_checked = False
        self._paths = [f"/api/v1/resource{number}/42" for number in range(ROUTES)]

    async def timed(self) -> int:
        """Have one request for every route answered; returns the nanoseconds of CPU that it took this thread."""
        if not self._is_checked:
            await self._check()
        scopes = [_scope(path) for path in self._paths]
        app = self._app
        started = time.thread_time_ns()
        for scope in scopes:
            await app(scope, _receive, _send)
        return time.thread_time_ns() - started

    async def _check(self) -> None:
        """Raise AssertionError unless every route answers 200, and is counted."""
        for path in self._paths:
            status, _ = await self._get(path)
            assert status == 200, f"{path}: {status}"
        if self._exposed_at:
            _, exposition = await self._get(self._exposed_at)
            uncounted = [template for template in _templates() if template not in exposition]
            assert not uncounted, f"not counted: {', '.join(uncounted)}"
        self._is_checked = True

    async def _get(self, path: str) -> tuple[int, str]:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app({**_scope(path), "headers": []}, _receive, keep)
        body = b"".join([message.get("body", b"") for message in messages[1:]])
        return messages[0]["status"], body.decode()


def _templates() -> list[str]:
    return [f"/api/v1/resource{number}/{{item_id}}" for number in range(ROUTES)]


def _scope(path: str) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"shop.example:8080"),
            (b"user-agent", b"bench"),
            (b"accept", b"application/json"),
            (b"accept-encoding", b"gzip, deflate"),
            (b"connection", b"keep-alive"),
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8_080),
        "state": {},
    }


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: Message) -> None:
    pass
