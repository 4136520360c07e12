"""One festival as its operators see it: money, wallets, tickets, the latest at the stalls and gates."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.errors import NotFound
from festivals.domain.festival import Festival, Settlement
from festivals.domain.ticket import Direction, ScanType, TicketType
from festivals.domain.transaction import Failure, TransactionStatus, TransactionType
from festivals.domain.wallet import WalletStatus
from festivals.services.figures import Transactions
from festivals.services.overview import SUCCEEDED
from festivals.services.paging import Page, page_of
from festivals.store.database import Database
from festivals.store.festivals import find_festival, find_settlement
from festivals.store.rows import columns_of
from festivals.store.tables import festivals, scans, tickets, transactions, wallets
from festivals.store.tickets import count_inside, list_ticket_types

LATEST = 8


@dataclass(frozen=True, slots=True)
class TypeTotal:
    """The transactions of one type."""

    type: TransactionType
    succeeded: int = 0
    refused: int = 0
    amount_cents: int = 0
    """Of those that succeeded."""


@dataclass(frozen=True, slots=True)
class WalletTotals:
    """A festival's wallets."""

    active: int
    expired: int
    balance_cents: int
    """What they hold, the expired ones too."""


@dataclass(frozen=True, slots=True)
class TicketTotals:
    """A festival's tickets."""

    issued: int
    delivered: int


