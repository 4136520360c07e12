"""Expiring wallets that lie idle after their festival closed; their money stays owed to the holders."""

from datetime import datetime

from sqlalchemy import select, update

from festivals.domain.festival import FestivalStatus
from festivals.domain.wallet import WalletStatus
from festivals.store.database import Database
from festivals.store.tables import festivals, wallets

BATCH = 500
"""Wallets expired in one transaction: locks are held for milliseconds, and a kill undoes little."""


async def expire_idle(database: Database, unused_since: datetime, *, batch: int = BATCH) -> int:
    """Expire every wallet of a closed festival that nobody used since then; return how many.

    Several may run at once: each passes over what another has locked.
    """
    total = 0
    while (expired := await _expire_batch(database, unused_since, batch)) > 0:
        total += expired
        if expired < batch:
            break
    return total


async def _expire_batch(database: Database, unused_since: datetime, batch: int) -> int:
    idle = (
        select(wallets.c.id)
        .join(festivals, festivals.c.id == wallets.c.festival_id)
        .where(festivals.c.status == FestivalStatus.CLOSED)
        .where(wallets.c.status == WalletStatus.ACTIVE, wallets.c.last_used_at < unused_since)
        .limit(batch)
        .with_for_update(of=wallets, skip_locked=True, key_share=True)
    )
    expire = update(wallets).where(wallets.c.id.in_(idle)).values(status=WalletStatus.EXPIRED)
    async with database.transaction() as connection:
        return (await connection.execute(expire)).rowcount
