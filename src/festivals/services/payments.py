"""Payments: money moves once for each idempotency key, and only as a whole.

A purchase is four statements between BEGIN and COMMIT: lock the wallet, keep the transaction under its key, change
the balance, write the ledger. Locks are always taken in the order wallets (by id), key.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain import ledger
from festivals.domain.errors import Invalid, NotFound
from festivals.domain.festival import FestivalStatus
from festivals.domain.identifiers import new_id
from festivals.domain.transaction import (
    Failure,
    Transaction,
    TransactionRefused,
    TransactionStatus,
    TransactionType,
    purchase_failure,
    refund_failure,
    top_up_failure,
    transfer_failure,
)
from festivals.domain.wallet import Wallet
from festivals.services.clock import Clock, utc_now
from festivals.store import transactions as store
from festivals.store import wallets
from festivals.store.database import Database
from festivals.store.transactions import Idempotency
from festivals.telemetry.business import BusinessMetrics

_Decide = Callable[[AsyncConnection, datetime], Awaitable[Transaction]]
"""Locks the wallets concerned and says what becomes of the request."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A transaction that succeeded."""

    transaction: Transaction
    replayed: bool
    """Whether it was made by an earlier request with the same key."""


class Payments:
    """Moves money.

    Each use case raises NotFound before there is a festival to book a refusal to, else TransactionRefused for a
    refusal that is kept, and Invalid where the key was used for another request.
    """

    def __init__(self, database: Database, metrics: BusinessMetrics, clock: Clock = utc_now) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock

    async def top_up(self, wallet_id: UUID, amount_cents: int, *, key: str) -> Outcome:
        """Load a wallet with cash or by card."""

        async def decide(connection: AsyncConnection, now: datetime) -> Transaction:
            wallet, festival = await _lock(connection, wallet_id)
            failure = top_up_failure(festival, wallet)
            return _transaction(TransactionType.TOP_UP, wallet, amount_cents, failure, now)

        return await self._once(key, (TransactionType.TOP_UP, wallet_id, amount_cents), decide)

    async def purchase(self, wallet_id: UUID, amount_cents: int, stall: str, *, key: str) -> Outcome:
        """Pay at a stall."""

        async def decide(connection: AsyncConnection, now: datetime) -> Transaction:
            wallet, festival = await _lock(connection, wallet_id)
            failure = purchase_failure(festival, wallet, amount_cents)
            return _transaction(TransactionType.PURCHASE, wallet, amount_cents, failure, now, stall=stall)

        return await self._once(key, (TransactionType.PURCHASE, wallet_id, amount_cents, stall), decide)

    async def transfer(self, wallet_id: UUID, to_wallet_id: UUID, amount_cents: int, *, key: str) -> Outcome:
        """Give to another wallet of the same festival; raises Invalid for the same wallet."""
        if wallet_id == to_wallet_id:
            raise Invalid("a wallet cannot give to itself; name another one in to_wallet_id")

        async def decide(connection: AsyncConnection, now: datetime) -> Transaction:
            locked = await wallets.lock_wallets(connection, wallet_id, to_wallet_id)
            sender, festival = _known(locked.get(wallet_id), wallet_id)
            receiver, _ = _known(locked.get(to_wallet_id), to_wallet_id)
            failure = transfer_failure(festival, sender, receiver, amount_cents)
            return _transaction(
                TransactionType.TRANSFER, sender, amount_cents, failure, now, counterparty_wallet_id=receiver.id
            )

        return await self._once(key, (TransactionType.TRANSFER, wallet_id, amount_cents, to_wallet_id), decide)

    async def refund(self, transaction_id: UUID, amount_cents: int | None, *, key: str) -> Outcome:
        """Give back a purchase, or what is left of it where no amount is named."""

        async def decide(connection: AsyncConnection, now: datetime) -> Transaction:
            original = await store.find_transaction(connection, transaction_id)
            if original is None:
                raise NotFound(f"no transaction has the id {transaction_id}")
            wallet, festival = await _lock(connection, original.wallet_id)
            # After the lock, because every refund of this purchase passes through the same wallet.
            left = original.amount_cents - await store.refunded_cents(connection, transaction_id)
            amount = left if amount_cents is None else amount_cents
            failure = refund_failure(festival, wallet, original, left, amount)
            return _transaction(
                TransactionType.REFUND, wallet, amount, failure, now, refunds_transaction_id=original.id
            )

        return await self._once(key, (TransactionType.REFUND, transaction_id, amount_cents), decide)

    async def get(self, transaction_id: UUID) -> Transaction:
        """Return a transaction, also one that failed; raises NotFound."""
        async with self._database.reading() as connection:
            transaction = await store.find_transaction(connection, transaction_id)
        if transaction is None:
            raise NotFound(f"no transaction has the id {transaction_id}")
        return transaction

    async def _once(self, key: str, request: tuple[object, ...], decide: _Decide) -> Outcome:
        idempotency = Idempotency(key, _digest(request))
        async with self._database.transaction() as connection:
            decided = await decide(connection, self._clock())
            if await store.insert_transaction(connection, decided, idempotency):
                await _book(connection, decided)
                outcome = Outcome(decided, replayed=False)
            else:
                outcome = Outcome(await _recall(connection, idempotency), replayed=True)
        transaction = outcome.transaction
        if not outcome.replayed:
            self._metrics.transaction_ended(transaction)
        if transaction.failure is not None:
            raise TransactionRefused(transaction, transaction.failure, replayed=outcome.replayed)
        return outcome


async def _lock(connection: AsyncConnection, wallet_id: UUID) -> tuple[Wallet, FestivalStatus]:
    return _known((await wallets.lock_wallets(connection, wallet_id)).get(wallet_id), wallet_id)


def _known(found: tuple[Wallet, FestivalStatus] | None, wallet_id: UUID) -> tuple[Wallet, FestivalStatus]:
    if found is None:
        raise NotFound(f"no wallet has the id {wallet_id}")
    return found


def _transaction(
    kind: TransactionType,
    wallet: Wallet,
    amount_cents: int,
    failure: Failure | None,
    now: datetime,
    *,
    stall: str | None = None,
    counterparty_wallet_id: UUID | None = None,
    refunds_transaction_id: UUID | None = None,
) -> Transaction:
    return Transaction(
        new_id(now),
        wallet.festival_id,
        kind,
        TransactionStatus.SUCCESS if failure is None else failure.status,
        failure,
        amount_cents,
        wallet.id,
        now,
        counterparty_wallet_id,
        refunds_transaction_id,
        stall,
    )


async def _book(connection: AsyncConnection, transaction: Transaction) -> None:
    if transaction.failure is not None:
        return
    entries = ledger.entries(transaction)
    changes = {entry.wallet_id: entry.amount_cents for entry in entries if entry.wallet_id is not None}
    await wallets.change_balances(connection, changes, transaction.created_at)
    await store.insert_entries(connection, transaction.id, entries)


async def _recall(connection: AsyncConnection, idempotency: Idempotency) -> Transaction:
    found = await store.find_by_key(connection, idempotency.key)
    if found is None:
        raise LookupError("an idempotency key vanished; transactions are never deleted")
    transaction, request_hash = found
    if request_hash != idempotency.request_hash:
        raise Invalid("this idempotency key was used for another request; take a new key for a new request")
    return transaction


def _digest(request: tuple[object, ...]) -> bytes:
    return hashlib.sha256(json.dumps(request, default=str).encode()).digest()
