"""Intentions as requests: looking up what an intention means, asking, and keeping what the answer gives."""

from typing import assert_never

from festivals.traffic import organiser
from festivals.traffic.acts import blunders, gates, money, views
from festivals.traffic.intentions import (
    Blunder,
    Buy,
    BuyTicket,
    CloseFestival,
    Intention,
    LookAt,
    OpenWallet,
    Refund,
    ScanIn,
    ScanOut,
    ShowForgery,
    TopUp,
    Transfer,
)
from festivals.traffic.scene import Turn


async def act(intention: Intention, turn: Turn) -> None:
    """Do what `intention` says, with one request or several; what goes wrong is counted, never raised."""
    match intention:
        case LookAt(view):
            await views.look_at(view, turn)
        case BuyTicket() | ScanIn() | ScanOut() | ShowForgery():
            await gates.act(intention, turn)
        case OpenWallet() | TopUp() | Buy() | Transfer() | Refund():
            await money.act(intention, turn)
        case Blunder(mistake):
            await blunders.make(mistake, turn)
        case CloseFestival():
            await organiser.close(turn.scene.api, turn.actor.festival, turn.intended)
        case _:
            assert_never(intention)
