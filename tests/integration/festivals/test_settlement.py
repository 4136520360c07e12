"""What a festival took and owes, and when that is known."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from festivals.domain.errors import NotFound
from festivals.domain.transaction import TransactionRefused
from festivals.services.composition import Services
from festivals.services.settling import settle
from festivals.store import festivals, wallets
from festivals.store.database import Database

pytestmark = pytest.mark.slow


async def test_a_settlement_adds_up_what_happened(services: Services, database: Database) -> None:
    await services.festivals.create("rock", "Rock", "EUR")
    await services.festivals.open("rock")
    wallet = (await services.wallets.create("rock", "Ann")).id
    await services.payments.top_up(wallet, 1000, key=uuid4().hex)
    purchase = await services.payments.purchase(wallet, 300, "bar", key=uuid4().hex)
    await services.payments.refund(purchase.transaction.id, 100, key=uuid4().hex)
    with pytest.raises(TransactionRefused):
        await services.payments.purchase(wallet, 9999, "bar", key=uuid4().hex)
    await services.festivals.close("rock")
    with pytest.raises(NotFound):
        await services.settlements.get("rock")
    made = await settle(database, "rock", datetime.now(UTC))
    assert (made.top_ups_cents, made.purchases_cents, made.refunds_cents) == (1000, 300, 100)
    assert (made.revenue_cents, made.unspent_cents, made.transactions) == (200, 800, 3)
    assert await settle(database, "rock", datetime.now(UTC)) == made == await services.settlements.get("rock")


@pytest.mark.parametrize("at", ["a gate", "a stall"])
async def test_a_settlement_waits_for_who_saw_the_festival_open(
    services: Services, database: Database, at: str
) -> None:
    await services.festivals.create("rock", "Rock", "EUR")
    await services.festivals.open("rock")
    wallet = await services.wallets.create("rock", "Ann")
    async with database.transaction() as connection:
        if at == "a gate":
            assert await festivals.rely_on_status(connection, "rock") == "open"
        else:
            assert await wallets.lock_wallets(connection, wallet.id) == {wallet.id: (wallet, "open")}
        await services.festivals.close("rock")
        settling = asyncio.create_task(settle(database, "rock", datetime.now(UTC)))
        await _until_somebody_waits(database)
        assert not settling.done()
    assert (await settling).transactions == 0


async def _until_somebody_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(10):
        while True:
            async with database.reading() as connection:
                if await connection.scalar(waiting):
                    return
