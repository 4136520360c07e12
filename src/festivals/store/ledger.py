"""The books as a whole, in one statement and so at one moment."""

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from festivals.domain.ledger import Account, LedgerAudit
from festivals.domain.transaction import TransactionStatus
from festivals.store.tables import ledger_entries, transactions, wallets

_SUM = cast(func.coalesce(func.sum(ledger_entries.c.amount_cents), 0), BigInteger)
_SUCCESS = TransactionStatus.SUCCESS


def _number_of(rows: Select[*tuple[object, ...]]) -> ColumnElement[int]:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def _unbalanced() -> ColumnElement[int]:
    by_transaction = select(ledger_entries.c.transaction_id).group_by(ledger_entries.c.transaction_id)
    return _number_of(by_transaction.having(func.sum(ledger_entries.c.amount_cents) != 0))


def _with_entries(*, success: bool, entries: bool) -> ColumnElement[int]:
    booked = select(ledger_entries.c.id).where(ledger_entries.c.transaction_id == transactions.c.id).exists()
    status = transactions.c.status == _SUCCESS if success else transactions.c.status != _SUCCESS
    return _number_of(select(transactions.c.id).where(status, booked if entries else ~booked))


def _off_ledger() -> ColumnElement[int]:
    booked = select(_SUM).where(ledger_entries.c.wallet_id == wallets.c.id).scalar_subquery()
    return _number_of(select(wallets.c.id).where(wallets.c.balance_cents != booked))


def _over_refunded() -> ColumnElement[int]:
    purchases = transactions.alias("purchases")
    refunds = (
        select(transactions.c.refunds_transaction_id)
        .join(purchases, purchases.c.id == transactions.c.refunds_transaction_id)
        .where(transactions.c.status == _SUCCESS)
        .group_by(transactions.c.refunds_transaction_id, purchases.c.amount_cents)
    )
    return _number_of(refunds.having(func.sum(transactions.c.amount_cents) > purchases.c.amount_cents))


def _in(account: Account) -> ColumnElement[int]:
    return select(_SUM).where(ledger_entries.c.account == account).scalar_subquery()


_AUDIT = select(
    _unbalanced(),
    _with_entries(success=True, entries=False),
    _with_entries(success=False, entries=True),
    _off_ledger(),
    _number_of(select(wallets.c.id).where(wallets.c.balance_cents < 0)),
    _over_refunded(),
    select(cast(func.coalesce(func.sum(wallets.c.balance_cents), 0), BigInteger)).scalar_subquery(),
    _in(Account.TILL),
    _in(Account.OUTSIDE),
)


async def audit_ledger(connection: AsyncConnection) -> LedgerAudit:
    """Add up the books."""
    return LedgerAudit(*(await connection.execute(_AUDIT)).one())
