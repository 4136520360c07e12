"""Double entry: each transaction's entries sum to zero, so money is moved and never made."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from festivals.domain.transaction import Transaction, TransactionType


class Account(StrEnum):
    """Where money can be."""

    WALLET = "wallet"
    TILL = "till"
    """The festival's revenue."""
    OUTSIDE = "outside"
    """Cash and cards; below zero by what came in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one account gains, or loses when negative, in cents."""

    account: Account
    amount_cents: int
    wallet_id: UUID | None = None


def entries(transaction: Transaction) -> tuple[Entry, Entry]:
    """Return what a successful `transaction` does to the two accounts it touches."""
    amount = transaction.amount_cents
    match transaction.type:
        case TransactionType.TOP_UP:
            return Entry(Account.OUTSIDE, -amount), _wallet(transaction.wallet_id, amount)
        case TransactionType.PURCHASE:
            return _wallet(transaction.wallet_id, -amount), Entry(Account.TILL, amount)
        case TransactionType.REFUND:
            return Entry(Account.TILL, -amount), _wallet(transaction.wallet_id, amount)
        case TransactionType.TRANSFER:
            if transaction.counterparty_wallet_id is None:
                raise ValueError(f"transfer {transaction.id}: it names no receiver")
            return _wallet(transaction.wallet_id, -amount), _wallet(transaction.counterparty_wallet_id, amount)


def _wallet(wallet_id: UUID, amount_cents: int) -> Entry:
    return Entry(Account.WALLET, amount_cents, wallet_id)


@dataclass(frozen=True, slots=True)
class LedgerAudit:
    """What the books say; every count but the sums is of something that must not be."""

    unbalanced_transactions: int
    """Whose entries do not sum to zero."""
    successes_without_entries: int
    failures_with_entries: int
    wallets_off_ledger: int
    """Whose balance is not the sum of their entries."""
    negative_wallets: int
    over_refunded_purchases: int
    wallets_cents: int
    till_cents: int
    outside_cents: int

    @property
    def sound(self) -> bool:
        """Whether all money is where the books say, and none was made or lost."""
        wrong = (
            self.unbalanced_transactions,
            self.successes_without_entries,
            self.failures_with_entries,
            self.wallets_off_ledger,
            self.negative_wallets,
            self.over_refunded_purchases,
        )
        return not any(wrong) and self.wallets_cents + self.till_cents + self.outside_cents == 0