@dataclass(frozen=True, slots=True)
class TransactionLine:
    """A transaction in a list."""

    id: UUID
    type: TransactionType
    status: TransactionStatus
    failure: Failure | None
    amount_cents: int
    stall: str | None
    holder: str
    """Whose wallet it is."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ScanLine:
    """A scan in a list."""

    id: int
    direction: Direction
    gate: str
    scan_type: ScanType
    holder: str | None
    """Whose ticket it is; None for an unknown code."""
    scanned_at: datetime


@dataclass(frozen=True, slots=True)
class FestivalReport:
    """A festival with its figures since it was created."""

    festival: Festival
    inside: int
    by_type: tuple[TypeTotal, ...]
    wallets: WalletTotals
    tickets: TicketTotals
    ticket_types: tuple[TicketType, ...]
    last_transactions: tuple[TransactionLine, ...]
    last_scans: tuple[ScanLine, ...]
    settlement: Settlement | None

    @property
    def takings_cents(self) -> int:
        """Purchases less refunds."""
        amounts = {total.type: total.amount_cents for total in self.by_type}
        return amounts[TransactionType.PURCHASE] - amounts[TransactionType.REFUND]

    @property
    def transactions(self) -> Transactions:
        """Every transaction that was asked for."""
        succeeded = sum(total.succeeded for total in self.by_type)
        return Transactions(succeeded + sum(total.refused for total in self.by_type), succeeded)


async def festival_report(database: Database, festival_id: str) -> FestivalReport:
    """Return one festival with its figures; raises NotFound."""
    async with database.reading() as connection:
        return FestivalReport(
            festival=await _festival(connection, festival_id),
            inside=await count_inside(connection, festival_id),
            by_type=await _by_type(connection, festival_id),
            wallets=await _wallets(connection, festival_id),
            tickets=await _tickets(connection, festival_id),
            ticket_types=tuple(await list_ticket_types(connection, festival_id)),
            last_transactions=await _transactions(connection, festival_id, LATEST, None),
            last_scans=await _scans(connection, festival_id, LATEST, None),
            settlement=await find_settlement(connection, festival_id),
        )


async def festivals_page(database: Database, *, limit: int, after: str | None) -> Page[Festival]:
    """Return festivals, the newest first, from those created before festival `after`."""
    place = tuple_(festivals.c.created_at, festivals.c.id)
    newest = select(*columns_of(Festival, festivals)).order_by(place.desc()).limit(limit + 1)
    if after is not None:
        last = select(festivals.c.created_at, festivals.c.id).where(festivals.c.id == after)
        newest = newest.where(place < last.scalar_subquery())
    async with database.reading() as connection:
        rows = [Festival(*row) for row in await connection.execute(newest)]
    return page_of(rows, limit, lambda festival: festival.id)


async def transactions_page(
    database: Database, festival_id: str, *, limit: int, after: UUID | None
) -> tuple[Festival, Page[TransactionLine]]:
    """Return a festival and its transactions, the newest first, from those before `after`; raises NotFound."""
    async with database.reading() as connection:
        festival = await _festival(connection, festival_id)
        rows = await _transactions(connection, festival_id, limit + 1, after)
    return festival, page_of(rows, limit, lambda line: line.id)


async def scans_page(
    database: Database, festival_id: str, *, limit: int, after: int | None
) -> tuple[Festival, Page[ScanLine]]:
    """Return a festival and its scans, the newest first, from those before `after`; raises NotFound."""
    async with database.reading() as connection:
        festival = await _festival(connection, festival_id)
        rows = await _scans(connection, festival_id, limit + 1, after)
    return festival, page_of(rows, limit, lambda line: line.id)


async def _festival(connection: AsyncConnection, festival_id: str) -> Festival:
    found = await find_festival(connection, festival_id)
    if found is None:
        raise NotFound(f"there is no festival {festival_id}")
    return found


async def _by_type(connection: AsyncConnection, festival_id: str) -> tuple[TypeTotal, ...]:
    succeeded, amount = func.count().filter(SUCCEEDED), func.sum(transactions.c.amount_cents).filter(SUCCEEDED)
    rows = await connection.execute(
        select(
            transactions.c.type, succeeded, func.count() - succeeded, cast(func.coalesce(amount, 0), BigInteger)
        )
        .where(transactions.c.festival_id == festival_id)
        .group_by(transactions.c.type)
    )
    known = {row[0]: TypeTotal(TransactionType(row[0]), *row[1:]) for row in rows}
    return tuple(known.get(kind, TypeTotal(kind)) for kind in TransactionType)


async def _wallets(connection: AsyncConnection, festival_id: str) -> WalletTotals:
    row = await connection.execute(
        select(
            func.count().filter(wallets.c.status == WalletStatus.ACTIVE),
            func.count().filter(wallets.c.status == WalletStatus.EXPIRED),
            cast(func.coalesce(func.sum(wallets.c.balance_cents), 0), BigInteger),
        ).where(wallets.c.festival_id == festival_id)
    )
    return WalletTotals(*row.one())


async def _tickets(connection: AsyncConnection, festival_id: str) -> TicketTotals:
    row = await connection.execute(
        select(func.count(), func.count(tickets.c.delivered_at)).where(tickets.c.festival_id == festival_id)
    )
    return TicketTotals(*row.one())


async def _transactions(
    connection: AsyncConnection, festival_id: str, limit: int, after: UUID | None
) -> tuple[TransactionLine, ...]:
    newest = (
        select(*columns_of(TransactionLine, transactions, wallets))
        .join(wallets, wallets.c.id == transactions.c.wallet_id)
        .where(transactions.c.festival_id == festival_id)
        .order_by(transactions.c.id.desc())
        .limit(limit)
    )
    if after is not None:
        newest = newest.where(transactions.c.id < after)
    return tuple(TransactionLine(*row) for row in await connection.execute(newest))


async def _scans(
    connection: AsyncConnection, festival_id: str, limit: int, after: int | None
) -> tuple[ScanLine, ...]:
    newest = (
        select(*columns_of(ScanLine, scans, tickets))
        .outerjoin(tickets, tickets.c.id == scans.c.ticket_id)
        .where(scans.c.festival_id == festival_id)
        .order_by(scans.c.id.desc())
        .limit(limit)
    )
    if after is not None:
        newest = newest.where(scans.c.id < after)
    return tuple(ScanLine(*row) for row in await connection.execute(newest))
