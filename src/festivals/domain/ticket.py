"""Tickets, and what a scan at a gate turns out to be."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class TicketKind(StrEnum):
    """The kinds of ticket that are counted apart."""

    DAY = "day"
    WEEKEND = "weekend"
    VIP = "vip"
    CAMPING = "camping"
    CREW = "crew"


class TicketStatus(StrEnum):
    """How far a ticket is on its way to its holder."""

    ISSUED = "issued"
    DELIVERED = "delivered"


class Direction(StrEnum):
    """Which way somebody passes a gate."""

    IN = "in"
    OUT = "out"


class ScanType(StrEnum):
    """What a scan turned out to be; the last two are refused."""

    ENTRY = "entry"
    EXIT = "exit"
    REENTRY = "reentry"
    DUPLICATE = "duplicate"
    """In, with a ticket whose holder is inside."""
    INVALID = "invalid"
    """An unknown code, or out with a ticket whose holder is not inside."""

    @property
    def accepted(self) -> bool:
        """Whether the gate opens."""
        return self not in {ScanType.DUPLICATE, ScanType.INVALID}


@dataclass(frozen=True, slots=True)
class TicketType:
    """What a festival sells tickets of."""

    id: UUID
    festival_id: str
    name: str
    kind: TicketKind
    price_cents: int
    capacity: int
    issued: int
    created_at: datetime

    @property
    def sold_out(self) -> bool:
        """Whether no further ticket can be issued."""
        return self.issued >= self.capacity


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket, and whether its holder is inside."""

    id: UUID
    festival_id: str
    ticket_type_id: UUID
    kind: TicketKind
    code: str
    holder: str
    inside: bool
    entries: int
    """How often its holder came in."""
    created_at: datetime
    delivered_at: datetime | None

    @property
    def status(self) -> TicketStatus:
        """Whether it was delivered to its holder."""
        return TicketStatus.ISSUED if self.delivered_at is None else TicketStatus.DELIVERED

    def passed(self, direction: Direction) -> "Ticket":
        """Return the ticket after its holder passed a gate."""
        if direction is Direction.IN:
            return replace(self, inside=True, entries=self.entries + 1)
        return replace(self, inside=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan at a gate."""

    festival_id: str
    ticket_id: UUID | None
    code: str
    direction: Direction
    gate: str
    scan_type: ScanType
    scanned_at: datetime


def judge(ticket: Ticket | None, direction: Direction) -> ScanType:
    """Tell what a scan of `ticket`, None for an unknown code, is."""
    if ticket is None:
        return ScanType.INVALID
    if direction is Direction.OUT:
        return ScanType.EXIT if ticket.inside else ScanType.INVALID
    if ticket.inside:
        return ScanType.DUPLICATE
    return ScanType.REENTRY if ticket.entries else ScanType.ENTRY
