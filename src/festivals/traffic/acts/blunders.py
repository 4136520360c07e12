"""What clumsy clients send: each of these is a 4xx, and a 5xx would be the platform's fault."""

from collections.abc import Callable, Iterator

from festivals.traffic.acts import money
from festivals.traffic.client import Request
from festivals.traffic.intentions import Mistake
from festivals.traffic.scene import Actor, Turn

_NOBODYS = "00000000-0000-4000-8000-000000000000"
_OPERATION = "blunder"


async def make(mistake: Mistake, turn: Turn) -> None:
    """Send what `mistake` describes."""
    for request in _REQUESTS[mistake](turn.actor):
        if request.path.endswith("/top-ups"):
            # The first of two under one key goes through, and counts.
            await money.move("top_up", request, turn)
        else:
            await turn.ask(request)


def _top_up(actor: Actor, amount: object, key: str | None) -> Request:
    path = f"/api/v1/wallets/{actor.wallet_id or _NOBODYS}/top-ups"
    return Request(_OPERATION, "POST", path, {"amount_cents": amount}, key)


def _get(path: str) -> Callable[[Actor], Iterator[Request]]:
    def requests(_actor: Actor) -> Iterator[Request]:
        yield Request(_OPERATION, "GET", path)

    return requests


def _pay(amount: object) -> Callable[[Actor], Iterator[Request]]:
    def requests(actor: Actor) -> Iterator[Request]:
        yield _top_up(actor, amount, actor.new_key())

    return requests


def _missing_key(actor: Actor) -> Iterator[Request]:
    yield _top_up(actor, 100, None)


def _reused_key(actor: Actor) -> Iterator[Request]:
    key = actor.new_key()
    yield _top_up(actor, 100, key)
    yield _top_up(actor, 200, key)


def _taken_name(actor: Actor) -> Iterator[Request]:
    body = {"id": actor.festival.id, "name": actor.festival.name}
    yield Request(_OPERATION, "POST", "/api/v1/festivals", body)


_REQUESTS: dict[Mistake, Callable[[Actor], Iterator[Request]]] = {
    "unknown wallet": _get(f"/api/v1/wallets/{_NOBODYS}"),
    "unknown festival": _get("/api/v1/festivals/nowhere"),
    "unknown page": _get("/api/v1/festival"),
    "nothing to pay": _pay(0),
    "unreadable amount": _pay("ten"),
    "missing key": _missing_key,
    "reused key": _reused_key,
    "taken name": _taken_name,
}
