"""A client that speaks ASGI with an application in the same process, and can misbehave."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from starlette.types import ASGIApp, Message, Scope

DEADLINE = 20.0
"""Seconds after which a call that does not end is given up."""


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    complete: bool = False
    error: BaseException | None = None
    """What the application raised into the server."""


class Call:
    """A request under way, with the client's and the server's ends in hand."""

    def __init__(self, app: ASGIApp, scope: Scope, body: Iterable[bytes], *, send_fails: bool = False) -> None:
        self.answer = Answer()
        self._body = list(body)
        self._send_fails = send_fails
        self._gone = asyncio.Event()
        self._first_byte = asyncio.Event()
        self._task = asyncio.create_task(self._run(app, scope))

    async def begun(self) -> None:
        """Wait for the first byte of the response's body, or for the end."""
        first = asyncio.create_task(self._first_byte.wait())
        await asyncio.wait({first, self._task}, return_when=asyncio.FIRST_COMPLETED, timeout=DEADLINE)
        first.cancel()

    def leave(self) -> None:
        """Close the connection from the client's side."""
        self._gone.set()

    def cancel(self) -> None:
        """Cancel the request's task, as a server does that will not wait any longer."""
        self._task.cancel()

    async def end(self) -> Answer:
        """Wait until the application is done and return what came back."""
        await asyncio.wait({self._task}, timeout=DEADLINE)
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=DEADLINE)
            self.answer.error = TimeoutError(f"no end within {DEADLINE:g} s")
        return self.answer

    async def _run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self._receive, self._send)
        except asyncio.CancelledError as error:
            self.answer.error = error
        except Exception as error:  # noqa: BLE001 - whatever it is, the case judges it
            self.answer.error = error

    async def _receive(self) -> Message:
        if self._body:
            part = self._body.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(self._body)}
        if not self.answer.complete:
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._gone.is_set():
            if self._send_fails:
                raise OSError("the client has gone")
            return
        answer = self.answer
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")
            answer.complete = not message.get("more_body", False)
            self._first_byte.set()
        elif message["type"] == "http.response.pathsend":
            answer.complete = True
        if answer.complete:
            # As servers do: nothing more is to be had of this client.
            self._gone.set()


class Options(TypedDict, total=False):
    """What a request may have besides its method and its path."""

    headers: Mapping[str, str]
    body: Iterable[bytes]
    """Its parts; after an empty one the application waits for more than comes."""
    root_path: str
    """What a proxy has put before the paths; the path of the request includes it."""
    extensions: Mapping[str, Any]
    """Of ASGI, that the server has."""
    send_fails: bool
    """Whether sending raises OSError once the client has gone, as ASGI 2.4 says; else what is sent is dropped."""


@dataclass(frozen=True, slots=True)
class Client:
    """Sends requests to `app`."""

    app: ASGIApp

    async def get(self, path: str, **options: Unpack[Options]) -> Answer:
        """Send a GET and wait for the end."""
        return await self.request("GET", path, **options)

    async def request(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """Send a request and wait for the end."""
        return await self.start(method, path, **options).end()

    def start(self, method: str, path: str, **options: Unpack[Options]) -> Call:
        """Begin a request."""
        headers = {"host": "test", **options.get("headers", {})}
        send_fails = options.get("send_fails", False)
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4" if send_fails else "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogateescape"),
            "query_string": b"",
            "root_path": options.get("root_path", ""),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("test", 80),
            "extensions": dict(options.get("extensions", {})),
            "state": {},
        }
        return Call(self.app, scope, options.get("body", (b"",)), send_fails=send_fails)
