"""What the festival ground offers: tickets, gates, stalls. Money is in cents."""

from dataclasses import dataclass
from typing import Literal

TicketKind = Literal["day", "weekend", "vip", "camping", "crew"]

GATES = ("north", "east", "river")

LEAST_TOP_UP = 3_000
MOST_TOP_UP = 8_000


@dataclass(frozen=True, slots=True)
class TicketOffer:
    """A type of ticket, how many there are for each expected visitor, and how many of the buyers want it."""

    kind: TicketKind
    name: str
    price_cents: int
    per_visitor: float
    demand: float


OFFERS = (
    TicketOffer("day", "Day ticket", 6_900, 2.0, 0.50),
    TicketOffer("weekend", "Weekend ticket", 14_900, 1.0, 0.25),
    TicketOffer("camping", "Weekend with camping", 18_900, 1.0, 0.20),
    # A few less than are wanted: VIP tickets sell out.
    TicketOffer("vip", "VIP weekend", 39_900, 0.045, 0.05),
    TicketOffer("crew", "Crew badge", 0, 1.0, 0.0),
)


@dataclass(frozen=True, slots=True)
class Stall:
    """A place that sells, its cheapest and dearest order, and its share of all orders."""

    name: str
    least_cents: int
    most_cents: int
    share: float


STALLS = (
    Stall("main-bar", 350, 900, 0.30),
    Stall("river-bar", 350, 900, 0.20),
    Stall("coffee-cart", 280, 520, 0.12),
    Stall("noodles", 750, 1_400, 0.14),
    Stall("pizza", 650, 1_300, 0.12),
    Stall("ice-cream", 250, 600, 0.08),
    Stall("merchandise", 1_500, 3_500, 0.04),
)
