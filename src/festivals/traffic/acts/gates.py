"""Tickets and the gates at which they are shown."""

from typing import Literal

from festivals.traffic.client import Answer, Request
from festivals.traffic.intentions import AtGate, BuyTicket, ScanIn, ScanOut, ShowForgery
from festivals.traffic.scene import Actor, Turn
from festivals.traffic.site import TicketKind

_FORGED_CODE = "FORGED-0000-0000"


async def act(intention: AtGate, turn: Turn) -> None:
    """Buy or show a ticket."""
    match intention:
        case BuyTicket(kind):
            await _buy(kind, turn)
        case ScanIn(gate, ticket_of):
            await _come_in(turn.scene.actors[ticket_of] if ticket_of else turn.actor, gate, turn)
        case ScanOut(gate):
            await _go_out(gate, turn)
        case ShowForgery(gate):
            await _scan(_FORGED_CODE, "in", gate, turn)


async def _buy(kind: TicketKind, turn: Turn) -> None:
    """Buy a ticket, or a day ticket where that type is sold out."""
    answer = await _order(kind, turn)
    if answer.status == 409 and kind != "day" and turn.actor.festival.is_open:
        answer = await _order("day", turn)
    if answer.ok:
        turn.actor.ticket_id = answer.text("id")
        turn.actor.ticket_code = answer.text("code")


async def _order(kind: TicketKind, turn: Turn) -> Answer:
    festival = turn.actor.festival
    body = {"ticket_type_id": festival.ticket_types[kind], "holder": turn.actor.name}
    return await turn.ask(Request("buy ticket", "POST", f"{festival.path}/tickets", body))


async def _come_in(owner: Actor, gate: str, turn: Turn) -> None:
    if owner is turn.actor and owner.ticket_code is None:
        # The ticket shop was down when it should have been bought: there is a box office at the gate.
        await _buy("day", turn)
    if owner.ticket_code is None:
        turn.skip()
        return
    answer = await _scan(owner.ticket_code, "in", gate, turn)
    if owner is turn.actor:
        owner.waved_through = not answer.ok


async def _go_out(gate: str, turn: Turn) -> None:
    actor = turn.actor
    if actor.ticket_code is None or actor.waved_through:
        turn.skip()
        return
    await _scan(actor.ticket_code, "out", gate, turn)


async def _scan(code: str, direction: Literal["in", "out"], gate: str, turn: Turn) -> Answer:
    festival = turn.actor.festival
    body = {"code": code, "direction": direction, "gate": gate}
    answer = await turn.ask(Request("scan", "POST", f"{festival.path}/scans", body))
    if answer.ok:
        turn.ledger.scans[answer.text("scan_type") or "unnamed"] += 1
    if answer.fields.get("accepted") is True:
        festival.inside += 1 if direction == "in" else -1
    return answer
