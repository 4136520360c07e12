"""Money, with real locks."""

import asyncio
from uuid import UUID, uuid4

import pytest

from festivals.catalogue import business
from festivals.catalogue import database as catalogue
from festivals.domain.errors import Invalid, NotFound, Refusal
from festivals.domain.transaction import Failure, TransactionRefused, TransactionStatus
from festivals.services.books import audit
from festivals.services.composition import Services
from festivals.services.payments import Outcome
from festivals.store.database import Database
from festivals.telemetry.watch import watch_database
from steward.instrument import Instruments

pytestmark = pytest.mark.slow


def key() -> str:
    return uuid4().hex


@pytest.fixture
async def festival(services: Services) -> str:
    await services.festivals.create("rock", "Rock", "EUR")
    await services.festivals.open("rock")
    return "rock"


async def wallet_with(services: Services, festival: str, cents: int) -> UUID:
    wallet = await services.wallets.create(festival, "Ann")
    if cents:
        await services.payments.top_up(wallet.id, cents, key=key())
    return wallet.id


async def balance(services: Services, wallet_id: UUID) -> int:
    return (await services.wallets.get(wallet_id)).balance_cents


def failures(results: list[Outcome | BaseException]) -> list[Failure]:
    return [result.failure for result in results if isinstance(result, TransactionRefused)]


async def test_a_purchase_moves_money_from_the_wallet_to_the_till(
    services: Services, database: Database, festival: str
) -> None:
    wallet = await wallet_with(services, festival, 1000)
    await services.payments.purchase(wallet, 300, "bar", key=key())
    books = await audit(database)
    assert (books.wallets_cents, books.till_cents, books.outside_cents) == (700, 300, -1000)
    assert books.sound


async def test_a_purchase_is_four_statements(services: Services, festival: str, database: Database) -> None:
    wallet = await wallet_with(services, festival, 1000)
    instruments = Instruments(catalogue.METRICS)
    watch_database(database.engine, instruments)
    await services.payments.purchase(wallet, 300, "bar", key=key())
    assert instruments.total(catalogue.QUERIES) == 4


async def test_a_wallet_that_is_too_empty_pays_nothing_and_the_attempt_is_kept(
    services: Services, festival: str, instruments: Instruments
) -> None:
    wallet = await wallet_with(services, festival, 100)
    with pytest.raises(TransactionRefused) as refused:
        await services.payments.purchase(wallet, 101, "bar", key=key())
    kept = await services.payments.get(refused.value.transaction.id)
    assert kept.status is TransactionStatus.INSUFFICIENT_BALANCE
    assert await balance(services, wallet) == 100
    assert instruments.total(business.TRANSACTIONS, status="insufficient_balance") == 1


async def test_only_one_of_two_purchases_that_together_are_too_much_succeeds(
    services: Services, festival: str
) -> None:
    wallet = await wallet_with(services, festival, 100)
    purchases = (services.payments.purchase(wallet, 60, "bar", key=key()) for _ in range(8))
    results = await asyncio.gather(*purchases, return_exceptions=True)
    assert failures(results) == [Failure.INSUFFICIENT_BALANCE] * 7
    assert await balance(services, wallet) == 40


async def test_equal_requests_that_race_move_money_once(
    services: Services, festival: str, instruments: Instruments
) -> None:
    wallet = await wallet_with(services, festival, 1000)
    same = key()
    results = await asyncio.gather(*(services.payments.purchase(wallet, 10, "bar", key=same) for _ in range(8)))
    assert len({outcome.transaction.id for outcome in results}) == 1
    assert [outcome.replayed for outcome in results].count(False) == 1
    assert await balance(services, wallet) == 990
    assert instruments.total(business.TRANSACTIONS, type="purchase") == 1


async def test_one_key_for_two_wallets_that_race_is_spent_once(services: Services, festival: str) -> None:
    wallets = [await wallet_with(services, festival, 1000) for _ in range(6)]
    same = key()
    results = await asyncio.gather(
        *(services.payments.purchase(wallet, 10, "bar", key=same) for wallet in wallets), return_exceptions=True
    )
    assert [type(result) for result in results].count(Invalid) == 5
    assert sorted([await balance(services, wallet) for wallet in wallets]) == [990] + [1000] * 5


