"""What goes in and comes out. Everything that comes in has a bound."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from festivals.domain.festival import FestivalStatus
from festivals.domain.ticket import Direction, ScanType, TicketKind, TicketStatus
from festivals.domain.transaction import TransactionStatus, TransactionType
from festivals.domain.wallet import WalletStatus

_SLUG = r"^[a-z0-9](-?[a-z0-9])*$"
_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]+$"

Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=120, pattern=_PRINTABLE)]
ShortName: TypeAlias = Annotated[str, Field(min_length=1, max_length=80, pattern=_PRINTABLE)]
TicketCode: TypeAlias = Annotated[str, Field(min_length=1, max_length=64, pattern=_PRINTABLE)]
Slug: TypeAlias = Annotated[str, Field(min_length=1, max_length=40, pattern=_SLUG)]
Amount: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=1_000_000, description="in cents")]

FestivalId: TypeAlias = Annotated[str, Path(min_length=1, max_length=40, pattern=_SLUG)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200, description="how many at most")]
AfterSlug: TypeAlias = Annotated[
    str | None, Query(min_length=1, max_length=40, pattern=_SLUG, description="`next` of the page before")
]
AfterId: TypeAlias = Annotated[UUID | None, Query(description="`next` of the page before")]
IdempotencyKey: TypeAlias = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="Visible ASCII. The same key with the same request gets the same answer and moves money once.",
    ),
]


class Request(BaseModel):
    """A body: an object with the fields it is declared to have, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewFestival(Request):
    """A festival to plan."""

    id: Slug
    name: Name
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")] = "EUR"


class NewWallet(Request):
    """A wallet to create."""

    holder: Name


class NewTopUp(Request):
    """Money to load."""

    amount_cents: Amount


class NewPurchase(Request):
    """Something bought at a stall."""

    amount_cents: Amount
    stall: ShortName


class NewTransfer(Request):
    """Money for another wallet."""

    amount_cents: Amount
    to_wallet_id: UUID


class NewRefund(Request):
    """Money to give back; what is left of the purchase where no amount is named."""

    amount_cents: Amount | None = None


class NewTicketType(Request):
    """A type of ticket to offer."""

    name: ShortName
    kind: TicketKind
    price_cents: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class NewTicket(Request):
    """A ticket to issue."""

    ticket_type_id: UUID
    holder: Name


class NewScan(Request):
    """A ticket held before a gate."""

    code: TicketCode
    direction: Direction
    gate: ShortName


class Answer(BaseModel):
    """A response's body, read off a value of the domain."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class FestivalAnswer(Answer):
    """A festival."""

    id: str
    name: str
    currency: str
    status: FestivalStatus
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class FestivalPage(Answer):
    """Festivals in the order of their ids."""

    items: list[FestivalAnswer]
    next: str | None = Field(description="`after` of the next page; null at the end")


class AttendanceAnswer(Answer):
    """How many people are inside."""

    festival_id: str
    inside: int


class SettlementAnswer(Answer):
    """What a closed festival took and owes."""

    festival_id: str
    top_ups_cents: int
    purchases_cents: int
    refunds_cents: int
    revenue_cents: int
    unspent_cents: int
    transactions: int
    settled_at: datetime


class WalletAnswer(Answer):
    """A wallet as it is now."""

    id: UUID
    festival_id: str
    holder: str
    status: WalletStatus
    balance_cents: int
    created_at: datetime
    last_used_at: datetime


class TransactionAnswer(Answer):
    """A money movement."""

    id: UUID
    festival_id: str
    type: TransactionType
    status: TransactionStatus
    amount_cents: int
    wallet_id: UUID
    counterparty_wallet_id: UUID | None
    refunds_transaction_id: UUID | None
    stall: str | None
    created_at: datetime


class TransactionPage(Answer):
    """A wallet's transactions, given and received, the newest first."""

    items: list[TransactionAnswer]
    next: UUID | None = Field(description="`after` of the next page; null at the end")


class TicketTypeAnswer(Answer):
    """A type of ticket."""

    id: UUID
    festival_id: str
    name: str
    kind: TicketKind
    price_cents: int
    capacity: int
    issued: int
    created_at: datetime


class TicketTypeList(Answer):
    """A festival's ticket types in the order they were added."""

    items: list[TicketTypeAnswer]


class TicketAnswer(Answer):
    """A ticket."""

    id: UUID
    festival_id: str
    ticket_type_id: UUID
    kind: TicketKind
    code: str
    holder: str
    status: TicketStatus
    inside: bool
    created_at: datetime
    delivered_at: datetime | None


class ScanAnswer(Answer):
    """What a scan turned out to be."""

    accepted: bool
    scan_type: ScanType
    ticket_id: UUID | None
    scanned_at: datetime
