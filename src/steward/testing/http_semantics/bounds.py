"""Cases about what strangers can make of the labels, and about other protocols than HTTP."""

import random

from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Message, Scope
from starlette.websockets import WebSocket

from steward.testing.http_semantics.case import At, Case, Trial, hello

_ODD_METHODS = ("BREW", "get", "G\u00cbT", "", "X" * 100_000)
_STRANGERS = 1_000


async def _odd_methods(trial: Trial) -> None:
    client = trial.client(trial.app(At("/items/{item}", hello)))
    for method in _ODD_METHODS:
        await client.request(method, "/items/1")
    counted = (await trial.subject.seen()).requests
    labels = {one.method for one in counted}
    number = sum(one.number for one in counted)
    trial.check(f"expected {len(_ODD_METHODS)} requests; counted {number:g}", holds=number == len(_ODD_METHODS))
    shown = ", ".join(sorted(repr(f"{label[:20]}{'...' * (len(label) > 20)}") for label in labels))
    trial.check(f"expected one method label; there are {shown}", holds=len(labels) == 1)


async def _strangers(trial: Trial) -> None:
    client = trial.client(trial.app(At("/items/{item}", hello), At("/users/{user}", hello, ("POST",))))
    stranger = random.Random(0)  # noqa: S311 - not a secret
    before: int | None = None
    for number in range(_STRANGERS):
        if number == _STRANGERS // 2:
            before = (await trial.subject.seen()).series
        path = f"{stranger.choice(('/items/', '/users/', '/', '/items'))}{stranger.random()}"
        method = stranger.choice(("GET", "POST", f"M{stranger.random()}"))
        await client.request(method, path)
    after = (await trial.subject.seen()).series
    trial.check(
        f"expected no more series after {_STRANGERS} requests than after half of them; {before} became {after}",
        holds=before == after,
    )


async def _websocket(trial: Trial) -> None:
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    app = trial.app(At("/items/{item}", hello))
    app.router.routes.append(WebSocketRoute("/talk", talk))
    scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": "/talk",
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "subprotocols": [],
    }
    sent = await _converse(
        trial.client(app).app,
        scope,
        [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "hello"}],
    )
    expected = ["websocket.accept", "websocket.send", "websocket.close"]
    trial.check(f"expected the conversation {expected}; there was {sent}", holds=sent == expected)
    await trial.counted()


async def _lifespan(trial: Trial) -> None:
    client = trial.client(trial.app(At("/items/{item}", hello)))
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    sent = await _converse(client.app, scope, [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    expected = ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    trial.check(f"expected the conversation {expected}; there was {sent}", holds=sent == expected)
    await trial.counted()


async def _converse(app: ASGIApp, scope: Scope, received: list[Message]) -> list[str]:
    """Return the types of what the application says in a conversation."""
    sent: list[str] = []

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await app(scope, receive, send)
    return sent


BOUNDS = (
    Case("odd-methods", "Methods that no standard knows", "All of them in one series.", _odd_methods),
    Case(
        "strangers",
        "Random paths and methods",
        "The number of series stays as it is.",
        _strangers,
    ),
    Case("websocket", "A WebSocket", "Passed on untouched, not counted.", _websocket),
    Case("lifespan", "The server's start and end", "Passed on untouched, not counted.", _lifespan),
)
