"""Statements on wallets."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.festival import FestivalStatus
from festivals.domain.wallet import Wallet
from festivals.store.rows import columns_of, row_of
from festivals.store.tables import festivals, wallets

_WALLET = columns_of(Wallet, wallets)

# Holding the festival's key, as its foreign keys do anyway, keeps a settlement waiting for this transaction.
_FESTIVAL_STATUS = (
    select(festivals.c.status)
    .where(festivals.c.id == wallets.c.festival_id)
    .with_for_update(read=True, key_share=True)
    .scalar_subquery()
)
_BY_ID = select(*_WALLET).where(wallets.c.id == bindparam("id"))
_LOCKED = (
    select(*_WALLET, _FESTIVAL_STATUS)
    .where(wallets.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(wallets.c.id)
    .with_for_update(of=wallets, key_share=True)
)
_INSERT = insert(wallets)
_CHANGE = (
    update(wallets)
    .where(wallets.c.id == bindparam("wallet_id"))
    .values(balance_cents=wallets.c.balance_cents + bindparam("change"), last_used_at=bindparam("now"))
)


async def insert_wallet(connection: AsyncConnection, wallet: Wallet) -> None:
    """Add `wallet`."""
    await connection.execute(_INSERT, row_of(wallet))


async def find_wallet(connection: AsyncConnection, wallet_id: UUID) -> Wallet | None:
    """Read a wallet."""
    row = (await connection.execute(_BY_ID, {"id": wallet_id})).first()
    return None if row is None else Wallet(*row)


async def lock_wallets(
    connection: AsyncConnection, *wallet_ids: UUID
) -> Mapping[UUID, tuple[Wallet, FestivalStatus]]:
    """Read wallets, each with its festival's status, and keep others from changing them.

    They are locked in the order of their ids, whatever order they are named in, so that two transfers between the
    same wallets cannot wait for each other.
    """
    rows = await connection.execute(_LOCKED, {"ids": wallet_ids})
    return {wallet.id: (wallet, status) for *columns, status in rows for wallet in (Wallet(*columns),)}


async def change_balances(connection: AsyncConnection, changes: Mapping[UUID, int], now: datetime) -> None:
    """Add to the balances of locked wallets, in cents, and note that they were used."""
    rows = [{"wallet_id": wallet_id, "change": change, "now": now} for wallet_id, change in changes.items()]
    await connection.execute(_CHANGE, rows[0] if len(rows) == 1 else rows)
