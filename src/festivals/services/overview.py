"""What the operators look at first: the open festivals since midnight."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.festival import FestivalStatus
from festivals.domain.ticket import ScanType
from festivals.domain.transaction import TransactionStatus, TransactionType
from festivals.services.figures import Scans, Transactions
from festivals.store.database import Database
from festivals.store.tables import festivals, scans, tickets, transactions

AT_MOST = 50
"""Open festivals shown; the newest opened come first."""

SUCCEEDED = transactions.c.status == TransactionStatus.SUCCESS
REFUSED_SCAN = scans.c.scan_type.in_([kind for kind in ScanType if not kind.accepted])
TAKINGS: ColumnElement[int] = func.coalesce(
    func.sum(
        case(
            (transactions.c.type == TransactionType.PURCHASE, transactions.c.amount_cents),
            (transactions.c.type == TransactionType.REFUND, -transactions.c.amount_cents),
            else_=0,
        )
    ).filter(SUCCEEDED),
    0,
)
"""Purchases less refunds, in cents, of the transactions selected."""


@dataclass(frozen=True, slots=True)
class FestivalToday:
    """An open festival since midnight."""

    id: str
    name: str
    currency: str
    inside: int
    takings_cents: int
    transactions: Transactions
    scans: Scans


@dataclass(frozen=True, slots=True)
class Overview:
    """The open festivals since `since`, which is midnight."""

    since: datetime
    festivals: tuple[FestivalToday, ...]

    @property
    def inside(self) -> int:
        """People inside all of them."""
        return sum(festival.inside for festival in self.festivals)

    @property
    def takings(self) -> tuple[tuple[str, int], ...]:
        """(currency, cents) taken, the currencies in order of the alphabet."""
        sums: Counter[str] = Counter()
        for festival in self.festivals:
            sums[festival.currency] += festival.takings_cents
        return tuple(sorted(sums.items()))

    @property
    def transactions(self) -> Transactions:
        """The transactions of all of them."""
        return Transactions(
            sum(festival.transactions.asked for festival in self.festivals),
            sum(festival.transactions.succeeded for festival in self.festivals),
        )

    @property
    def scans(self) -> Scans:
        """The scans of all of them."""
        return Scans(
            sum(festival.scans.made for festival in self.festivals),
            sum(festival.scans.refused for festival in self.festivals),
        )


async def overview(database: Database, now: datetime) -> Overview:
    """Return the open festivals since the midnight before `now`, in the zone of `now`."""
    since = now.replace(hour=0, minute=0, second=0, microsecond=0)
    async with database.reading() as connection:
        opened = (
            await connection.execute(
                select(festivals.c.id, festivals.c.name, festivals.c.currency)
                .where(festivals.c.status == FestivalStatus.OPEN)
                .order_by(festivals.c.opened_at.desc(), festivals.c.id)
                .limit(AT_MOST)
            )
        ).all()
        ids = [row.id for row in opened]
        inside = await _inside(connection, ids)
        money = await _money(connection, ids, since)
        scanned = await _scanned(connection, ids, since)
    return Overview(
        since,
        tuple(
            FestivalToday(
                row.id,
                row.name,
                row.currency,
                inside.get(row.id, 0),
                *money.get(row.id, (0, Transactions())),
                scanned.get(row.id, Scans()),
            )
            for row in opened
        ),
    )


def first_id_at(instant: datetime) -> UUID:
    """Return the least UUID of version 7 that could be made at `instant`: the index on ids is one on time."""
    return UUID(int=(int(instant.timestamp() * 1000) & (1 << 48) - 1) << 80)


async def _inside(connection: AsyncConnection, ids: list[str]) -> Mapping[str, int]:
    rows = await connection.execute(
        select(tickets.c.festival_id, func.count())
        .where(tickets.c.inside, tickets.c.festival_id.in_(ids))
        .group_by(tickets.c.festival_id)
    )
    return {row[0]: row[1] for row in rows}


async def _money(
    connection: AsyncConnection, ids: list[str], since: datetime
) -> Mapping[str, tuple[int, Transactions]]:
    rows = await connection.execute(
        select(transactions.c.festival_id, TAKINGS, func.count(), func.count().filter(SUCCEEDED))
        .where(transactions.c.festival_id.in_(ids), transactions.c.id >= first_id_at(since))
        .group_by(transactions.c.festival_id)
    )
    return {festival: (int(taken), Transactions(asked, succeeded)) for festival, taken, asked, succeeded in rows}


async def _scanned(connection: AsyncConnection, ids: list[str], since: datetime) -> Mapping[str, Scans]:
    rows = await connection.execute(
        select(scans.c.festival_id, func.count(), func.count().filter(REFUSED_SCAN))
        .where(scans.c.festival_id.in_(ids), scans.c.scanned_at >= since)
        .group_by(scans.c.festival_id)
    )
    return {festival: Scans(made, refused) for festival, made, refused in rows}
