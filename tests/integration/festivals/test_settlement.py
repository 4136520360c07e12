"""What a festival took and owes, and when that is known."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from festivals.domain.errors import Conflict, NotFound
from festivals.domain.transaction import TransactionRefused
from festivals.domain.wallet import WalletStatus
from festivals.services.composition import Services
from festivals.services.wallets import expire_idle_wallets
from festivals.store import festivals, wallets
from festivals.store.database import Database

pytestmark = pytest.mark.slow


async def test_a_settlement_adds_up_what_happened(services: Services) -> None:
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
    made = await services.settlements.settle("rock")
    assert (made.top_ups_cents, made.purchases_cents, made.refunds_cents) == (1000, 300, 100)
    assert (made.revenue_cents, made.unspent_cents, made.transactions) == (200, 800, 3)
    assert await services.settlements.settle("rock") == made == await services.settlements.get("rock")


async def test_only_a_closed_festival_is_settled(services: Services) -> None:
    with pytest.raises(NotFound):
        await services.settlements.settle("rock")
    await services.festivals.create("rock", "Rock", "EUR")
    with pytest.raises(Conflict):
        await services.settlements.settle("rock")


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
        settling = asyncio.create_task(services.settlements.settle("rock"))
        await _until_somebody_waits(database)
        assert not settling.done()
    assert (await settling).transactions == 0


async def test_idle_wallets_expire_and_keep_their_money(services: Services, database: Database) -> None:
    await services.festivals.create("rock", "Rock", "EUR")
    await services.festivals.open("rock")
    idle, busy = [(await services.wallets.create("rock", "Ann")).id for _ in range(2)]
    for wallet in (idle, busy):
        await services.payments.top_up(wallet, 100, key=uuid4().hex)
    later = datetime.now(UTC) + timedelta(hours=1)
    async with database.transaction() as connection:
        await connection.execute(
            text("UPDATE wallets SET last_used_at = :later WHERE id = :id"), {"later": later, "id": busy}
        )
    expired = await expire_idle_wallets(database, idle_for=timedelta(minutes=30), clock=lambda: later)
    assert expired == 1
    expired_wallet = await services.wallets.get(idle)
    assert (expired_wallet.status, expired_wallet.balance_cents) == (WalletStatus.EXPIRED, 100)
    with pytest.raises(TransactionRefused, match="expired"):
        await services.payments.purchase(idle, 10, "bar", key=uuid4().hex)
    await services.payments.purchase(busy, 10, "bar", key=uuid4().hex)


async def _until_somebody_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(10):
        while True:
            async with database.reading() as connection:
                if await connection.scalar(waiting):
                    return
