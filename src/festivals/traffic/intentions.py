"""What somebody at a festival can want of the platform.

An intention names no identifier of the platform: it says "my last purchase" or "my friend's wallet", and whoever
acts on it looks up what that is. So it can be decided without having heard a single answer.
"""

from dataclasses import dataclass
from typing import Literal

from festivals.traffic.site import TicketKind

View = Literal[
    "festival",
    "festivals",
    "ticket types",
    "attendance",
    "settlement",
    "balance",
    "history",
    "transaction",
    "ticket",
    "admin",
]
"""What can be looked at; the last five but `admin` are one's own."""

Mistake = Literal[
    "unknown wallet",
    "unknown festival",
    "unknown page",
    "nothing to pay",
    "unreadable amount",
    "missing key",
    "reused key",
    "taken name",
]
"""What a clumsy client gets wrong."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """Read something."""

    view: View


@dataclass(frozen=True, slots=True)
class BuyTicket:
    """Get a ticket; it becomes one's own."""

    kind: TicketKind


@dataclass(frozen=True, slots=True)
class ScanIn:
    """Show a ticket at a gate on the way in: one's own, or a photograph of `ticket_of`'s."""

    gate: str
    ticket_of: str | None = None


@dataclass(frozen=True, slots=True)
class ScanOut:
    """Leave through a gate."""

    gate: str
    for_good: bool = True


@dataclass(frozen=True, slots=True)
class ShowForgery:
    """Show a code that nobody issued."""

    gate: str


@dataclass(frozen=True, slots=True)
class OpenWallet:
    """Get a wallet."""


@dataclass(frozen=True, slots=True)
class TopUp:
    """Put money into the wallet."""

    cents: int


@dataclass(frozen=True, slots=True)
class Buy:
    """Buy at a stall; with `resend` the till loses the answer and sends the same order again."""

    cents: int
    stall: str
    resend: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send money to somebody else's wallet."""

    to: str
    cents: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Ask for the money of the last purchase back, `times` times."""

    times: int = 1


@dataclass(frozen=True, slots=True)
class Blunder:
    """Send what the platform must refuse."""

    mistake: Mistake


@dataclass(frozen=True, slots=True)
class CloseFestival:
    """End the festival that one is at."""


AtGate = BuyTicket | ScanIn | ScanOut | ShowForgery
WithMoney = OpenWallet | TopUp | Buy | Transfer | Refund
Intention = LookAt | AtGate | WithMoney | Blunder | CloseFestival


@dataclass(frozen=True, slots=True)
class Step:
    """Who wants what, and when, in simulated seconds since the day began."""

    at: float
    actor: str
    intention: Intention
