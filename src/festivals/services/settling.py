"""Settling a closed festival: what it took and what it owes, added up once from its ledger."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, cast, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.errors import Conflict, NotFound
from festivals.domain.festival import FestivalStatus, Settlement
from festivals.domain.ledger import Account
from festivals.store.database import Database
from festivals.store.festivals import await_stillness, find_settlement, insert_settlement, sum_of_balances
from festivals.store.tables import ledger_entries, transactions


class BooksDisagree(Exception):
    """A festival's wallets do not hold what its ledger says, so nothing is settled until somebody has looked."""


async def settle(database: Database, festival_id: str, now: datetime) -> Settlement:
    """Return the settlement of a closed festival, and keep it if it is the first; the first one stands for ever.

    Raises NotFound, Conflict when the festival is not closed, and BooksDisagree.
    """
    async with database.transaction() as connection:
        await _hold_closed(connection, festival_id)
        if kept := await find_settlement(connection, festival_id):
            return kept
        settlement = await add_up(connection, festival_id, now)
        await _compare_with_wallets(connection, settlement)
        await insert_settlement(connection, settlement)
        return settlement


async def add_up(connection: AsyncConnection, festival_id: str, now: datetime) -> Settlement:
    """Return what the festival's ledger says now."""
    row = (await connection.execute(_TOTALS, {"festival": festival_id})).one()
    return Settlement(festival_id, *row, settled_at=now)


_AMOUNT = ledger_entries.c.amount_cents
_TILL = ledger_entries.c.account == Account.TILL


def _cents(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(func.abs(_AMOUNT)).filter(*conditions), 0), BigInteger)


_TOTALS = (
    select(
        _cents(ledger_entries.c.account == Account.OUTSIDE),
        _cents(_TILL, _AMOUNT > 0),
        _cents(_TILL, _AMOUNT < 0),
        cast(func.coalesce(func.sum(_AMOUNT).filter(ledger_entries.c.account == Account.WALLET), 0), BigInteger),
        cast(func.count(distinct(ledger_entries.c.transaction_id)), Integer),
    )
    .select_from(ledger_entries.join(transactions))
    .where(transactions.c.festival_id == bindparam("festival"))
)
"""Top-ups, purchases, refunds, what is left in wallets, and how many transactions moved money."""


async def _hold_closed(connection: AsyncConnection, festival_id: str) -> None:
    festival = await await_stillness(connection, festival_id)
    if festival is None:
        raise NotFound(f"there is no festival {festival_id}")
    if festival.status is not FestivalStatus.CLOSED:
        raise Conflict(f"festival {festival_id} is {festival.status}; only a closed one can be settled")


async def _compare_with_wallets(connection: AsyncConnection, settlement: Settlement) -> None:
    held = await sum_of_balances(connection, settlement.festival_id)
    if held != settlement.unspent_cents:
        raise BooksDisagree(
            f"festival {settlement.festival_id}: its wallets hold {held} cents, its ledger says "
            f"{settlement.unspent_cents}; compare the two before anybody is paid back"
        )
