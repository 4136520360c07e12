"""Looking at things."""

from collections.abc import Callable

from festivals.traffic.client import Request
from festivals.traffic.intentions import View
from festivals.traffic.scene import Actor, Turn

_Path = Callable[[Actor], str | None]


def _own(path: str, identifier: Callable[[Actor], str | None]) -> _Path:
    """Return the path of something an actor may not have."""

    def resolve(actor: Actor) -> str | None:
        found = identifier(actor)
        return path.format(found) if found else None

    return resolve


_PATHS: dict[View, _Path] = {
    "festival": lambda actor: actor.festival.path,
    "festivals": lambda _actor: "/api/v1/festivals?limit=20",
    "ticket types": lambda actor: f"{actor.festival.path}/ticket-types",
    "attendance": lambda actor: f"{actor.festival.path}/attendance",
    "settlement": lambda actor: f"{actor.festival.path}/settlement",
    "balance": _own("/api/v1/wallets/{}", lambda actor: actor.wallet_id),
    "history": _own("/api/v1/wallets/{}/transactions?limit=10", lambda actor: actor.wallet_id),
    "transaction": _own("/api/v1/transactions/{}", lambda actor: actor.last_transaction),
    "ticket": _own("/api/v1/tickets/{}", lambda actor: actor.ticket_id),
    "admin": lambda _actor: "/",
}


async def look_at(view: View, turn: Turn) -> None:
    """Read something; the admin dashboard only where there is one."""
    path = _PATHS[view](turn.actor)
    client = turn.scene.admin if view == "admin" else turn.scene.api
    if path is None or client is None:
        turn.skip()
        return
    await turn.ask(Request(f"read {view}", "GET", path), client)
