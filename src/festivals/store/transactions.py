"""Statements on transactions and the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, bindparam, cast, func, or_, select, union_all
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.ledger import Entry
from festivals.domain.transaction import Transaction, TransactionStatus
from festivals.store.rows import columns_of, row_of
from festivals.store.tables import ledger_entries, transactions

_TRANSACTION = columns_of(Transaction, transactions)

_INSERT = (
    insert(transactions)
    .on_conflict_do_nothing(index_elements=[transactions.c.idempotency_key])
    .returning(transactions.c.id)
)


def _entry(number: int) -> Select[*tuple[Any, ...]]:
    names = ("transaction_id", "account", "wallet_id", "amount_cents")
    types = {name: ledger_entries.c[name].type for name in names}
    return select(*(bindparam(f"{name}_{number}", type_=type_) for name, type_ in types.items()))


# One statement for both sides: a third of the time that the driver takes for a statement with a list of rows.
_INSERT_ENTRIES = plain_insert(ledger_entries).from_select(
    ["transaction_id", "account", "wallet_id", "amount_cents"], union_all(_entry(0), _entry(1))
)
_BY_ID = select(*_TRANSACTION).where(transactions.c.id == bindparam("id"))
_BY_KEY = select(*_TRANSACTION, transactions.c.request_hash).where(
    transactions.c.idempotency_key == bindparam("key")
)
_REFUNDED = select(cast(func.coalesce(func.sum(transactions.c.amount_cents), 0), BigInteger)).where(
    transactions.c.refunds_transaction_id == bindparam("id"), transactions.c.status == TransactionStatus.SUCCESS
)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """What tells a repeated request from a new one."""

    key: str
    request_hash: bytes


async def insert_transaction(
    connection: AsyncConnection, transaction: Transaction, idempotency: Idempotency
) -> bool:
    """Add `transaction`; False where its key was used before, after waiting for whoever is using it now."""
    row = {
        **row_of(transaction),
        "idempotency_key": idempotency.key,
        "request_hash": idempotency.request_hash,
    }
    return (await connection.execute(_INSERT, row)).first() is not None


async def insert_entries(connection: AsyncConnection, transaction_id: UUID, entries: tuple[Entry, Entry]) -> None:
    """Add the two ledger entries of a transaction."""
    rows = [row_of(entry) | {"transaction_id": transaction_id} for entry in entries]
    values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
    await connection.execute(_INSERT_ENTRIES, values)


async def find_transaction(connection: AsyncConnection, transaction_id: UUID) -> Transaction | None:
    """Read a transaction."""
    row = (await connection.execute(_BY_ID, {"id": transaction_id})).first()
    return None if row is None else Transaction(*row)


async def find_by_key(connection: AsyncConnection, key: str) -> tuple[Transaction, bytes] | None:
    """Read the transaction that used an idempotency key, and the hash of its request."""
    row = (await connection.execute(_BY_KEY, {"key": key})).first()
    return None if row is None else (Transaction(*row[:-1]), bytes(row[-1]))


async def refunded_cents(connection: AsyncConnection, transaction_id: UUID) -> int:
    """Return how much of a purchase was refunded."""
    return int(await connection.scalar(_REFUNDED, {"id": transaction_id}) or 0)


async def list_of_wallet(
    connection: AsyncConnection, wallet_id: UUID, *, limit: int, before: UUID | None = None
) -> Sequence[Transaction]:
    """Read a wallet's transactions, given and received, the newest first, those before `before` only."""
    mine = or_(transactions.c.wallet_id == wallet_id, transactions.c.counterparty_wallet_id == wallet_id)
    statement = select(*_TRANSACTION).where(mine)
    if before is not None:
        statement = statement.where(transactions.c.id < before)
    rows = await connection.execute(statement.order_by(transactions.c.id.desc()).limit(limit))
    return [Transaction(*row) for row in rows]
