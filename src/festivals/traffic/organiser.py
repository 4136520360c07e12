"""Setting a festival up and closing it."""

import asyncio
from collections.abc import Callable, Iterator

from festivals.traffic.client import Answer, Client, Request
from festivals.traffic.errors import PlatformRefused
from festivals.traffic.scene import Festival
from festivals.traffic.site import OFFERS, TicketKind, TicketOffer

Tell = Callable[[str], None]

_LONGEST_PAUSE = 5.0
_NAMES_TO_TRY = 20


async def create(client: Client, name: str, festival_id: str, tell: Tell) -> Festival:
    """Plan a festival; however long the platform is away, wait for it.

    Where `festival_id` is taken, `festival_id-2` and so on are tried. Raises PlatformRefused.
    """
    for candidate in _candidates(festival_id):
        body = {"id": candidate, "name": name, "currency": "EUR"}
        answer = await _insist(client, Request("create festival", "POST", "/api/v1/festivals", body), tell)
        if answer.ok:
            return Festival(candidate, name)
    raise PlatformRefused(f"festival {festival_id} and {_NAMES_TO_TRY - 1} like it exist; choose another --seed")


async def open_for(visitors: int, client: Client, festival: Festival, tell: Tell) -> None:
    """Offer tickets for so many visitors and open the festival; wait and raise as `create` does."""
    for offer in OFFERS:
        await _insist(client, _ticket_type(festival, offer, visitors), tell)
    # Read back, because a try whose answer was lost may have made one too.
    listed = await _insist(client, Request("read ticket types", "GET", f"{festival.path}/ticket-types"), tell)
    festival.ticket_types.update(_identifiers(listed))
    # Set before it is: an end in between must not leave it open.
    festival.is_open = True
    await _insist(client, Request("open festival", "POST", f"{festival.path}/open"), tell)


async def close(client: Client, festival: Festival, intended: float | None = None) -> None:
    """Close a festival, so that it is settled; where no answer tells that it is, it counts as open."""
    answer = await client.ask(Request("close festival", "POST", f"{festival.path}/close"), intended)
    festival.is_open = festival.is_open and not answer.known


async def wait_until_ready(client: Client, url: str, tell: Tell) -> None:
    """Return once the platform says that it is ready; tell once if that is not so at the first try."""
    await _until(client, Request("readiness", "GET", "/readyz"), lambda answer: answer.ok, url, tell)


def _candidates(festival_id: str) -> Iterator[str]:
    yield festival_id
    for number in range(2, _NAMES_TO_TRY + 1):
        yield f"{festival_id}-{number}"


def _ticket_type(festival: Festival, offer: TicketOffer, visitors: int) -> Request:
    body = {
        "name": offer.name,
        "kind": offer.kind,
        "price_cents": offer.price_cents,
        "capacity": max(10, int(visitors * offer.per_visitor)),
    }
    return Request("create ticket type", "POST", f"{festival.path}/ticket-types", body)


def _identifiers(listed: Answer) -> dict[TicketKind, str]:
    items = listed.fields.get("items")
    listed_items = items if isinstance(items, list) else []
    known = {item.get("kind"): item.get("id") for item in listed_items if isinstance(item, dict)}
    try:
        return {offer.kind: str(known[offer.kind]) for offer in OFFERS}
    except KeyError as error:
        raise PlatformRefused(
            f"the platform lists no ticket type of kind {error}; is this the Festivals API?"
        ) from None


async def _insist(client: Client, request: Request, tell: Tell) -> Answer:
    """Ask until the platform has decided; a 409 is a decision, any other refusal ends the run."""
    answer = await _until(client, request, lambda answer: answer.known, request.operation, tell)
    if answer.ok or answer.status == 409:
        return answer
    hint = "give its token with --token-file" if answer.status in {401, 403} else "is this the Festivals API?"
    raise PlatformRefused(f"{request.operation}: the platform answers {answer.status}; {hint}")


async def _until(
    client: Client, request: Request, done: Callable[[Answer], bool], what: str, tell: Tell
) -> Answer:
    pause = 0.25
    while not done(answer := await client.ask_once(request)):
        if pause == 0.25:
            tell(f"waiting for the platform ({what}: {answer.failure or answer.status})")
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    return answer
