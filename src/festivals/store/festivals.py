"""Statements on festivals and their settlements."""

from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.festival import Festival, FestivalStatus, Settlement
from festivals.store.rows import columns_of, row_of
from festivals.store.tables import festivals, settlements, wallets

_FESTIVAL = columns_of(Festival, festivals)
_SETTLEMENT = columns_of(Settlement, settlements)

_BY_ID = select(*_FESTIVAL).where(festivals.c.id == bindparam("id"))
_LOCKED = _BY_ID.with_for_update()
_LOCKED_FOR_CHANGE = _BY_ID.with_for_update(key_share=True)
_STATUS = (
    select(festivals.c.status).where(festivals.c.id == bindparam("id")).with_for_update(read=True, key_share=True)
)
_INSERT = insert(festivals).on_conflict_do_nothing(index_elements=[festivals.c.id]).returning(festivals.c.id)
_UPDATE = (
    update(festivals)
    .where(festivals.c.id == bindparam("festival_id"))
    .values({name: bindparam(name) for name in ("status", "opened_at", "closed_at")})
)
_INSERT_SETTLEMENT = (
    insert(settlements)
    .on_conflict_do_nothing(index_elements=[settlements.c.festival_id])
    .returning(settlements.c.festival_id)
)
_SETTLEMENT_BY_ID = select(*_SETTLEMENT).where(settlements.c.festival_id == bindparam("id"))


async def insert_festival(connection: AsyncConnection, festival: Festival) -> bool:
    """Add `festival`; False where its id is taken."""
    return (await connection.execute(_INSERT, row_of(festival))).first() is not None


async def find_festival(connection: AsyncConnection, festival_id: str) -> Festival | None:
    """Read a festival."""
    return _festival((await connection.execute(_BY_ID, {"id": festival_id})).first())


async def lock_festival(connection: AsyncConnection, festival_id: str) -> Festival | None:
    """Read a festival and keep others from changing it; money and gates go on meanwhile."""
    return _festival((await connection.execute(_LOCKED_FOR_CHANGE, {"id": festival_id})).first())


async def await_stillness(connection: AsyncConnection, festival_id: str) -> Festival | None:
    """Read a festival once every transaction that relies on its status has ended, and hold up new ones."""
    return _festival((await connection.execute(_LOCKED, {"id": festival_id})).first())


async def rely_on_status(connection: AsyncConnection, festival_id: str) -> FestivalStatus | None:
    """Read a festival's status; no settlement is made before this transaction ends."""
    status: FestivalStatus | None = await connection.scalar(_STATUS, {"id": festival_id})
    return status


async def update_status(connection: AsyncConnection, festival: Festival) -> None:
    """Write the status of `festival` and the times that go with it."""
    values = {"status": festival.status, "opened_at": festival.opened_at, "closed_at": festival.closed_at}
    await connection.execute(_UPDATE, {"festival_id": festival.id, **values})


async def list_festivals(
    connection: AsyncConnection, *, limit: int, after: str | None = None, status: FestivalStatus | None = None
) -> list[Festival]:
    """Read festivals in the order of their ids, those behind `after` only."""
    statement = select(*_FESTIVAL).order_by(festivals.c.id).limit(limit)
    if after is not None:
        statement = statement.where(festivals.c.id > after)
    if status is not None:
        statement = statement.where(festivals.c.status == status)
    return [Festival(*row) for row in await connection.execute(statement)]


async def insert_settlement(connection: AsyncConnection, settlement: Settlement) -> bool:
    """Add `settlement`; False where the festival has one."""
    return (await connection.execute(_INSERT_SETTLEMENT, row_of(settlement))).first() is not None


async def find_settlement(connection: AsyncConnection, festival_id: str) -> Settlement | None:
    """Read a festival's settlement."""
    row = (await connection.execute(_SETTLEMENT_BY_ID, {"id": festival_id})).first()
    return None if row is None else Settlement(*row)


async def sum_of_balances(connection: AsyncConnection, festival_id: str) -> int:
    """Return what a festival's wallets hold, in cents."""
    total = cast(func.coalesce(func.sum(wallets.c.balance_cents), 0), BigInteger)
    return int(await connection.scalar(select(total).where(wallets.c.festival_id == festival_id)) or 0)


def _festival(row: Row[*tuple[Any, ...]] | None) -> Festival | None:
    return None if row is None else Festival(*row)