async def test_a_key_that_was_used_for_another_request_is_refused(services: Services, festival: str) -> None:
    wallet = await wallet_with(services, festival, 1000)
    used = key()
    await services.payments.purchase(wallet, 10, "bar", key=used)
    for again in (
        services.payments.purchase(wallet, 11, "bar", key=used),
        services.payments.purchase(wallet, 10, "food", key=used),
        services.payments.top_up(wallet, 10, key=used),
    ):
        with pytest.raises(Invalid):
            await again
    assert await balance(services, wallet) == 990


async def test_a_refusal_is_replayed_even_when_it_would_succeed_now(
    services: Services, festival: str, instruments: Instruments
) -> None:
    wallet = await wallet_with(services, festival, 0)
    used = key()
    with pytest.raises(TransactionRefused) as first:
        await services.payments.purchase(wallet, 10, "bar", key=used)
    await services.payments.top_up(wallet, 1000, key=key())
    with pytest.raises(TransactionRefused) as second:
        await services.payments.purchase(wallet, 10, "bar", key=used)
    assert (first.value.replayed, second.value.replayed) == (False, True)
    assert first.value.transaction == second.value.transaction
    assert instruments.total(business.TRANSACTIONS, type="purchase") == 1


async def test_transfers_in_both_directions_at_once_do_not_wait_for_each_other(
    services: Services, festival: str, database: Database
) -> None:
    one, other = [await wallet_with(services, festival, 10_000) for _ in range(2)]
    there = [services.payments.transfer(one, other, 3, key=key()) for _ in range(10)]
    back = [services.payments.transfer(other, one, 2, key=key()) for _ in range(10)]
    await asyncio.gather(*there, *back)
    assert (await balance(services, one), await balance(services, other)) == (9_990, 10_010)
    assert (await audit(database)).sound


async def test_refunds_that_race_give_back_no_more_than_was_paid(services: Services, festival: str) -> None:
    wallet = await wallet_with(services, festival, 100)
    purchase = (await services.payments.purchase(wallet, 100, "bar", key=key())).transaction
    refunds = (services.payments.refund(purchase.id, 40, key=key()) for _ in range(8))
    results = await asyncio.gather(*refunds, return_exceptions=True)
    assert failures(results) == [Failure.MORE_THAN_LEFT] * 6
    rest = await services.payments.refund(purchase.id, None, key=key())
    assert rest.transaction.amount_cents == 20
    assert await balance(services, wallet) == 100


async def test_only_a_successful_purchase_can_be_refunded(services: Services, festival: str) -> None:
    wallet = await wallet_with(services, festival, 0)
    top_up = (await services.payments.top_up(wallet, 100, key=key())).transaction
    with pytest.raises(TransactionRefused) as refused:
        await services.payments.refund(top_up.id, None, key=key())
    assert refused.value.failure is Failure.NOT_A_PURCHASE


async def test_wallets_of_two_festivals_do_not_trade(services: Services, festival: str) -> None:
    await services.festivals.create("jazz", "Jazz", "EUR")
    await services.festivals.open("jazz")
    sender, stranger = await wallet_with(services, festival, 100), await wallet_with(services, "jazz", 0)
    with pytest.raises(TransactionRefused) as refused:
        await services.payments.transfer(sender, stranger, 10, key=key())
    assert refused.value.failure is Failure.OTHER_FESTIVAL


async def test_no_money_moves_before_the_opening_and_after_the_closing(services: Services) -> None:
    await services.festivals.create("rock", "Rock", "EUR")
    wallet = await wallet_with(services, "rock", 0)
    with pytest.raises(TransactionRefused) as early:
        await services.payments.top_up(wallet, 10, key=key())
    await services.festivals.open("rock")
    await services.festivals.close("rock")
    with pytest.raises(TransactionRefused) as late:
        await services.payments.top_up(wallet, 10, key=key())
    assert early.value.failure is late.value.failure is Failure.FESTIVAL_NOT_OPEN


@pytest.mark.parametrize("amount", [None, 10])
async def test_what_does_not_exist_is_not_found(services: Services, amount: int | None) -> None:
    for attempt in (
        services.payments.top_up(uuid4(), 10, key=key()),
        services.payments.transfer(uuid4(), uuid4(), 10, key=key()),
        services.payments.refund(uuid4(), amount, key=key()),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_wallet_cannot_give_to_itself(services: Services, festival: str) -> None:
    wallet = await wallet_with(services, festival, 100)
    with pytest.raises(Refusal, match="itself"):
        await services.payments.transfer(wallet, wallet, 10, key=key())
